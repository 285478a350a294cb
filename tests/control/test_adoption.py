"""Functions that plain moto's mock and ours share, and functions of a server."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
import requests
from moto import mock_aws
from moto.awslambda.models import LambdaFunction, lambda_backends
from support.function_api import ARN, OTHER_PACKAGE, PACKAGE, REGION, checked, configuration, request, sha_256

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process

DEAD_LETTERS = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}


def client() -> Any:
    return boto3.client("lambda", REGION)


def test_callable_with_kept_data() -> None:
    ours = mock_lambda_urls()
    ours.start()
    url = ours.urls.deploy(lambda event, context: "callable", name="fn")
    ours.stop(remove_data=False)
    ours.start(reset=False)
    try:
        assert requests.get(url).text == "callable"
        assert json.load(client().invoke(FunctionName="fn")["Payload"]) == "callable"
    finally:
        ours.stop()


def test_callable_with_removed_data() -> None:
    ours = mock_lambda_urls()
    ours.start()
    ours.urls.deploy(lambda event, context: "callable", name="fn")
    ours.stop(remove_data=False)
    ours.start(reset=False)
    ours.stop()
    ours.start(reset=False)
    try:
        client().create_function(**request())
        assert json.load(client().invoke(FunctionName="fn", Payload=b"7")["Payload"]) == 7
    finally:
        ours.stop()


def test_callable_of_a_function_that_plain_moto_has_replaced() -> None:
    ours = mock_lambda_urls()
    ours.start()
    ours.urls.deploy(lambda event, context: "callable", name="fn")
    ours.stop(remove_data=False)
    plain = mock_aws()
    plain.start()
    client().create_function(**request())
    plain.stop(remove_data=False)
    ours.start(reset=False)
    try:
        assert json.load(client().invoke(FunctionName="fn", Payload=b"7")["Payload"]) == 7
    finally:
        ours.stop()


def test_plain_moto_after_ours() -> None:
    with mock_aws():
        ours = mock_lambda_urls()
        ours.start(reset=False)
        aws_lambda = client()
        aws_lambda.create_function(**request(DeadLetterConfig=DEAD_LETTERS, Publish=True, Tags={"a": "b"}))
        aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        ours.stop(remove_data=False)

        plain = client().get_function(FunctionName="fn")["Configuration"]
        assert (plain["FunctionArn"], plain["CodeSha256"]) == (ARN, sha_256(PACKAGE))
        assert "RevisionId" not in plain
        assert [each["Version"] for each in client().list_versions_by_function(FunctionName="fn")["Versions"]] == [
            "$LATEST",
            "1",
        ]
        assert client().get_alias(FunctionName="fn", Name="live")["FunctionVersion"] == "1"
        assert client().list_tags(Resource=ARN)["Tags"] == {"a": "b"}
        client().update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE)
        client().update_function_configuration(FunctionName="fn", Environment={"Variables": {"STAGE": "test"}})
        stored = lambda_backends["123456789012"][REGION]._lambdas._functions["fn"]
        for function in (stored["latest"], *stored["versions"]):
            assert type(function) is LambdaFunction
            assert "details" not in vars(function)


def test_ours_after_plain_moto() -> None:
    with mock_aws():
        client().create_function(**request(Environment={"Variables": {"STAGE": "test"}}))
        client().publish_version(FunctionName="fn")
        ours = mock_lambda_urls()
        ours.start(reset=False)
        aws_lambda = client()
        expected: dict[str, Any] = {"Environment": {"Variables": {"STAGE": "test"}}}
        assert checked(aws_lambda.get_function_configuration(FunctionName="fn")) == configuration(**expected)
        version = aws_lambda.get_function_configuration(FunctionName="fn:1")
        assert checked(version) == configuration(FunctionArn=f"{ARN}:1", Version="1", **expected)
        assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "1"
        aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE)
        assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "2"
        location = aws_lambda.get_function(FunctionName="fn:1")["Code"]["Location"]
        assert requests.get(location).content == PACKAGE
        ours.stop(remove_data=False)


def test_details_come_back() -> None:
    with mock_aws():
        revisions = []
        for sent in ({"DeadLetterConfig": DEAD_LETTERS, "LoggingConfig": {"LogFormat": "JSON"}}, None):
            ours = mock_lambda_urls()
            ours.start(reset=False)
            if sent is not None:
                client().create_function(**request(**sent))
            read = client().get_function_configuration(FunctionName="fn")
            assert (read["DeadLetterConfig"], read["LoggingConfig"]["LogFormat"]) == (DEAD_LETTERS, "JSON")
            revisions.append(read["RevisionId"])
            ours.stop(remove_data=False)
        assert revisions[0] == revisions[1]


@pytest.mark.parametrize("keep", [False, True])
def test_provisioned_concurrency_comes_back(keep: bool) -> None:
    """That of an alias which plain moto has deleted meanwhile does not."""
    with mock_aws():
        ours = mock_lambda_urls()
        ours.start()
        ours.urls.deploy(lambda event, context: None, name="fn")
        client().publish_version(FunctionName="fn")
        for alias in ("live", "gone"):
            client().create_alias(FunctionName="fn", Name=alias, FunctionVersion="1")
            client().put_provisioned_concurrency_config(
                FunctionName="fn", Qualifier=alias, ProvisionedConcurrentExecutions=5
            )
        before = client().get_provisioned_concurrency_config(FunctionName="fn", Qualifier="live")
        ours.stop(remove_data=not keep)
        client().delete_alias(FunctionName="fn", Name="gone")
        for _ in range(2):
            with mock_lambda_urls():
                found = client().list_provisioned_concurrency_configs(FunctionName="fn")
                [config] = found["ProvisionedConcurrencyConfigs"]
                assert config.pop("FunctionArn").endswith(":fn:live")
                assert config == {name: before[name] for name in config}
                assert config["Status"] == "READY"
        client().delete_function(FunctionName="fn")
        with mock_lambda_urls() as again:
            again.deploy(lambda event, context: None, name="fn")
            found = client().list_provisioned_concurrency_configs(FunctionName="fn")
            assert found["ProvisionedConcurrencyConfigs"] == []


def test_download_from_a_server() -> None:
    with LambdaUrlsServer() as server:
        iam, aws_lambda = (
            boto3.client(
                name, REGION, aws_access_key_id="x", aws_secret_access_key="y", endpoint_url=server.endpoint_url
            )
            for name in ("iam", "lambda")
        )
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        aws_lambda.create_function(
            FunctionName="fn", Runtime="python3.13", Handler="app.handler", Role=role, Code={"ZipFile": PACKAGE}
        )
        location = aws_lambda.get_function(FunctionName="fn")["Code"]["Location"]
        assert location.startswith(f"{server.endpoint_url}/awslambda-us-east-1-tasks/snapshots/123456789012/fn-")
        assert requests.get(location).content == PACKAGE


def test_long_names_that_cloudformation_makes_up() -> None:
    with mock_lambda_urls():
        function = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": request()["Role"],
                "Code": {"ZipFile": "def handler(event, context): return event"},
            },
        }
        template = json.dumps({"Resources": {"L" * 60: function}})
        boto3.client("cloudformation", REGION).create_stack(StackName="s" * 60, TemplateBody=template)
        (name,) = [each["FunctionName"] for each in client().list_functions()["Functions"]]
        assert len(name) == 64
        assert name.startswith("s" * 51)
