from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.stacks import change, outputs

from moto_lambda_urls import LambdaUrls

TEMPLATE = """
Parameters:
  Plain: {Type: String, Default: p}
  Many: {Type: CommaDelimitedList, Default: "a,b"}
  Number: {Type: Number}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /cdk-bootstrap/hnb659fds/version}
Resources:
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  All: {Value: !Sub ["${Plain} ${Many} ${Number} ${Stored}", {Many: !Join ["+", !Ref Many]}]}
"""
PREVIOUS = [{"ParameterKey": name, "UsePreviousValue": True} for name in ("Plain", "Many", "Number", "Stored")]


@pytest.mark.parametrize("way", ["update_stack", "change set"])
def test_previous_values(mock: LambdaUrls, way: str) -> None:
    mock.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String")
    client = mock.client("cloudformation")
    given = [{"ParameterKey": "Number", "ParameterValue": "3"}]
    client.create_stack(StackName="shop", TemplateBody=TEMPLATE, Parameters=given)
    assert outputs(client) == {"All": "p a+b 3 21"}
    for sign in ("!", "?"):
        changed = TEMPLATE.replace("{Stored}", "{Stored}" + sign)
        if way == "update_stack":
            client.update_stack(StackName="shop", TemplateBody=changed, Parameters=PREVIOUS)
        else:
            change(client, "UPDATE", changed, Parameters=PREVIOUS)
        assert outputs(client) == {"All": f"p a+b 3 21{sign}"}


def test_parameter_that_ssm_lacks(mock: LambdaUrls) -> None:
    missing = r"Unable to fetch parameters \[/cdk-bootstrap/hnb659fds/version\] from parameter store for this account"
    with pytest.raises(ClientError, match=missing):
        mock.client("cloudformation").create_stack(
            StackName="shop",
            TemplateBody=TEMPLATE,
            Parameters=[{"ParameterKey": "Number", "ParameterValue": "3"}],
        )


@pytest.mark.parametrize(
    ("kind", "default", "good", "bad"), [("String", "a", "b", "c"), ("CommaDelimitedList", "a", "a, b", "a,c")]
)
def test_allowed_values(mock: LambdaUrls, kind: str, default: str, good: str, bad: str) -> None:
    client = mock.client("cloudformation")
    template = (
        f"Parameters: {{P: {{Type: {kind}, Default: {default}, AllowedValues: [a, b]}}}}\n"
        "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'q-${AWS::StackName}'}}}"
    )

    def given(value: str) -> Any:
        return [{"ParameterKey": "P", "ParameterValue": value}]

    client.create_stack(StackName="default", TemplateBody=template)
    client.create_stack(StackName="good", TemplateBody=template, Parameters=given(good))
    for refused in (client.create_stack, client.update_stack):
        name = "bad" if refused == client.create_stack else "good"
        with pytest.raises(ClientError, match="Parameter 'P' must be one of AllowedValues"):
            refused(StackName=name, TemplateBody=template, Parameters=given(bad))
    assert sorted(each["StackName"] for each in client.describe_stacks()["Stacks"]) == ["default", "good"]
