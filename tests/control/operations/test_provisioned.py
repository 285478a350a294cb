"""Provisioned concurrency."""

from __future__ import annotations

import re
from typing import Any

import boto3
import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, REGION, request

from moto_lambda_urls import mock_lambda_urls

COUNTS = ("Requested", "Available", "Allocated")


@pytest.fixture
def published(aws_lambda: Any) -> Any:
    """A Lambda client, with a function ``fn`` of two versions and an alias ``live`` of the first."""
    publish(aws_lambda)
    return aws_lambda


def publish(client: Any, **fields: Any) -> None:
    client.create_function(**request(Publish=True, **fields))
    client.update_function_configuration(FunctionName="fn", Timeout=9)
    client.publish_version(FunctionName="fn")
    client.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")


def put(client: Any, qualifier: str, count: int = 5) -> Any:
    return client.put_provisioned_concurrency_config(
        FunctionName="fn", Qualifier=qualifier, ProvisionedConcurrentExecutions=count
    )


def checked(response: dict[str, Any]) -> tuple[list[int], str]:
    """The counts of COUNTS and the status, which are all of ``response``."""
    rest = {name: value for name, value in response.items() if name not in ("ResponseMetadata", "FunctionArn")}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", rest.pop("LastModified"))
    counts = [rest.pop(f"{each}ProvisionedConcurrentExecutions") for each in COUNTS]
    status = rest.pop("Status")
    assert rest == {}
    return counts, status


def refused(message: str, code: str = "InvalidParameterValueException", status: int = 400) -> tuple[str, str, int]:
    return code, message, status


@pytest.mark.parametrize("qualifier", ["2", "live"])
def test_put_get_and_delete(published: Any, qualifier: str) -> None:
    made = put(published, qualifier)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert checked(made) == ([5, 0, 0], "IN_PROGRESS")
    read = published.get_provisioned_concurrency_config(FunctionName=f"fn:{qualifier}", Qualifier=qualifier)
    assert checked(read) == ([5, 5, 5], "READY")
    put(published, qualifier, 7)
    read = published.get_provisioned_concurrency_config(FunctionName="fn", Qualifier=qualifier)
    assert checked(read) == ([7, 7, 7], "READY")
    delete = published.delete_provisioned_concurrency_config
    statuses = [delete(FunctionName="fn", Qualifier=qualifier)["ResponseMetadata"]["HTTPStatusCode"] for _ in range(2)]
    assert statuses == [204, 204]
    text = "No Provisioned Concurrency Config found for this function"
    expected = refused(text, "ProvisionedConcurrencyConfigNotFoundException", 404)
    assert answer(published.get_provisioned_concurrency_config, FunctionName="fn", Qualifier=qualifier) == expected


def test_list(published: Any) -> None:
    put(published, "live")
    put(published, "2", 3)
    pages = published.get_paginator("list_provisioned_concurrency_configs").paginate(
        FunctionName="fn", PaginationConfig={"PageSize": 1}
    )
    listed = [page["ProvisionedConcurrencyConfigs"] for page in pages]
    assert [[(each["FunctionArn"], checked(each)) for each in page] for page in listed] == [
        [(f"{ARN}:2", ([3, 3, 3], "READY"))],
        [(f"{ARN}:live", ([5, 5, 5], "READY"))],
    ]


def test_it_goes_with_its_version_and_alias(published: Any) -> None:
    put(published, "live")
    put(published, "2")
    published.delete_alias(FunctionName="fn", Name="live")
    published.delete_function(FunctionName="fn", Qualifier="2")
    assert published.list_provisioned_concurrency_configs(FunctionName="fn")["ProvisionedConcurrencyConfigs"] == []


@pytest.mark.in_process
def test_pending() -> None:
    with mock_lambda_urls(function_states="pending"):
        client = boto3.client("lambda", REGION)
        client.create_function(**request())
        client.get_function(FunctionName="fn")
        client.publish_version(FunctionName="fn")
        put(client, "1")
        get = client.get_provisioned_concurrency_config
        read = [checked(get(FunctionName="fn", Qualifier="1")) for _ in range(2)]
        assert read == [([5, 0, 0], "IN_PROGRESS"), ([5, 5, 5], "READY")]


@pytest.mark.parametrize("operation", ["get", "delete"])
def test_unpublished_versions(published: Any, operation: str) -> None:
    text = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    assert answer(put, client=published, qualifier="$LATEST") == refused(text)
    published.create_alias(FunctionName="fn", Name="newest", FunctionVersion="$LATEST")
    assert answer(put, client=published, qualifier="newest") == refused(text)
    call = getattr(published, f"{operation}_provisioned_concurrency_config")
    text = "The function resource provided must be an alias or a published version."
    assert answer(call, FunctionName="fn", Qualifier="$LATEST") == refused(text)


@pytest.mark.parametrize(
    ("qualifier", "message"),
    [("9", f"Function not found: {ARN}:9"), ("beta", f"Cannot find alias arn: {ARN}:beta")],
)
def test_what_is_missing(published: Any, qualifier: str, message: str) -> None:
    expected = refused(message, "ResourceNotFoundException", 404)
    assert answer(put, client=published, qualifier=qualifier) == expected
    for operation in ("get", "delete"):
        call = getattr(published, f"{operation}_provisioned_concurrency_config")
        assert answer(call, FunctionName="fn", Qualifier=qualifier) == expected


def test_list_of_a_missing_function(aws_lambda: Any) -> None:
    expected = refused(f"Function not found: {ARN}", "ResourceNotFoundException", 404)
    assert answer(aws_lambda.list_provisioned_concurrency_configs, FunctionName="fn") == expected


def test_an_alias_and_its_version(published: Any) -> None:
    put(published, "live")
    text = "Version is pointed by a Provisioned Concurrency alias"
    assert answer(put, client=published, qualifier="1") == refused(text, "ResourceConflictException", 409)
    published.delete_provisioned_concurrency_config(FunctionName="fn", Qualifier="live")
    put(published, "1")
    text = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    assert answer(put, client=published, qualifier="live") == refused(text, "ResourceConflictException", 409)


def test_too_much(published: Any) -> None:
    specified = "Specified ConcurrentExecutions for function"
    text = f"{specified} is greater than account's unreserved concurrency [1000]."
    assert answer(put, client=published, qualifier="2", count=1001) == refused(text)
    text = f"{specified} decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
    assert answer(put, client=published, qualifier="2", count=901) == refused(text)
    published.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=10)
    put(published, "live", 6)
    text = "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    assert answer(put, client=published, qualifier="2", count=5) == refused(text)
    put(published, "2", 4)


def test_none(mock: Any) -> None:
    text = (
        "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )
    assert answer(put, client=raw_client(), qualifier="1", count=0) == refused(text, "ValidationException")


def test_a_function_with_tenants(aws_lambda: Any) -> None:
    publish(aws_lambda, TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    text = "Provisioned concurrency is not supported for functions with a TenancyConfig."
    assert answer(put, client=aws_lambda, qualifier="1") == refused(text)
