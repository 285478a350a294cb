"""requests-mock refuses addresses that it was not told of, through requests: ``real_http`` lets them through."""

from __future__ import annotations

import pytest
import requests
import requests_mock
from support.beside import Beside

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process


def test_requests_mock(beside: Beside) -> None:
    theirs = requests_mock.Mocker(real_http=True)
    with beside(lambda: theirs):
        theirs.get("https://api.example.com/", text="theirs")
        assert requests.get("https://api.example.com/").text == "theirs"


def test_stub_for_a_function_answers(order: str) -> None:
    theirs, mock = requests_mock.Mocker(real_http=True), mock_lambda_urls()
    first, second = (theirs, mock) if order == "mock-in-tool" else (mock, theirs)
    with first, second:
        url = mock.urls.deploy(lambda event, context: "function")
        theirs.get(str(url), text="theirs")
        assert requests.get(url).text == "theirs"
