from __future__ import annotations

import json
from typing import Any

import pytest

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


@pytest.mark.parametrize("at", ["http://127.0.0.1:5000/bucket", "http://bucket.localhost:5000"])
def test_stack_and_nested_stack(mock: Any, at: str) -> None:
    s3, client = mock.client("s3"), mock.client("cloudformation")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="inner.json", Body=json.dumps(TEMPLATE))
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{at}/inner.json"}}
    s3.put_object(Bucket="bucket", Key="outer.json", Body=json.dumps({"Resources": {"Nested": nested}}))
    client.create_stack(StackName="outer", TemplateURL=f"{at}/outer.json")
    assert len(mock.client("sns").list_topics()["Topics"]) == 1
