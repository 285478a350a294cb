"""AWS's conditions for the success and the failure of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from moto_lambda_urls.control.event_sources.failures import failed_items

ALL = ("a", "b", "c")


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, ()),
        ({}, ()),
        ([], ()),
        ("", ()),
        ({"batchItemFailures": []}, ()),
        ({"batchItemFailures": None}, ()),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, ("b",)),
        ({"batchItemFailures": [{"itemIdentifier": "b"}, {"itemIdentifier": "b"}]}, ("b",)),
        ({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "c"}]}, ("a", "c")),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, ALL),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, ALL),
        ({"batchItemFailures": [{"wrongName": "a"}]}, ALL),
        ({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]}, ALL),
        ({"batchItemFailures": [{"itemIdentifier": ["a"]}]}, ALL),
        ({"batchItemFailures": ["a"]}, ALL),
        ({"batchItemFailures": {"itemIdentifier": "a"}}, ALL),
        ({"batchItemFailures": [{"itemIdentifier": 123}]}, ALL),
        ("done", ALL),
        (["a"], ALL),
        (0, ALL),
        (False, ALL),
    ],
)
def test_answer(answer: Any, failed: tuple[str, ...]) -> None:
    assert failed_items(json.dumps(answer).encode(), ALL) == frozenset(failed)


def test_no_answer() -> None:
    assert failed_items(b"", ALL) == frozenset()


def test_answer_that_is_no_json() -> None:
    assert failed_items(b"{", ALL) == frozenset(ALL)
