from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from moto_lambda_urls.control.event_sources.batches import event_of, fitting


@dataclass(frozen=True)
class Record:
    text: bytes


@pytest.mark.parametrize("more", [{}, {"state": {"a": 1}, "isFinalInvokeForWindow": True}])
@pytest.mark.parametrize("texts", [[], [b'{"a": 1}'], [b'{"a": 1}', b'{"b": 2}']])
def test_event(texts: list[bytes], more: dict[str, object]) -> None:
    event = json.loads(event_of([Record(text) for text in texts], **more))
    assert event == {"Records": [json.loads(text) for text in texts], **more}


@pytest.mark.parametrize(("sizes", "count"), [([], 0), ([7_000_000], 1), ([3_000_000] * 3, 2), ([1] * 10_000, 10_000)])
def test_fitting(sizes: list[int], count: int) -> None:
    batch = [Record(b"x" * size) for size in sizes]
    assert list(fitting(batch)) == batch[:count]
