from __future__ import annotations

import json
from typing import Any

import pytest

from moto_lambda_urls.moto_services.cloudformation.template_urls import at_aws

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:5000/bucket/a/b.json", "https://s3.amazonaws.com/bucket/a/b.json"),
        ("http://[::1]:5000/bucket/b.json", "https://s3.amazonaws.com/bucket/b.json"),
        ("http://localhost:5000/bucket/b.json", "https://s3.amazonaws.com/bucket/b.json"),
        ("http://moto:5000/bucket/b.json?versionId=1", "https://s3.amazonaws.com/bucket/b.json"),
        ("http://bucket.localhost:5000/b.json", "https://s3.amazonaws.com/bucket/b.json"),
        ("http://a.bucket.localhost:5000/a/b.json", "https://s3.amazonaws.com/a.bucket/a/b.json"),
        ("http://bucket.moto.test/b.json", "https://s3.amazonaws.com/bucket/b.json"),
    ],
)
def test_at_a_local_endpoint(url: str, expected: str) -> None:
    assert at_aws(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.us-east-1.amazonaws.com/bucket/a/b.json",
        "https://bucket.s3.amazonaws.com/b.json",
        "https://localhost.s3.amazonaws.com/b.json",
    ],
)
def test_at_aws_own_names(url: str) -> None:
    assert at_aws(url) == url


@pytest.mark.parametrize("at", ["http://127.0.0.1:5000/bucket", "http://bucket.localhost:5000"])
def test_stack_and_nested_stack(mock: Any, at: str) -> None:
    s3, client = mock.client("s3"), mock.client("cloudformation")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="inner.json", Body=json.dumps(TEMPLATE))
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{at}/inner.json"}}
    s3.put_object(Bucket="bucket", Key="outer.json", Body=json.dumps({"Resources": {"Nested": nested}}))
    client.create_stack(StackName="outer", TemplateURL=f"{at}/outer.json")
    assert len(mock.client("sns").list_topics()["Topics"]) == 1
