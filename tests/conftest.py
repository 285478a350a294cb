"""Fixtures that many tests share: AWS clients under the mock, and a deployed function with its URL."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, settings
from support import one_botocore
from support.builders import grant_public, make_role, make_zip
from support.processes import children, runs

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

REGION = "us-east-1"
TERMINAL = {"COLUMNS": "80", "LINES": "24"}
"""What tests and the processes that they start know of a terminal, wherever the suite runs."""
# Each changes what pytest, argparse or rich print, or their colours.
OF_TERMINALS = (
    "BUILD_NUMBER", "CI", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "FORCE_COLOR", "GITHUB_ACTIONS", "NO_COLOR",
    "PYTEST_ADDOPTS", "PYTHON_COLORS", "PY_COLORS", "TERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE",
)  # fmt: skip


settings.register_profile("shared machines", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machines")

# Each mock leaves thousands of boto3's objects in cycles: usually every sixth of the suite's seconds goes into looking
# for them.
gc.set_threshold(20_000, 20, 50)


def pytest_sessionfinish() -> None:
    """Write what coverage.py has measured: pytest-xdist kills a worker that takes ten seconds more to end."""
    coverage = sys.modules.get("coverage")
    measuring = None if coverage is None else coverage.Coverage.current()
    if measuring is not None:
        measuring.save()


@pytest.fixture(autouse=True, scope="session")
def _default_region() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_terminal() -> Iterator[None]:
    """Let pytest and others print the same in a terminal, in a file and under CI, where pytest shortens nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_TERMINALS:
            patch.delenv(name, raising=False)
        for name, value in TERMINAL.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def _warnings_are_errors_in_children() -> Iterator[None]:
    """Hold the processes that tests start to what pyproject.toml says of warnings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONWARNINGS", "error,default::UserWarning")  # FunctionUrlPermissionWarning is one
        yield


@pytest.fixture(autouse=True, scope="session")
def _service_models_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        one_botocore.share(patch)
        yield


@pytest.fixture(autouse=True, scope="module")
def _no_process_is_left() -> Iterator[None]:
    """Look for processes that the tests of a module have started and not ended."""
    before = children()
    yield
    assert [pid for pid in children() - before if runs(pid)] == []


@pytest.fixture
def mock() -> Iterator[LambdaUrls]:
    """A running mock in its default configuration."""
    with mock_lambda_urls() as urls:
        yield urls


@pytest.fixture
def aws_lambda(mock: LambdaUrls) -> Any:
    """A Lambda client under the mock."""
    return boto3.client("lambda", REGION)


@pytest.fixture
def create_function(aws_lambda: Any) -> Callable[..., str]:
    """Create a function from source code or a table of files; gives its ARN."""

    def create(
        name: str = "fn",
        files: Mapping[str, str | bytes] | str = "def handler(event, context): return event",
        **fields: Any,
    ) -> str:
        request = {
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": make_role(boto3.client("iam", REGION)),
            "Handler": "app.handler",
            "Code": {"ZipFile": make_zip(files)},
            **fields,
        }
        return aws_lambda.create_function(**request)["FunctionArn"]

    return create


@pytest.fixture
def deploy(aws_lambda: Any, create_function: Callable[..., str]) -> Callable[..., str]:
    """Create a function with a public URL; gives the URL."""

    def create(
        name: str = "fn",
        files: Mapping[str, str | bytes] | str = "def handler(event, context): return event",
        *,
        config: dict[str, Any] | None = None,
        **fields: Any,
    ) -> str:
        create_function(name, files, **fields)
        url = aws_lambda.create_function_url_config(FunctionName=name, AuthType="NONE", **(config or {}))["FunctionUrl"]
        grant_public(aws_lambda, name)
        return url

    return create
