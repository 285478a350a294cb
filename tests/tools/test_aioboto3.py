"""aioboto3 pins a botocore older than the lowest supported one: it asks a server, from an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest
from support.builders import make_zip

from moto_lambda_urls import LambdaUrlsServer

PYTHON = os.environ.get("AIOBOTO3_PYTHON", "")
SCRIPT = """
import asyncio
import sys

import aioboto3


async def main():
    options = {"region_name": "us-east-1", "aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    async with aioboto3.Session().client("lambda", endpoint_url=sys.argv[1], **options) as client:
        invoked = await client.invoke(FunctionName="fn", Payload=b'{"rawPath": "/orders"}')
        print((await invoked["Payload"].read()).decode())


asyncio.run(main())
"""

PACKAGE = make_zip("def handler(event, context): return event['rawPath']")

pytestmark = pytest.mark.skipif(not PYTHON, reason="AIOBOTO3_PYTHON names no Python that has aioboto3")


@pytest.mark.parametrize("handler", [PACKAGE, lambda event, context: event["rawPath"]], ids=["package", "callable"])
def test_asks_a_server(handler: Any) -> None:
    with LambdaUrlsServer() as running:
        running.urls.deploy(handler, name="fn")
        command = [PYTHON, "-c", SCRIPT, running.endpoint_url]
        asked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert asked.stdout, asked.stderr
    assert json.loads(asked.stdout) == "/orders"
