"""Failures, as the test's own log and functions' logs have them."""

from __future__ import annotations

import base64
from pathlib import Path
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


@pytest.mark.parametrize("process", [False, True])
def test_a_handler_that_is_missing_is_told_of_once(
    mock: LambdaUrls, caplog: pytest.LogCaptureFixture, tmp_path: Path, process: bool
) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context): pass")
    url = mock.deploy(tmp_path, name="orders", handler_name="app.handle", process=process)
    assert requests.get(url).status_code == 502
    [told] = [each.getMessage() for each in caplog.records if "failed" in each.getMessage()]
    assert told.rstrip() == (
        "Lambda function orders failed: Runtime.HandlerNotFound: Handler 'handle' missing on module 'app' (Handler is "
        "'app.handle'; app has handler; did you mean Handler='app.handler'?)"
    )
