"""hypothesis runs a test many times, in one mock or in one mock each."""

from __future__ import annotations

import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from moto_lambda_urls import mock_lambda_urls


@settings(max_examples=20)
@given(number=st.integers(0, 10**9))
@mock_lambda_urls
def test_mock_in_each_example(number: int) -> None:
    with mock_lambda_urls() as urls:
        assert requests.get(
            urls.deploy(lambda event, context: event["rawQueryString"]), params=str(number)
        ).text == str(number)


@mock_lambda_urls
@settings(max_examples=20)
@given(number=st.integers(0, 10**9))
def test_examples_in_one_mock(number: int) -> None:
    with mock_lambda_urls() as urls:
        assert requests.get(
            urls.deploy(lambda event, context: event["rawQueryString"]), params=str(number)
        ).text == str(number)
