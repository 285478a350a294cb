"""pytest-httpx takes every request of httpx: ``should_mock`` leaves it the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from support.beside import Beside

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.host == "api.example.com")
def test_pytest_httpx(beside: Beside, request: pytest.FixtureRequest) -> None:
    @contextmanager
    def tool() -> Iterator[None]:
        request.getfixturevalue("httpx_mock").add_response(text="theirs")
        yield

    with beside(tool):
        assert httpx.get("https://api.example.com/").text == "theirs"


def test_stub_for_a_function_answers_inside_the_mock(order: str, request: pytest.FixtureRequest) -> None:
    if order == "mock-in-tool":
        request.getfixturevalue("httpx_mock")
    with mock_lambda_urls() as urls:
        url = urls.deploy(lambda event, context: "function")
        request.getfixturevalue("httpx_mock").add_response(url=str(url), text="theirs", is_optional=True)
        assert httpx.get(url).text == ("theirs" if order == "tool-in-mock" else "function")
