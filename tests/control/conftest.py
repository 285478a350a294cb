"""What tests of event source mappings use: a function that keeps its batches, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import freezegun
import pytest
from support.event_sources import NOW, Function

from moto_lambda_urls import LambdaUrls


@pytest.fixture
def function(mock: LambdaUrls) -> Function:
    """The function ``fn``, which keeps its events."""
    return Function(mock)


@pytest.fixture
def frozen() -> Iterator[Any]:
    """A clock at ``NOW`` that moves only when it is told to."""
    with freezegun.freeze_time(NOW) as clock:
        yield clock
