"""Updates of what names a version that an update replaces."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.stacks import change, lambda_function, resource

from moto_lambda_urls import LambdaUrls


def template(description: str) -> str:
    """A function, a version of it with ``description``, and two ways to name that."""
    named: Any = {"Fn::GetAtt": ["Version", "Version"]}
    alias = {"FunctionName": {"Ref": "Orders"}, "FunctionVersion": named, "Name": "live"}
    resources = {
        "Alias": resource("Alias", **alias),
        "Other": {"Type": "AWS::SQS::Queue"},
        "Orders": lambda_function(Description=description),
        "Version": resource("Version", FunctionName={"Ref": "Orders"}, Description=description),
    }
    return json.dumps({"Resources": resources, "Outputs": {"Arn": {"Value": {"Ref": "Version"}}}})


@pytest.mark.parametrize("way", ["update_stack", "change set"])
def test_alias_of_a_replaced_version(mock: LambdaUrls, way: str) -> None:
    client, functions = mock.client("cloudformation"), mock.client("lambda")
    client.create_stack(StackName="shop", TemplateBody=template("old"))
    queue = client.describe_stack_resource(StackName="shop", LogicalResourceId="Other")["StackResourceDetail"]
    if way == "update_stack":
        client.update_stack(StackName="shop", TemplateBody=template("new"))
    else:
        change(client, "UPDATE", template("new"))
    assert functions.get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "2"
    [output] = client.describe_stacks(StackName="shop")["Stacks"][0]["Outputs"]
    assert output["OutputValue"].endswith(":function:orders:2")
    after = client.describe_stack_resource(StackName="shop", LogicalResourceId="Other")["StackResourceDetail"]
    assert after["PhysicalResourceId"] == queue["PhysicalResourceId"]
