"""Deploy a zipped handler with plain boto3, create its function URL, call it over HTTP, and print each step."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3
import requests
from botocore import xform_name
from botocore.model import OperationModel

from moto_lambda_urls import mock_lambda_urls

HANDLER = """
import json

def handler(event, context):
    order = json.loads(event["body"])
    return {
        "statusCode": 201,
        "headers": {"Location": f"{event['rawPath']}/7"},
        "cookies": ["session=abc; HttpOnly", "theme=dark"],
        "body": json.dumps({"accepted": order["item"], "by": context.function_name}),
    }
"""


def package(source: str) -> bytes:
    """A deployment package that holds ``source`` as app.py."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", source)
    return buffer.getvalue()


def deploy() -> str:
    """Create the function and its public URL as on AWS, and print the calls; return the URL."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = boto3.client("iam", "us-east-1").create_role(
        RoleName="orders", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    client = boto3.client("lambda", "us-east-1")
    client.meta.events.register("provide-client-params.lambda", show)
    client.create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="app.handler",
        Code={"ZipFile": package(HANDLER)},
    )
    config = client.create_function_url_config(FunctionName="orders", AuthType="NONE")
    client.add_permission(
        FunctionName="orders",
        StatementId="public-url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    client.add_permission(
        FunctionName="orders",
        StatementId="public-invoke",
        Action="lambda:InvokeFunction",
        Principal="*",
        InvokedViaFunctionUrl=True,
    )
    return str(config["FunctionUrl"])


def show(params: dict[str, Any], model: OperationModel, **_: object) -> None:
    """Print a call of Lambda's API."""
    shown = [f"{name}={value!r}" for name, value in params.items() if name != "Code"]
    print(f"$ {xform_name(model.name)}({', '.join(shown)})")


@mock_lambda_urls
def main() -> None:
    """Print the calls that deploy it, the request as it was sent and the answer of the deployed code."""
    url = deploy()
    answer = requests.post(f"{url}orders", json={"item": "book"})

    print()
    sent = answer.request
    print(f"> {sent.method} {sent.url}")
    print(f"> {sent.body.decode() if isinstance(sent.body, bytes) else sent.body}\n")
    print(f"< {answer.status_code} {answer.reason}")
    for name, value in answer.raw.headers.items():
        print(f"< {name}: {value}")
    print(f"<\n< {answer.text}")


if __name__ == "__main__":
    main()
