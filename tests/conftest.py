"""Fixtures that many tests share: AWS clients under the mock, and a deployed function with its URL."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import botocore.loaders
import pytest
from hypothesis import HealthCheck, settings
from support.builders import grant_public, make_role, make_zip
from support.processes import children, runs

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

REGION = "us-east-1"


settings.register_profile("shared machines", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machines")

# Each mock leaves thousands of boto3's objects in cycles: usually every sixth of the suite's seconds goes into looking
# for them.
gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def _default_region() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        yield


@pytest.fixture(autouse=True, scope="session")
def _warnings_are_errors_in_children() -> Iterator[None]:
    """Hold the processes that tests start to what pyproject.toml says of warnings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONWARNINGS", "error,default::UserWarning")  # FunctionUrlPermissionWarning is one
        yield


@pytest.fixture(autouse=True, scope="session")
def _service_models_read_once() -> Iterator[None]:
    """Let all botocore sessions share one loader: moto begins each mock with a new session, which reads them anew."""
    loader = botocore.loaders.create_loader()

    def shared(search_path: str | None = None) -> botocore.loaders.Loader:
        if search_path:
            return botocore.loaders.create_loader(search_path)
        loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each boto3 session appends its own folder
        return loader

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", shared)
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
