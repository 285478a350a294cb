from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from support.stacks import exports, outputs

from moto_lambda_urls import LambdaUrls

PLAIN = "Resources:\n  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}\n"
EXPORTED = (
    f"{PLAIN}Outputs:\n  Name: {{Value: !GetAtt Orders.QueueName, Export: {{Name: !Sub '${{AWS::StackName}}-q'}}}}\n"
)


def test_export_that_an_update_adds(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    client.create_stack(StackName="shop", TemplateBody=PLAIN)
    client.update_stack(StackName="shop", TemplateBody=EXPORTED)
    assert exports(client) == {"shop-q": "orders"}
    client.delete_stack(StackName="shop")
    assert exports(client) == {}


def test_export_that_an_update_removes(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    client.create_stack(StackName="shop", TemplateBody=EXPORTED)
    client.update_stack(StackName="shop", TemplateBody=PLAIN)
    assert exports(client) == {}
    client.delete_stack(StackName="shop")
    assert mock.client("sqs").list_queues().get("QueueUrls", []) == []


def test_export_of_another_stack(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    taken = EXPORTED.replace("!Sub '${AWS::StackName}-q'", "shop-q")
    client.create_stack(StackName="shop", TemplateBody=taken)
    client.create_stack(StackName="other", TemplateBody=PLAIN.replace("orders", "returns"))
    with pytest.raises(ClientError, match="Export with name shop-q is already exported by stack shop"):
        client.update_stack(StackName="other", TemplateBody=taken.replace("orders", "returns"))
    assert exports(client) == {"shop-q": "orders"}


def test_export_whose_condition_is_false(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    template = f"""
Conditions: {{Never: !Equals [a, b]}}
{PLAIN}
  Extra: {{Type: AWS::SQS::Queue, Condition: Never}}
Outputs:
  Name: {{Value: !GetAtt Orders.QueueName, Export: {{Name: always}}}}
  Extra: {{Condition: Never, Value: !GetAtt Extra.QueueName, Export: {{Name: never}}}}
"""
    client.create_stack(StackName="shop", TemplateBody=template)
    assert (exports(client), outputs(client)) == ({"always": "orders"}, {"Name": "orders"})


def test_refused_stack_leaves_its_name_free(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    properties = "{AuthType: NONE, TargetFunctionArn: none}"
    bad = EXPORTED.replace("Outputs:", f"  Url: {{Type: AWS::Lambda::Url, Properties: {properties}}}\nOutputs:")
    with pytest.raises(ClientError, match="Resource handler returned message"):
        client.create_stack(
            StackName="shop", TemplateBody=bad.replace("AuthType: X", "AuthType: NONE, TargetFunctionArn: x")
        )
    assert (exports(client), mock.client("sqs").list_queues().get("QueueUrls", [])) == ({}, [])
    client.create_stack(StackName="shop", TemplateBody=EXPORTED)
    assert exports(client) == {"shop-q": "orders"}
