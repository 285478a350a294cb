"""Layers and their permissions in templates."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.builders import make_zip
from support.function_api import ACCOUNT
from support.stacks import lambda_function, resource

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib"
LAYER = {"Ref": "Layer"}


@pytest.fixture
def content(mock: Any) -> dict[str, str]:
    """A layer's contents in S3."""
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="assets")
    s3.put_object(Bucket="assets", Key="lib.zip", Body=make_zip({"python/shared.py": "WHO = 'layer'"}))
    return {"S3Bucket": "assets", "S3Key": "lib.zip"}


def statements(client: Any, number: int = 1) -> list[dict[str, Any]]:
    policy = json.loads(client.get_layer_version_policy(LayerName="lib", VersionNumber=number)["Policy"])
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def test_layer_version(mock: Any, stack: Any, content: dict[str, str]) -> None:
    properties = {
        "LayerName": "lib",
        "Content": content,
        "Description": "d",
        "LicenseInfo": "MIT",
        "CompatibleRuntimes": ["python3.13"],
        "CompatibleArchitectures": ["arm64"],
    }
    code = {"ZipFile": "import shared\ndef handler(event, context): return shared.WHO"}
    resources = {"Layer": resource("LayerVersion", **properties), "Orders": lambda_function(Code=code, Layers=[LAYER])}
    outputs = stack(resources, outputs={"Ref": LAYER, "Arn": {"Fn::GetAtt": ["Layer", "LayerVersionArn"]}})
    assert outputs == {"Ref": f"{ARN}:1", "Arn": f"{ARN}:1"}
    client = mock.client("lambda")
    shown = client.get_layer_version(LayerName="lib", VersionNumber=1)
    for name in ("Description", "LicenseInfo", "CompatibleRuntimes", "CompatibleArchitectures"):
        assert shown[name] == properties[name]
    assert json.load(client.invoke(FunctionName="orders")["Payload"]) == "layer"
    resources["Layer"] = resource("LayerVersion", **{**properties, "Description": "new"})
    assert stack(resources, outputs={"Ref": LAYER}) == {"Ref": f"{ARN}:2"}
    assert [each["Version"] for each in client.list_layer_versions(LayerName="lib")["LayerVersions"]] == [2]
    assert client.get_function_configuration(FunctionName="orders")["Layers"][0]["Arn"] == f"{ARN}:2"
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert client.list_layers()["Layers"] == []


def test_layer_that_lambda_refuses(stack: Any, content: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="Value '\\[cobol\\]' at 'compatibleRuntimes' failed to satisfy constraint"):
        stack({"Layer": resource("LayerVersion", Content=content, CompatibleRuntimes=["cobol"])})


def test_permission(mock: Any, stack: Any, content: dict[str, str]) -> None:
    layer = resource("LayerVersion", LayerName="lib", Content=content)
    use = {"LayerVersionArn": LAYER, "Action": "lambda:GetLayerVersion"}
    everyone = resource("LayerVersionPermission", Principal="*", OrganizationId="o-0123456789", **use)
    outputs = stack({"Layer": layer, "Use": everyone}, outputs={"Ref": {"Ref": "Use"}})
    client = mock.client("lambda")
    [statement] = statements(client)
    sid = statement.pop("Sid")
    assert outputs == {"Ref": f"{ARN}:1#{sid}"}
    assert statement == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": f"{ARN}:1",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}},
    }
    stack({"Layer": layer, "Use": resource("LayerVersionPermission", Principal="222222222222", **use)})
    [statement] = statements(client)
    assert statement["Principal"] == {"AWS": "arn:aws:iam::222222222222:root"}
    stack({"Layer": layer})
    with pytest.raises(ClientError, match="No policy is associated with the given resource"):
        statements(client)


def test_a_new_version_takes_its_permission_along(mock: Any, stack: Any, content: dict[str, str]) -> None:
    use = {"LayerVersionArn": LAYER, "Action": "lambda:GetLayerVersion", "Principal": "*"}

    def resources(description: str) -> dict[str, Any]:
        layer = resource("LayerVersion", LayerName="lib", Content=content, Description=description)
        return {"Layer": layer, "Use": resource("LayerVersionPermission", **use)}

    stack(resources("old"))
    stack(resources("new"))
    client = mock.client("lambda")
    assert [each["Version"] for each in client.list_layer_versions(LayerName="lib")["LayerVersions"]] == [2]
    assert [each["Resource"] for each in statements(client, 2)] == [f"{ARN}:2"]
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert client.list_layers()["Layers"] == []
