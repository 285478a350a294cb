from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.control.exceptions import ResourceConflictException
from moto_lambda_urls.moto_services.cloudformation.layers import LayerVersionResource

pytestmark = pytest.mark.in_process

CONTENT = {"S3Bucket": "code", "S3Key": "layer.zip"}


def refuse(*_: Any) -> None:
    raise ResourceConflictException("Not yet.")


@pytest.mark.parametrize("by", ["StackName", "StackId"])
def test_refused_deletion(mock: LambdaUrls, layer_stack: str, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    client = mock.client("cloudformation")
    named = layer_stack if by == "StackId" else "shop"
    with monkeypatch.context() as refusing, pytest.raises(ClientError) as raised:
        refusing.setattr(LayerVersionResource, "remove", refuse)
        client.delete_stack(StackName=named)
    error, message = raised.value.response, 'Resource handler returned message: "Not yet."'
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("ValidationError", message)
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    [stack] = client.describe_stacks(StackName="shop")["Stacks"]
    assert (stack["StackId"], stack["StackStatus"]) == (layer_stack, "DELETE_FAILED")
    events = client.describe_stack_events(StackName="shop")["StackEvents"]
    failed = [each["ResourceStatusReason"] for each in events if each["ResourceStatus"] == "DELETE_FAILED"]
    assert len(failed) == 1
    assert "Not yet." in failed[0]
    client.delete_stack(StackName=named)
    assert [each["StackStatus"] for each in client.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]
    assert mock.client("lambda").list_layers()["Layers"] == []


@pytest.fixture
def layer_stack(mock: LambdaUrls) -> str:
    """The id of the stack ``shop``, which has a layer."""
    s3 = mock.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="layer.zip", Body=make_zip("x = 1"))
    resource = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "base", "Content": CONTENT}}
    body = json.dumps({"Resources": {"Base": resource}})
    return str(mock.client("cloudformation").create_stack(StackName="shop", TemplateBody=body)["StackId"])
