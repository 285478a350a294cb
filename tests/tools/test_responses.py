"""responses refuses hosts that it was not told of, through requests: the server's address is passed through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import responses
from support.beside import Beside

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process


def test_responses(beside: Beside, server: str, order: str) -> None:
    @contextmanager
    def tool() -> Iterator[None]:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as theirs:
            theirs.add_passthru(server)
            theirs.get("https://api.example.com/", body="theirs")
            yield

    with beside(tool):
        if order == "tool-in-mock":  # moto, which is built on responses too, takes all requests from an outer one
            assert requests.get("https://api.example.com/").text == "theirs"


def test_stub_for_a_function_is_not_asked(lambda_urls: LambdaUrls) -> None:
    url = lambda_urls.deploy(lambda event, context: "function")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as theirs:
        theirs.get(str(url), body="theirs")
        assert requests.get(url).text == "function"
