"""What in-process handlers are for: patches, breakpoints and coverage reach them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock as unittest_mock

import boto3
import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process

PAYMENT = SimpleNamespace(charge=lambda amount: f"really charged {amount}")


def pay(event: Any, context: Any) -> str:
    """A handler of the test's own."""
    return PAYMENT.charge(7)


def test_a_patched_client_of_a_registered_handler(mock: LambdaUrls) -> None:
    url = mock.deploy(pay)
    with unittest_mock.patch.object(PAYMENT, "charge", return_value="charged nothing") as charge:
        assert requests.get(str(url)).text == "charged nothing"
    charge.assert_called_once_with(7)
    assert requests.get(str(url)).text == "really charged 7"


def test_a_patched_client_of_a_deployed_module(mock: LambdaUrls) -> None:
    source = """
import boto3
s3 = boto3.client("s3")
def handler(event, context):
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
"""
    url = mock.deploy(make_zip(source))
    boto3.client("s3", "us-east-1").create_bucket(Bucket="real")
    assert requests.get(str(url)).json() == ["real"]
    with unittest_mock.patch("botocore.client.BaseClient._make_api_call", return_value={"Buckets": [{"Name": "fake"}]}):
        assert requests.get(str(url)).json() == ["fake"]


TEST = """
import requests
import orders
from moto_lambda_urls import mock_lambda_urls

def test_orders():
    with mock_lambda_urls() as urls:
        url = urls.deploy(orders.handler, timeout=1)
        assert requests.get(f"{url}7").json() == {"number": 7}
"""
ORDERS = """
def handler(event, context):
    number = int(event["rawPath"][1:])
    BREAK
    if number > 100:
        return "never"
    return {"number": number}
"""


def run(folder: Path, *options: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "test_orders.py"],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a test of a handler; BREAK in the handler is where a breakpoint goes."""
    (tmp_path / "test_orders.py").write_text(TEST)
    (tmp_path / "orders.py").write_text(ORDERS.replace("BREAK", "pass"))
    monkeypatch.setenv("PYTHONPATH", f"{Path(__file__).parents[3]}:{tmp_path}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return tmp_path


def test_a_breakpoint(project: Path) -> None:
    (project / "orders.py").write_text(ORDERS.replace("BREAK", "breakpoint()"))
    done = run(project, "-s", text="p 'number is', number\np __import__('time').sleep(1.2)\nwhere\nc\n")
    assert "('number is', 7)" in done.stdout
    assert "orders.py(" in done.stdout
    assert "1 passed" in done.stdout  # paused for longer than its Timeout


def test_coverage_of_a_handlers_lines(project: Path) -> None:
    done = run(project, "--cov=orders", "--cov-report=term-missing")
    (line,) = [line.split() for line in done.stdout.splitlines() if line.startswith("orders.py")]
    assert line == ["orders.py", "6", "1", "83%", "6"]


def test_coverage_of_a_module_that_a_zip_names(project: Path) -> None:
    """The package holds another file: the module is the project's own."""
    (project / "test_orders.py").write_text(
        TEST.replace("orders.handler, timeout=1", "'orders.handler'").replace("import orders\n", "")
    )
    done = run(project, "--cov=orders", "--cov-report=term-missing")
    (line,) = [line.split() for line in done.stdout.splitlines() if line.startswith("orders.py")]
    assert line == ["orders.py", "6", "1", "83%", "6"]
