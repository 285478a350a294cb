"""A pool of processes for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.processes import environments

from moto_lambda_urls.runtime.processes import Environments


@pytest.fixture
def pool() -> Iterator[Environments]:
    """Environments, and no process left after the test."""
    yield from environments()
