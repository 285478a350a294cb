"""The application under gunicorn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from support.builders import grant_public, make_role, make_zip

import moto_lambda_urls

pytestmark = [pytest.mark.in_process, pytest.mark.skipif(sys.platform == "win32", reason="gunicorn wants Unix")]
HERE = str(Path(moto_lambda_urls.__file__).parents[1])
ECHO = "def handler(event, context): return {'statusCode': 200, 'body': event}"
SLOW = """
from pathlib import Path
from time import monotonic, sleep

def handler(event, context):
    yield b"first"
    until = monotonic() + 10
    while monotonic() < until and not Path(event["queryStringParameters"]["until"]).exists():
        sleep(0.01)
    yield b"second"
"""


@pytest.fixture(scope="module")
def endpoint_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where gunicorn listens."""
    pytest.importorskip("gunicorn")
    command = [sys.executable, "-m", "gunicorn", "--threads", "8", "--bind", "127.0.0.1:0"]
    started = subprocess.Popen(
        [*command, "moto_lambda_urls.server:create_app(authorization='strict')"],
        cwd=tmp_path_factory.mktemp("gunicorn"),
        env={**os.environ, "PYTHONPATH": HERE, "MOTO_LAMBDA_URLS_VALIDATE": "moto"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with started as process:
        assert process.stderr is not None
        try:
            found = next(filter(None, (re.search(r"Listening at: (http://\S+)", line) for line in process.stderr)))
            yield found[1]
        finally:
            process.terminate()
            process.communicate(timeout=20)
    assert process.returncode == 0


def clients(endpoint_url: str) -> tuple[Any, Any]:
    """Of Lambda and of IAM."""
    client, iam = (
        boto3.client(service, "us-east-1", endpoint_url=endpoint_url, aws_access_key_id="a", aws_secret_access_key="b")
        for service in ("lambda", "iam")
    )
    return client, iam


def public_url(endpoint_url: str, name: str, source: str, **config: Any) -> str:
    client, iam = clients(endpoint_url)
    code = {"ZipFile": make_zip(source)}
    role = make_role(iam)
    client.create_function(FunctionName=name, Runtime="python3.11", Role=role, Handler="app.handler", Code=code)
    url = client.create_function_url_config(FunctionName=name, AuthType="NONE", **config)["FunctionUrl"]
    grant_public(client, name)
    return str(url)


def test_package_that_plain_moto_takes(endpoint_url: str) -> None:
    client, iam = clients(endpoint_url)
    code = {"ZipFile": b"dummy"}
    made = client.create_function(
        FunctionName="dummy", Runtime="python3.13", Role=make_role(iam), Handler="a.b", Code=code
    )
    assert made["CodeSize"] == len(b"dummy")


def test_raw_paths_headers_and_bodies(endpoint_url: str) -> None:
    url = public_url(endpoint_url, "echo", ECHO)
    assert url.startswith(f"{endpoint_url}/_aws/lambda-url/")
    asked = {"X-Two-Words": "a, b", "Content-Type": "text/plain"}
    event = requests.post(f"{url}a%2Fb//c?x=1&x=%20&y", data="text", headers=asked).json()
    assert (event["rawPath"], event["rawQueryString"], event["body"]) == ("/a%2Fb//c", "x=1&x=%20&y", "text")
    assert {name: event["headers"][name] for name in ("x-two-words", "content-type")} == {
        "x-two-words": "a, b",
        "content-type": "text/plain",
    }
    chunked = requests.put(url, data=iter([b"one", b"two"]), headers={"Content-Type": "text/plain"}).json()
    assert chunked["body"] == "onetwo"


def test_chunks_as_they_are_made(endpoint_url: str, tmp_path: Path) -> None:
    url = public_url(endpoint_url, "slow", SLOW, InvokeMode="RESPONSE_STREAM")
    marker = tmp_path / "read"
    with requests.get(url, params={"until": str(marker)}, stream=True) as got:
        pieces = got.iter_content(None)
        assert next(pieces) == b"first"
        marker.touch()
        assert b"".join(pieces) == b"second"
        assert got.headers["transfer-encoding"] == "chunked"
