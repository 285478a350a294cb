"""Working defaults for what the tests need: requests, packages, functions."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from moto_lambda_urls.control.url_configs import FunctionUrlConfig
from moto_lambda_urls.messages import Headers, Request

URL_ID = "abcdefghijklmnopqrstuvwxyz012345"
HOST = f"{URL_ID}.lambda-url.us-east-1.on.aws"


def make_request(
    *,
    method: str = "GET",
    host: str = HOST,
    path: str = "/",
    query: str = "",
    headers: Headers = (),
    body: bytes = b"",
    source_ip: str = "127.0.0.1",
    is_served: bool = False,
) -> Request:
    """A request with a Host line first, as every HTTP/1.1 client sends one."""
    return Request(
        method=method,
        host=host,
        raw_path=path,
        raw_query=query,
        headers=(("Host", host), *headers),
        body=body,
        source_ip=source_ip,
        is_served=is_served,
    )


def make_zip(files: Mapping[str, str | bytes] | str) -> bytes:
    """A deployment package: ``files`` maps names to contents; a string alone is ``app.py``."""
    if isinstance(files, str):
        files = {"app.py": files}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()


def make_role(iam: Any, *, name: str = "lambda-role") -> str:
    """The ARN of a role that Lambda may assume, created on first use."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    try:
        return iam.get_role(RoleName=name)["Role"]["Arn"]
    except iam.exceptions.NoSuchEntityException:
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]


def grant_public(client: Any, name: str, **target: Any) -> None:
    """Add both statements that the public URL of the function ``name`` needs."""
    client.add_permission(
        FunctionName=name,
        StatementId="public-url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
        **target,
    )
    client.add_permission(
        FunctionName=name,
        StatementId="public-invoke",
        Action="lambda:InvokeFunction",
        Principal="*",
        InvokedViaFunctionUrl=True,
        **target,
    )


def make_url_config(**fields: Any) -> FunctionUrlConfig:
    """The configuration of the function ``f``'s public URL at HOST, but for ``fields``."""
    made = datetime(2026, 3, 1)
    of_public = {
        "url_id": URL_ID,
        "account_id": "123456789012",
        "region": "us-east-1",
        "function_name": "f",
        "auth_type": "NONE",
        "creation_time": made,
        "last_modified_time": made,
    }
    return FunctionUrlConfig(**{**of_public, **fields})


def answer(call: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
    """The error code, message and HTTP status that AWS answers ``call`` with."""
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error, metadata = raised.value.response["Error"], raised.value.response["ResponseMetadata"]
    assert metadata["HTTPHeaders"]["x-amzn-errortype"] == error["Code"]
    return error["Code"], error["Message"], metadata["HTTPStatusCode"]


def raw_client(*, region: str = "us-east-1") -> Any:
    """A Lambda client that leaves validation to the service."""
    return boto3.client("lambda", region, config=Config(parameter_validation=False))
