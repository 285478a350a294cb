"""hypothesis runs a test many times, in one mock or in one mock each."""

from __future__ import annotations

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.beside import functions_answer, server_answers

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

CLIENTS = ["requests", "httpx", "aiohttp"]
few = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def work(urls: LambdaUrls, number: int, server: str) -> None:
    url = urls.deploy(lambda event, context: event["rawQueryString"])
    assert requests.get(url, params=str(number)).text == str(number)
    functions_answer(urls, CLIENTS)
    server_answers(server, CLIENTS)


@few
@given(number=st.integers(0, 10**9))
@mock_lambda_urls
def test_mock_in_each_example(server: str, number: int) -> None:
    with mock_lambda_urls() as urls:
        work(urls, number, server)


@mock_lambda_urls
@few
@given(number=st.integers(0, 10**9))
def test_examples_in_one_mock(server: str, number: int) -> None:
    with mock_lambda_urls() as urls:
        work(urls, number, server)
