from __future__ import annotations

from typing import Any

import pytest
from support.stacks import change

from moto_lambda_urls import LambdaUrls

TEMPLATE = """
Parameters: {Stage: {Type: String}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Not [Condition: Prod]
Resources:
  Always:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: !If [Prod, 60, 30]}
  OnlyProd: {Type: AWS::SQS::Queue, Condition: Prod, Properties: {QueueName: prod}}
  OnlyDev: {Type: AWS::SQS::Queue, Condition: Dev, Properties: {QueueName: dev}}
"""


@pytest.mark.parametrize("way", ["update_stack", "change set"])
def test_condition_that_an_update_changes(mock: LambdaUrls, way: str) -> None:
    client, sqs = mock.client("cloudformation"), mock.client("sqs")

    def stage(name: str) -> list[dict[str, Any]]:
        return [{"ParameterKey": "Stage", "ParameterValue": name}]

    def update(name: str) -> None:
        if way == "update_stack":
            client.update_stack(StackName="shop", TemplateBody=TEMPLATE, Parameters=stage(name))
        else:
            change(client, "UPDATE", TEMPLATE, Parameters=stage(name))

    def there() -> dict[str, str]:
        listed = client.list_stack_resources(StackName="shop")["StackResourceSummaries"]
        return {each["LogicalResourceId"]: each["PhysicalResourceId"].rpartition("/")[2] for each in listed}

    client.create_stack(StackName="shop", TemplateBody=TEMPLATE, Parameters=stage("dev"))
    always = there()["Always"]
    for name, only, timeout in [("prod", "OnlyProd", "60"), ("dev", "OnlyDev", "30"), ("prod", "OnlyProd", "60")]:
        update(name)
        assert there() == {"Always": always, only: name}
        queues = {each.rpartition("/")[2] for each in sqs.list_queues()["QueueUrls"]}
        assert queues == {always, name}
        url = sqs.get_queue_url(QueueName=always)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        assert found == {"VisibilityTimeout": timeout}

    client.delete_stack(StackName="shop")
    assert "QueueUrls" not in sqs.list_queues()


def test_change_set_with_a_new_parameter(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    client.create_stack(StackName="shop", TemplateBody="Resources: {Always: {Type: AWS::SQS::Queue}}")
    change(client, "UPDATE", TEMPLATE, Parameters=[{"ParameterKey": "Stage", "ParameterValue": "dev"}])
    listed = client.list_stack_resources(StackName="shop")["StackResourceSummaries"]
    assert [each["LogicalResourceId"] for each in listed] == ["Always", "OnlyDev"]
