from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.controller.templates import sources

FUNCTION = {
    "Code": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": "serverless/shop/dev/1/shop.zip"},
    "Handler": "app.handler",
    "Layers": [{"Ref": "Layer"}],
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    "Runtime": "python3.13",
}
LAYER = {"Content": {"S3Bucket": {"Ref": "Bucket"}, "S3Key": "serverless/shop/dev/1/words.zip"}}
GRANT = {"FunctionName": {"Ref": "Fn"}, "Principal": "*"}
URL_GRANT = {**GRANT, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
INVOKE_GRANT = {**GRANT, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
TEMPLATE = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": LAYER},
        "Fn": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION},
        "Url": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "Fn"}}},
        "One": {"Type": "AWS::Lambda::Permission", "Properties": URL_GRANT},
        "Two": {"Type": "AWS::Lambda::Permission", "Properties": INVOKE_GRANT},
    }
}
PROVIDER = {"name": "aws", "stage": "dev"}
CODE = "import words\n\ndef handler(event, context): return words.GREETING"


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """What ``osls package`` writes for a service with a function and a layer."""
    (tmp_path / "shop.zip").write_bytes(make_zip(CODE))
    (tmp_path / "words.zip").write_bytes(make_zip({"python/words.py": "GREETING = 'hello'"}))
    write(tmp_path, TEMPLATE, PROVIDER)
    return tmp_path


def write(folder: Path, template: Any, provider: Any) -> None:
    state = {"service": {"service": "shop", "provider": provider}}
    (folder / "serverless-state.json").write_text(json.dumps(state), encoding="utf-8")
    (folder / "cloudformation-template-update-stack.json").write_text(json.dumps(template), encoding="utf-8")


@pytest.mark.parametrize("path", ["", "cloudformation-template-update-stack.json"])
def test_archives_of_a_service(mock: LambdaUrls, packaged: Path, path: str) -> None:
    url = mock.deploy_template(packaged / path).url("Fn")
    assert requests.get(url).text == "hello"


def test_name_of_the_stack(mock: LambdaUrls, packaged: Path) -> None:
    assert mock.deploy_template(packaged).name == "shop-dev"
    write(packaged, TEMPLATE, {**PROVIDER, "stackName": "mine"})
    assert mock.deploy_template(packaged).name == "mine"


def test_archive_that_is_elsewhere(mock: LambdaUrls, packaged: Path) -> None:
    """As where the service says ``package: {artifact: s3://...}``, and has uploaded it."""
    mock.client("s3").create_bucket(Bucket="code")
    mock.client("s3").put_object(Bucket="code", Key="a/b.zip", Body=make_zip(CODE))
    function = {**FUNCTION, "Code": {"S3Bucket": "code", "S3Key": "a/b.zip"}}
    resources = {**TEMPLATE["Resources"], "Fn": {"Type": "AWS::Lambda::Function", "Properties": function}}
    write(packaged, {"Resources": resources}, PROVIDER)
    assert requests.get(mock.deploy_template(packaged).url()).text == "hello"


def test_files_of_a_service(packaged: Path) -> None:
    assert sources(packaged) == {packaged}
