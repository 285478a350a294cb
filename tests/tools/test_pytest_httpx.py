"""pytest-httpx takes every request of httpx: ``should_mock`` leaves it the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from support.beside import Beside


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host == "api.example.com")
def test_pytest_httpx(beside: Beside, request: pytest.FixtureRequest) -> None:
    @contextmanager
    def tool() -> Iterator[None]:
        request.getfixturevalue("httpx_mock").add_response(text="theirs")
        yield

    with beside(tool):
        assert httpx.get("https://api.example.com/").text == "theirs"
