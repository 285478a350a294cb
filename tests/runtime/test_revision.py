"""When a function starts cold: its handler is loaded again, in a new environment."""

from __future__ import annotations

from typing import Any

import pytest
from support.runtime_builders import Loaded, make_call, make_function

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.runtime.revision import environment_revision, revision_of

pytestmark = pytest.mark.in_process

CHANGES = {
    "timeout": 4,
    "memory_size": 256,
    "handler": "app.other",
    "code_sha_256": "another",
    "environment_vars": {"STAGE": "test"},
    "layers": [{"Arn": "arn:aws:lambda:us-east-1:123456789012:layer:tools:1"}],
    "logging_config": {"LogFormat": "JSON"},
    "description": "Takes orders",
    "deployment_id": "another",
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change(name: str) -> None:
    function = make_function()
    before = revision_of(function)
    assert revision_of(function) == before
    setattr(function, name, CHANGES[name])
    assert revision_of(function) != before


def test_endpoint_is_of_the_environment() -> None:
    function = make_function()
    revisions = {
        environment_revision(make_call(Loaded(print), function, endpoint_url=url)) for url in (None, "http://a")
    }
    assert len(revisions) == 2


def test_cold_start_has_a_log_stream_of_its_own(lambda_urls: LambdaUrls) -> None:
    aws_lambda: Any = lambda_urls.client("lambda")
    lambda_urls.deploy(lambda event, context: context.log_stream_name, name="orders")

    def log_stream() -> bytes:
        return aws_lambda.invoke(FunctionName="orders")["Payload"].read()

    first = log_stream()
    assert log_stream() == first
    aws_lambda.update_function_configuration(FunctionName="orders", Description="Takes orders")
    assert log_stream() != first
