from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from support.stacks import outputs

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer

TEMPLATE = "Resources: {Q: {Type: AWS::SQS::Queue}}\nOutputs: {Found: {Value: 'yes'}}\n"


@pytest.fixture
def uploaded(mock: LambdaUrls) -> LambdaUrls:
    """The mock, with a template in the bucket ``code``."""
    put(mock)
    return mock


def put(urls: LambdaUrls) -> None:
    s3 = urls.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="my app/shop.yaml", Body=TEMPLATE)


@pytest.mark.parametrize(
    "url",
    [
        "https://code.s3.amazonaws.com/my%20app/shop.yaml",
        "https://code.s3.eu-west-1.amazonaws.com/my app/shop.yaml",
        "https://s3.amazonaws.com/code/my%20app/shop.yaml",
        "https://s3.us-east-1.amazonaws.com/code/my%20app/shop.yaml",
        "https://s3-eu-west-1.amazonaws.com/code/my%20app/shop.yaml",
        "s3://code/my app/shop.yaml",
        "http://localhost:5000/code/my%20app/shop.yaml",
        "http://127.0.0.1:5000/code/my%20app/shop.yaml",
        "http://[::1]:5000/code/my%20app/shop.yaml",
        "http://code.localhost:5000/my%20app/shop.yaml",
        "http://code.s3.localhost/my%20app/shop.yaml?versionId=null",
    ],
)
def test_template_in_a_bucket(uploaded: LambdaUrls, url: str) -> None:
    client = uploaded.client("cloudformation")
    client.create_stack(StackName="shop", TemplateURL=url)
    assert outputs(client) == {"Found": "yes"}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://169.254.169.254/code/my%20app/shop.yaml", "is neither at Amazon S3 nor at this server"),
        ("https://code.s3.amazonaws.com.example/my%20app/shop.yaml", "is neither at Amazon S3 nor at this server"),
        ("https://example.com/code/my%20app/shop.yaml", "is neither at Amazon S3 nor at this server"),
        ("file:///etc/passwd", "is neither at Amazon S3 nor at this server"),
        ("http://[::1/code/shop.yaml", "is no URL"),
        ("http://127.0.0.1:5000/moto-api/data.json", "S3 error: The specified bucket does not exist"),
        ("https://s3.amazonaws.com/none/shop.yaml", "S3 error: The specified bucket does not exist"),
        ("https://s3.amazonaws.com/code/none.yaml", "S3 error: The specified key does not exist"),
    ],
)
def test_other_urls_are_refused(uploaded: LambdaUrls, url: str, message: str) -> None:
    with pytest.raises(ClientError, match=message) as refused:
        uploaded.client("cloudformation").create_stack(StackName="shop", TemplateURL=url)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_template_that_is_no_text(uploaded: LambdaUrls) -> None:
    uploaded.client("s3").put_object(Bucket="code", Key="shop.zip", Body=b"PK\xff\xfe")
    url = "https://code.s3.amazonaws.com/shop.zip"
    with pytest.raises(ClientError, match=f"Template format error: {url} is not UTF-8 text") as refused:
        uploaded.client("cloudformation").create_stack(StackName="shop", TemplateURL=url)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.parametrize("at", ["http://127.0.0.1:5000/code", "http://code.localhost:5000"])
def test_template_of_a_nested_stack(uploaded: LambdaUrls, at: str) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"{at}/my app/shop.yaml"}}
    client = uploaded.client("cloudformation")
    client.create_stack(StackName="outer", TemplateBody=json.dumps({"Resources": {"Nested": nested}}))
    assert len(uploaded.client("sqs").list_queues()["QueueUrls"]) == 1


@pytest.mark.in_process
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "moto.local"])
def test_names_of_a_server(host: str) -> None:
    with LambdaUrlsServer(allow_hosts=["moto.local"]) as server:
        put(server.urls)
        client = server.urls.client("cloudformation")
        port = urlsplit(server.endpoint_url).port
        client.meta.events.register(
            "before-send", lambda request, **_: request.headers.__setitem__("Host", f"{host}:{port}")
        )
        client.create_stack(StackName="shop", TemplateURL=f"http://{host}:{port}/code/my%20app/shop.yaml")
        assert outputs(client) == {"Found": "yes"}


@pytest.mark.in_process
def test_name_by_which_nobody_asked() -> None:
    with LambdaUrlsServer(allow_hosts=["moto.local"]) as server:
        put(server.urls)
        with pytest.raises(ClientError, match="is neither at Amazon S3 nor at this server"):
            server.urls.client("cloudformation").create_stack(
                StackName="shop", TemplateURL="http://moto.local:5000/code/my%20app/shop.yaml"
            )
