"""Many mocks, each with a deployed function that was called, leave the process as it was."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.builders import make_role, make_zip

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process

MAX_GROWTH = 5 * 1024 * 1024
PACKAGE = make_zip(
    {"app.py": "import helper\ndef handler(event, context): return helper.VALUE", "helper.py": "VALUE = 7"}
)


def one(aws_lambda: Any, iam: Any) -> None:
    """A mock with a function, called once."""
    with mock_lambda_urls():
        aws_lambda.create_function(
            FunctionName="fn",
            Runtime="python3.13",
            Role=make_role(iam),
            Handler="app.handler",
            Code={"ZipFile": PACKAGE},
        )
        aws_lambda.create_function_url_config(FunctionName="fn", AuthType="NONE")
        assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b"7"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files go where no other process makes any."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def temporary() -> set[str]:
    """Files and folders of deployed code."""
    return {str(path) for path in Path(tempfile.gettempdir()).glob("moto-lambda-urls-*/**/*")}


def state() -> dict[str, Any]:
    return {
        "threads": set(threading.enumerate()),
        "modules": set(sys.modules),
        "path": list(sys.path),
        "meta_path": len(sys.meta_path),
        "environ": dict(os.environ),
    }


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


def memory() -> int:
    """The process's memory in bytes."""
    return (
        int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        if sys.platform == "linux"
        else 0
    )


def several(times: int, aws_lambda: Any, iam: Any) -> None:
    """That many mocks, and the garbage that they leave collected: how much there may be is not for us to say."""
    for _ in range(times):
        one(aws_lambda, iam)
    gc.collect()


@pytest.mark.parametrize("times", [100, pytest.param(2_000, marks=pytest.mark.slow)])
def test_mocks_leave_nothing_behind(times: int) -> None:
    with mock_lambda_urls():  # for its credentials
        aws_lambda, iam = boto3.client("lambda", "us-east-1"), boto3.client("iam", "us-east-1")
    gc.collect()  # what other tests left
    several(20, aws_lambda, iam)
    before, files, folders, used = state(), open_files(), temporary(), memory()
    for _ in range(times // 20):
        several(20, aws_lambda, iam)
    after = state()
    assert after.pop("threads") <= before.pop("threads")  # other tests' threads may end meanwhile
    assert after == before
    assert open_files() <= files
    assert temporary() <= folders
    assert memory() - used < MAX_GROWTH
