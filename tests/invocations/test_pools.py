"""The processes of a mock's functions, as its options say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process
PID = "import os\ndef handler(event, context): return {'statusCode': 200, 'body': str(os.getpid())}"
OUTER = (
    "import os, urllib.request\n"
    "def handler(event, context):\n    with urllib.request.urlopen(os.environ['INNER']) as answer: return answer.read()"
)


@contextmanager
def served(**options: Any) -> Iterator[LambdaUrls]:
    with LambdaUrlsServer(**options) as server:
        yield server.urls


@pytest.mark.parametrize("made", [mock_lambda_urls, served])
def test_max_processes(made: Callable[..., AbstractContextManager[LambdaUrls]]) -> None:
    with made(max_processes=1, processes="always") as urls:
        first, second = (urls.deploy(make_zip(PID), timeout=60) for _ in range(2))
        pids = [requests.get(str(url)).text for url in (first, first, second, first)]
    assert pids[0] == pids[1]
    assert len(set(pids)) == 3  # each had to give way to the other


def test_functions_that_call_each_other_deeper(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "moto_lambda_urls")
    with mock_lambda_urls(max_processes=1, processes="always") as urls:
        inner = urls.deploy(make_zip(PID), name="inner", timeout=60)
        outer = urls.deploy(make_zip(OUTER), name="outer", environment={"INNER": str(inner)}, timeout=8)
        assert requests.get(str(outer)).status_code == 502
        error = outer.last.error
    text = "The one process is busy: outer (1). The option max_processes allows more."
    assert error is not None
    assert (error.type, error.hint) == ("Sandbox.Timedout", text)
    said = [each.getMessage() for each in caplog.records]
    assert f"Function inner waits for a process. {text}" in said
    assert any(each.startswith("Lambda function outer failed: Sandbox.Timedout: ") and text in each for each in said)
