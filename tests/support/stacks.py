"""Stacks of CloudFormation, created, changed and described through boto3."""

from __future__ import annotations

from typing import Any

import boto3

from support.builders import make_role

URL_FUNCTION = """
  {name}:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): return '{answer}'"
      FunctionUrlConfig: {{AuthType: NONE}}
"""


def sam_template(answer: str = "hello", *, rest: str = "", name: str = "Hello") -> str:
    """A SAM template with a function ``Hello`` that answers ``answer``, its URL as the output ``Url``, and ``rest``."""
    return (
        "Transform: AWS::Serverless-2016-10-31\nResources:"
        + URL_FUNCTION.format(name=name, answer=answer)
        + f"Outputs:\n  Url: {{Value: !GetAtt {name}Url.FunctionUrl}}\n"
        + rest
    )


def outputs(client: Any, name: str = "shop") -> dict[str, str]:
    """The outputs of the stack ``name``."""
    [stack] = client.describe_stacks(StackName=name)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def exports(client: Any) -> dict[str, str]:
    """All exports of the region."""
    return {each["Name"]: each["Value"] for each in client.list_exports()["Exports"]}


def change(client: Any, kind: str, template: str, name: str = "shop", **given: Any) -> None:
    """Create and execute a change set of the ``kind`` CREATE or UPDATE, as tools do."""
    request = {"StackName": name, "ChangeSetName": "tool", "ChangeSetType": kind, "TemplateBody": template, **given}
    made = client.create_change_set(**{key: value for key, value in request.items() if value is not None})
    client.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"], WaiterConfig={"Delay": 0})
    client.execute_change_set(ChangeSetName="tool", StackName=name)


def lambda_function(**properties: Any) -> dict[str, Any]:
    """A resource: the function ``orders``, but for ``properties``."""
    whole = {
        "FunctionName": "orders",
        "Code": {"ZipFile": "def handler(event, context): return event"},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": make_role(boto3.client("iam", "us-east-1")),
    }
    return {"Type": "AWS::Lambda::Function", "Properties": {**whole, **properties}}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """A resource of Lambda, of the type that ends in ``kind``."""
    return {"Type": f"AWS::Lambda::{kind}", "Properties": properties}
