"""Failures, as the test's own log and functions' logs have them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import requests

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process


def test_failure_of_a_called_function_is_not_in_its_callers_log(
    mock: LambdaUrls, aws_lambda: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(event: Any, context: Any) -> None:
        raise KeyError("no tea")

    inner = mock.deploy(failing, name="inner")
    outer = mock.deploy(lambda event, context: requests.get(str(inner)).status_code, name="outer")
    invoked = aws_lambda.invoke(FunctionName=outer.function_name, LogType="Tail")
    assert invoked["Payload"].read() == b"502"
    lines = base64.b64decode(invoked["LogResult"]).decode().splitlines()
    assert [line.split()[0] for line in lines] == ["START", "END", "REPORT"]
    [record] = [each for each in caplog.records if "failed" in each.getMessage()]
    assert record.getMessage().startswith("Lambda function inner failed: KeyError: 'no tea'")
