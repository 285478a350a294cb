"""Provisioned concurrency through the API: which functions get environments for it, and until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from support.builders import make_zip
from support.processes import children

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process
PID = "import os\ndef handler(event, context): return {'statusCode': 200, 'body': str(os.getpid())}"


@pytest.fixture
def urls() -> Iterator[LambdaUrls]:
    with mock_lambda_urls(processes="always") as running:
        yield running


def published(urls: LambdaUrls, source: str = PID) -> Any:
    """A client, with a function ``orders`` of version 1 and its alias ``live``."""
    urls.deploy(make_zip(source), name="orders", timeout=20)
    client = urls.client("lambda")
    client.publish_version(FunctionName="orders")
    client.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
    return client


def put(client: Any, qualifier: str, count: int) -> None:
    client.put_provisioned_concurrency_config(
        FunctionName="orders", Qualifier=qualifier, ProvisionedConcurrentExecutions=count
    )


def pid_of(client: Any, qualifier: str) -> int:
    payload = client.invoke(FunctionName="orders", Qualifier=qualifier)["Payload"].read()
    return int(json.loads(payload)["body"])


@pytest.mark.parametrize("qualifier", ["1", "live"])
def test_environments_are_there_before_the_first_call(urls: LambdaUrls, qualifier: str) -> None:
    client, before = published(urls), children()
    put(client, qualifier, 2)
    made = children() - before
    assert len(made) >= 2  # and what ends them with this process
    assert pid_of(client, qualifier) in made


def test_url_of_an_alias(urls: LambdaUrls) -> None:
    client = published(urls)
    config = client.create_function_url_config(FunctionName="orders", Qualifier="live", AuthType="NONE")
    for action in ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction"):
        more = {"FunctionUrlAuthType": "NONE"} if action.endswith("Url") else {"InvokedViaFunctionUrl": True}
        statement = {"StatementId": action.partition(":")[2], "Action": action, "Principal": "*", **more}
        client.add_permission(FunctionName="orders", Qualifier="live", **statement)
    put(client, "live", 1)
    made = children()
    assert int(requests.get(config["FunctionUrl"]).text) in made


def test_alias_that_moves_takes_its_environments_along(urls: LambdaUrls) -> None:
    client = published(urls)
    put(client, "live", 1)
    client.update_function_code(FunctionName="orders", ZipFile=make_zip(PID.replace("200", "201")))
    client.publish_version(FunctionName="orders")
    before = children()
    client.update_alias(FunctionName="orders", Name="live", FunctionVersion="2")
    made = children() - before
    assert len(made) == 1
    assert pid_of(client, "live") in made


def test_init_that_fails(urls: LambdaUrls) -> None:
    client = published(urls, "import nowhere")
    put(client, "1", 2)
    got = client.get_provisioned_concurrency_config(FunctionName="orders", Qualifier="1")
    names = ("Requested", "Available", "Allocated")
    assert [got[f"{each}ProvisionedConcurrentExecutions"] for each in names] == [2, 0, 0]
    assert (got["Status"], got["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")
    (listed,) = client.list_provisioned_concurrency_configs(FunctionName="orders")["ProvisionedConcurrencyConfigs"]
    assert (listed["Status"], listed["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")
    streams = urls.client("logs").describe_log_streams(logGroupName="/aws/lambda/orders")["logStreams"]
    events = urls.client("logs").get_log_events(
        logGroupName="/aws/lambda/orders", logStreamName=streams[0]["logStreamName"]
    )["events"]
    assert "Unable to import module 'app': No module named 'nowhere'" in "".join(each["message"] for each in events)


def test_what_the_import_prints_is_in_the_log(urls: LambdaUrls) -> None:
    client = published(urls, f"print('importing')\n{PID}")
    put(client, "1", 1)
    events = urls.client("logs").filter_log_events(logGroupName="/aws/lambda/orders")["events"]
    assert [each["message"] for each in events] == ["importing\n"]


def test_handler_that_uses_lambda_as_it_is_imported(urls: LambdaUrls) -> None:
    """Nothing is locked meanwhile."""
    source = f"import boto3\nboto3.client('lambda').publish_version(FunctionName='orders')\n{PID}"
    client = published(urls, source)
    put(client, "1", 1)
    assert client.get_provisioned_concurrency_config(FunctionName="orders", Qualifier="1")["Status"] == "READY"


def test_functions_of_this_process_have_none() -> None:
    with mock_lambda_urls() as urls:
        client, before = published(urls), children()
        put(client, "1", 2)
        assert children() == before
        assert pid_of(client, "1") > 0
