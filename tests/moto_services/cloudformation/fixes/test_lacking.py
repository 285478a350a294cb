from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.stacks import outputs

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process  # a server warns in its own process


def put(urls: LambdaUrls, resources: Any, **shown: Any) -> dict[str, str]:
    client = urls.client("cloudformation")
    template = {"Resources": resources, "Outputs": {name: {"Value": value} for name, value in shown.items()}}
    known = client.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    (client.update_stack if known else client.create_stack)(StackName="shop", TemplateBody=json.dumps(template))
    return outputs(client)


STAGE = {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {"ApiId": "api"}}


def test_type_that_moto_lacks(mock: LambdaUrls) -> None:
    with pytest.warns(UserWarning, match=r"^moto cannot create Stage \(AWS::ApiGatewayV2::Stage\): the stack goes"):
        shown = put(mock, {"Stage": STAGE, "Q": {"Type": "AWS::SQS::Queue"}}, Name={"Ref": "Stage"})
    assert shown["Name"].startswith("shop-Stage-")
    mock.client("cloudformation").delete_stack(StackName="shop")


def test_attribute_of_what_is_lacking(mock: LambdaUrls) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Stage", "Name"]}}}
    with (
        pytest.warns(UserWarning, match="moto cannot create Stage"),
        pytest.raises(ClientError, match=r"moto cannot create Stage \(AWS::ApiGatewayV2::Stage\), so it has no Name"),
    ):
        put(mock, {"Stage": STAGE, "Q": queue})


def test_output_of_what_is_lacking_is_left_out(mock: LambdaUrls) -> None:
    with pytest.warns(UserWarning, match="moto cannot create Stage"):
        assert put(mock, {"Stage": STAGE}, Arn={"Fn::GetAtt": ["Stage", "Arn"]}, Here="yes") == {"Here": "yes"}


def test_resource_that_needs_what_is_lacking(mock: LambdaUrls) -> None:
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"swagger": "2.0"}}}
    deployment = {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}}
    with pytest.warns(UserWarning, match="moto cannot create") as warned:
        put(mock, {"Api": api, "Deployment": deployment})
    assert [str(each.message) for each in warned] == [
        "moto cannot create Api (AWS::ApiGateway::RestApi) (KeyError: 'Name'): the stack goes without it",
        "moto cannot create Deployment (AWS::ApiGateway::Deployment), which needs Api: the stack goes without it",
    ]


def test_update_beside_what_is_lacking(mock: LambdaUrls) -> None:
    queue = {"Type": "AWS::SQS::Queue"}
    with pytest.warns(UserWarning, match="moto cannot create Stage"):
        before = put(mock, {"Stage": STAGE, "Q": queue}, Name={"Ref": "Stage"})
    changed = {**STAGE, "Properties": {"ApiId": "other"}}
    assert put(mock, {"Stage": changed, "Q": queue}, Name={"Ref": "Stage"}) == before


def test_resource_that_moto_cannot_change(mock: LambdaUrls) -> None:
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "mine", "RetentionInDays": 1}}
    before = put(mock, {"Group": group}, Name={"Ref": "Group"})
    changed = {**group, "Properties": {**group["Properties"], "RetentionInDays": 3}}  # type: ignore[dict-item]
    with pytest.warns(UserWarning, match=r"moto cannot change Group \(AWS::Logs::LogGroup\): it stays as it was"):
        assert put(mock, {"Group": changed}, Name={"Ref": "Group"}) == before
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert mock.client("logs").describe_log_groups()["logGroups"] == []


def test_what_is_nothing_on_aws_either(mock: LambdaUrls) -> None:
    assert put(mock, {"CDKMetadata": {"Type": "AWS::CDK::Metadata"}}, A="a") == {"A": "a"}
