"""Functions with URLs on a server, made through boto3."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from moto_lambda_urls import LambdaUrlsServer
from support.builders import make_role, make_zip

ECHO = """
def handler(event, context):
    return {"statusCode": 200, "headers": {"x-function": context.function_name}, "body": event}
"""
KEY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def make_client(server: LambdaUrlsServer, service: str = "lambda", *, region: str = "us-east-1") -> Any:
    """A client whose AWS is ``server``."""
    return boto3.client(
        service,
        region,
        endpoint_url=server.endpoint_url,
        aws_access_key_id=KEY.access_key,
        aws_secret_access_key=KEY.secret_key,
        config=Config(retries={"max_attempts": 0}, max_pool_connections=64),
    )


def make_function(
    server: LambdaUrlsServer, *, name: str = "echo", code: str = ECHO, region: str = "us-east-1", **settings: Any
) -> str:
    """The URL of a new function."""
    role = make_role(make_client(server, "iam"))
    client = make_client(server, region=region)
    client.create_function(
        FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler", Code={"ZipFile": make_zip(code)}
    )
    return make_url(client, name, **settings)


def make_url(client: Any, name: str, *, auth_type: str = "NONE", **settings: Any) -> str:
    """The URL of the function ``name``, granted to everybody."""
    config = client.create_function_url_config(FunctionName=name, AuthType=auth_type, **settings)
    for sid, action, condition in (
        ("url", "lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": auth_type}),
        ("invoke", "lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(FunctionName=name, StatementId=sid, Action=action, Principal="*", **condition)
    return str(config["FunctionUrl"])
