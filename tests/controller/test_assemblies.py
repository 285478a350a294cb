from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from moto_lambda_urls import LambdaUrls

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
STACK = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}


def template(code: str = "code.zip") -> dict[str, Any]:
    function = {
        "Code": {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": code},
        "Handler": "app.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.13",
    }
    grant = {"FunctionName": {"Ref": "Fn"}, "Principal": "*"}
    url = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    invoke = {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
    return {
        "Parameters": {
            "BootstrapVersion": {
                "Type": "AWS::SSM::Parameter::Value<String>",
                "Default": "/cdk-bootstrap/hnb659fds/version",
            }
        },
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
            "Fn": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Url": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "Fn"}}},
            "One": {"Type": "AWS::Lambda::Permission", "Properties": {**grant, **url}},
            "Two": {"Type": "AWS::Lambda::Permission", "Properties": {**grant, **invoke}},
            "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {}},
        },
        "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Url", "FunctionUrl"]}, "Export": {"Name": "url"}}},
    }


def asset(key: str, **source: Any) -> dict[str, Any]:
    return {
        "displayName": "Shop/Code",
        "source": source,
        "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
    }


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """What ``cdk synth`` writes for an app with one stack."""
    folder = tmp_path / "cdk.out"
    write(folder, code="def handler(event, context): return 'from the CDK'")
    return folder


def write(folder: Path, *, code: str = "", files: Any = None, images: Any = None, key: str = "code.zip") -> None:
    (folder / "asset.1").mkdir(parents=True, exist_ok=True)
    (folder / "asset.1" / "app.py").write_text(code, encoding="utf-8")
    found = files or {"1": asset(key, path="asset.1", packaging="zip")}
    documents = {
        "manifest.json": {"artifacts": {"Shop": STACK, "Tree": {"type": "cdk:tree"}}},
        "Shop.template.json": template(key),
        "Shop.assets.json": {
            "files": {**found, "2": asset("2.json", path="Shop.template.json", packaging="file")},
            "dockerImages": images or {},
        },
    }
    for name, content in documents.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("path", ["", "Shop.template.json"])
def test_deployed_again_with_a_changed_asset(mock: LambdaUrls, assembly: Path, path: str) -> None:
    stack = mock.deploy_template(assembly / path)
    url = stack.outputs["Url"]
    assert (stack.name, requests.get(url).text, stack.url("Fn")) == ("Shop", "from the CDK", url)
    write(assembly, code="def handler(event, context): return 'new'", key="other.zip")
    stack.update(assembly / path)
    assert requests.get(url).text == "new"
    found = mock.client("s3").list_objects_v2(Bucket="cdk-hnb659fds-assets-123456789012-us-east-1")
    assert [each["Key"] for each in found["Contents"]] == ["2.json", "code.zip", "other.zip"]


def test_bootstrap_that_is_there(mock: LambdaUrls, assembly: Path) -> None:
    ssm, name = mock.client("ssm"), "/cdk-bootstrap/hnb659fds/version"
    mock.deploy_template(assembly)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "30"
    ssm.put_parameter(Name=name, Value="6", Type="String", Overwrite=True)
    mock.deploy_template(assembly)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "6"


def test_name_of_the_stack_in_another_region(mock: LambdaUrls, assembly: Path) -> None:
    named = {**STACK, "properties": {"templateFile": "Shop.template.json", "stackName": "my-shop"}}
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": named}}), encoding="utf-8")
    stack = mock.deploy_template(assembly, region_name="eu-west-1")
    assert (stack.name, requests.get(stack.url()).text) == ("my-shop", "from the CDK")
    [bucket] = mock.client("s3").list_buckets()["Buckets"]
    assert bucket["Name"] == "cdk-hnb659fds-assets-123456789012-eu-west-1"


def test_several_stacks(mock: LambdaUrls, assembly: Path) -> None:
    other = {**STACK, "properties": {"templateFile": "Other.template.json"}}
    (assembly / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": STACK, "Other": other}}), "utf-8")
    with pytest.raises(ValueError, match=r"has not one stack; .*Other.template.json, .*Shop.template.json$"):
        mock.deploy_template(assembly)


@pytest.mark.parametrize(
    ("files", "images", "error", "message"),
    [
        (
            {"1": asset("1.zip", path="none", packaging="zip")},
            {},
            FileNotFoundError,
            "Shop/Code is not there: '.*none'",
        ),
        (
            {"1": asset("1.zip", executable=["make"])},
            {},
            ValueError,
            "Shop/Code is made by a program, which is not",
        ),
        ({}, {"3": {"source": {}}}, ValueError, "the asset 3 is a container image, which is not built here"),
    ],
)
def test_assets_that_cannot_be_published(
    mock: LambdaUrls, tmp_path: Path, files: Any, images: Any, error: type[Exception], message: str
) -> None:
    write(tmp_path, files=files, images=images)
    with pytest.raises(error, match=message):
        mock.deploy_template(tmp_path / "Shop.template.json")
    assert mock.client("cloudformation").list_stacks()["StackSummaries"] == []
