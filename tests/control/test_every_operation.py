"""Each operation of Lambda's service model has an answer in AWS's form: in process, on a server and over plain HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.client import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.model import ListShape, Shape, StructureShape
from botocore.serialize import create_serializer
from moto.core.utils import camelcase_to_underscores
from support import operations_table
from support.function_api import PACKAGE, REGION

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls
from moto_lambda_urls.messages.service_model import operation_model, service_model

OPERATIONS = sorted(service_model().operation_names)
LACKING = [each for each in OPERATIONS if operations_table.handler_of(each) == operations_table.NOBODYS]
ARN = f"arn:aws:lambda:{REGION}:123456789012:function:fn"
EXAMPLES: dict[str, Any] = {
    "Arn": f"arn:aws:lambda:{REGION}:123456789012:layer:lib:1",
    "CallbackId": "Y2FsbGJhY2s=",
    "CapacityProviderArn": f"arn:aws:lambda:{REGION}:123456789012:capacity-provider:c",
    "CapacityProviderName": "c",
    "CodeSigningConfigArn": f"arn:aws:lambda:{REGION}:123456789012:code-signing-config:csc-{'0' * 17}",
    "Content": {"ZipFile": PACKAGE},
    "DurableExecutionArn": f"{ARN}:1/durable-execution/e/00000000-0000-0000-0000-000000000000",
    "FunctionName": "fn",
    "FunctionVersion": "1",
    "Handler": "app.handler",
    "LayerName": "lib",
    "Name": "live",
    "Qualifier": "1",
    "Resource": ARN,
    "ResourceArn": ARN,
    "Role": "arn:aws:iam::123456789012:role/lambda-role",
    "StatementId": "s",
    "TagKeys": ["a"],
    "Tags": {"a": "b"},
    "UUID": "00000000-0000-0000-0000-000000000000",
}
PLAIN: dict[str, Any] = {
    "string": "1",
    "blob": b"{}",
    "integer": 1,
    "long": 1,
    "double": 1.0,
    "boolean": True,
    "map": {},
}


def parameters(operation: str) -> dict[str, Any]:
    """The required parameters of ``operation``, of the model's types."""
    shape = operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    found: dict[str, Any] = _example(shape, "")
    return found


def _example(shape: Shape, name: str) -> Any:
    if name in EXAMPLES:
        return EXAMPLES[name]
    if isinstance(shape, StructureShape):
        return {key: _example(each, key) for key, each in shape.members.items() if key in shape.required_members}
    if isinstance(shape, ListShape):
        return [_example(shape.member, "")]
    if getattr(shape, "enum", None):
        return shape.enum[0]  # type: ignore[attr-defined]
    return PLAIN[shape.type_name]


def sent(operation: str) -> tuple[str, str, Mapping[str, str], bytes]:
    """The request for ``operation``: its method, its path with the query, its headers and its body."""
    model = operation_model(operation)
    serialized = create_serializer(service_model().protocol).serialize_to_request(parameters(operation), model)
    query, body = urlencode(serialized["query_string"], doseq=True), serialized["body"]
    path = serialized["url_path"] + (f"{'&' if '?' in serialized['url_path'] else '?'}{query}" if query else "")
    return serialized["method"], path, serialized["headers"], body.encode() if isinstance(body, str) else bytes(body)


def client(**options: Any) -> Any:
    return boto3.client("lambda", REGION, config=Config(parameter_validation=False), **options)


def asked(lambda_client: Any, operation: str) -> tuple[int, str, str]:
    """The status, and the error's code and message, which are empty where there is none."""
    try:
        answer = getattr(lambda_client, camelcase_to_underscores(operation))(**parameters(operation))
    except ClientError as error:
        answer = error.response
    found = answer.get("Error", {})
    metadata = answer["ResponseMetadata"]
    assert metadata["RetryAttempts"] == 0
    return metadata["HTTPStatusCode"], found.get("Code", ""), found.get("Message", "")


def check(operation: str, status: int, code: str, message: str) -> None:
    if operation in LACKING:
        text = f"Lambda's {operation} is not implemented by moto-lambda-urls."
        assert (status, code, message) == (501, "NotImplementedException", text)
    elif status >= 300:
        assert status in (400, 403, 404, 409, 412), (status, code, message)
        assert code.endswith("Exception")
        assert message


def test_the_model_is_not_smaller_than_it_was() -> None:
    assert len(OPERATIONS) >= 68
    assert "Invoke" not in LACKING


@pytest.mark.in_process
def test_in_process() -> None:
    with mock_lambda_urls():
        lambda_client = client()
        for operation in OPERATIONS:
            check(operation, *asked(lambda_client, operation))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with LambdaUrlsServer() as running:
        yield running.endpoint_url


def test_on_a_server(server: str) -> None:
    lambda_client = client(endpoint_url=server, aws_access_key_id="a", aws_secret_access_key="b")
    for operation in OPERATIONS:
        check(operation, *asked(lambda_client, operation))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_over_plain_http(server: str, operation: str) -> None:
    method, path, headers, body = sent(operation)
    place = urlsplit(server)
    request = AWSRequest(method, f"{server}{path}", dict(headers), body)
    SigV4Auth(Credentials("a", "b"), "lambda", REGION).add_auth(request)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
    connection.request(method, path, body, dict(request.headers))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert not text.lstrip().startswith(b"<")
    if answer.status >= 300:
        error = json.loads(text)
        check(operation, answer.status, answer.headers["x-amzn-ErrorType"], error.get("message") or error["Message"])
