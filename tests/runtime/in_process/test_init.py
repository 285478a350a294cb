"""Imports that do not end: cut off, tried once more in the function's time, answered as a timeout."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from conftest import REGION
from support.builders import make_zip
from support.threads import in_main, in_worker

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer
from moto_lambda_urls.runtime.in_process.timeouts import deadline

pytestmark = pytest.mark.in_process
Deploy = Callable[..., str]

SLEEPS = """
import os, time
with open(os.environ["TRACE"], "a") as trace:
    trace.write(".")
time.sleep({seconds})
def handler(event, context):
    return str(context.get_remaining_time_in_millis() <= 900)
"""


@pytest.fixture(autouse=True)
def short_init(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "MAX_INIT_SECONDS", 0.3)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace"


@pytest.mark.parametrize("anywhere", [in_main, in_worker])
def test_import_that_hangs(mock: LambdaUrls, deploy: Deploy, trace: Path, anywhere: Any) -> None:
    url = deploy(files=SLEEPS.format(seconds=4), Timeout=1, Environment={"Variables": {"TRACE": str(trace)}})
    started = time.monotonic()
    got = anywhere(lambda: requests.get(url))
    assert 1.3 <= time.monotonic() - started < 3
    assert (got.status_code, got.text) == (502, "Internal Server Error")
    assert trace.read_text() == ".."
    recorded = mock.invocations[-1]
    assert recorded.error is not None
    message = f"RequestId: {recorded.request_id} Error: Task timed out after 1.00 seconds"
    assert (recorded.error.type, recorded.error.message) == ("Sandbox.Timedout", message)
    assert re.fullmatch(
        r"INIT_REPORT Init Duration: [34]\d\d\.\d\d ms\tPhase: init\tStatus: timeout\n"
        r"START RequestId: \S+ Version: \$LATEST\n"
        r"\S+Z \S+ Task timed out after 1\.00 seconds\n\nEND RequestId: \S+\n"
        r"REPORT RequestId: \S+\tDuration: 1\d\d\d\.\d\d ms\t.*Status: timeout\t\n",
        recorded.logs,
    )


def test_import_that_ends_in_the_time_of_the_function(deploy: Deploy, trace: Path) -> None:
    url = deploy(files=SLEEPS.format(seconds=0.5), Timeout=1, Environment={"Variables": {"TRACE": str(trace)}})
    got = requests.get(url)
    assert (got.status_code, got.text) == (200, "True")
    assert trace.read_text() == ".."
    assert (requests.get(url).text, trace.read_text()) == ("False", "..")


def test_import_that_hangs_in_a_server(trace: Path) -> None:
    with LambdaUrlsServer(port=0) as server:
        url = server.urls.deploy(
            make_zip(SLEEPS.format(seconds=4)), timeout=1, region_name=REGION, environment={"TRACE": str(trace)}
        )
        started = time.monotonic()
        assert requests.get(str(url), timeout=20).status_code == 502
        assert time.monotonic() - started < 3
    assert trace.read_text() == ".."
