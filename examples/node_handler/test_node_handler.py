"""A function of Node.js, tested from Python."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import requests

from moto_lambda_urls import FunctionUrl, LambdaUrls

APP = Path(__file__).parent / "app"


@pytest.fixture
def url(lambda_urls: LambdaUrls) -> FunctionUrl:
    if shutil.which("node") is None:
        pytest.skip("there is no node")
    return lambda_urls.deploy(
        APP,
        handler_name="orders.handler",
        runtime="nodejs22.x",
        invoke_mode="RESPONSE_STREAM",
        environment={"CURRENCY": "EUR"},
        timeout=20,
    )


def test_lines(url: FunctionUrl) -> None:
    with requests.get(url, params={"numbers": "7,8"}, stream=True) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert list(answer.iter_lines()) == [b'{"number":7,"currency":"EUR"}', b'{"number":8,"currency":"EUR"}']
    assert "\tINFO\tlooked up 8\n" in url.last.logs


def test_an_error_in_mid_stream(url: FunctionUrl) -> None:
    answer = requests.get(url, params={"numbers": "7,0"})

    assert (answer.status_code, answer.text) == (200, '{"number":7,"currency":"EUR"}\n')
    assert url.last.error is not None
    assert (url.last.error.type, url.last.error.message) == ("RangeError", "no order 0")
    assert "/var/task/orders.mjs:4" in url.last.error.traceback
