"""respx refuses hosts that it was not told of, through httpx, but for function URLs: the server's is passed through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import respx
from support.beside import Beside

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process


def test_respx(beside: Beside) -> None:
    @contextmanager
    def tool() -> Iterator[None]:
        with respx.mock(assert_all_called=False) as theirs:
            theirs.route(host="127.0.0.1").pass_through()
            theirs.get("https://api.example.com/").respond(text="theirs")
            yield

    with beside(tool):
        assert httpx.get("https://api.example.com/").text == "theirs"


def test_stub_for_a_function_is_not_asked(lambda_urls: LambdaUrls) -> None:
    url = lambda_urls.deploy(lambda event, context: "function")
    with respx.mock(assert_all_called=False) as theirs:
        theirs.get(str(url)).respond(text="theirs")
        assert httpx.get(url).text == "function"
