"""Lambda's API over a server beside moto's own server: two processes, the same client of boto3 each."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3

from .measure import Figure, Work, compare, ready

CALLS = 60
KEY: dict[str, Any] = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}


def control_plane() -> Iterator[Figure]:
    """One call after another."""
    with _client("serve_aws") as ours, _client("serve_moto") as motos:
        ours.create_function_url_config(FunctionName="f", AuthType="NONE")
        yield compare(
            "server, GetFunctionUrlConfig",
            ready(_work(ours.get_function_url_config)),
            floor=ready(_work(motos.get_function)),
            floor_name="GetFunction of moto's server",
            goal=0.6,
            calls=1,
            batch=CALLS,
            rounds=9,
            in_process=False,
        )


def _work(call: Callable[..., Any]) -> Work:
    def calls() -> None:
        for _ in range(CALLS):
            call(FunctionName="f")

    return calls


@contextmanager
def _client(entry: str) -> Iterator[Any]:
    """A client whose AWS, with the function ``f``, is a server in a process of its own."""
    source = f"from benchmarks.servers import {entry}; {entry}()"
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as it:
        assert it.stdin is not None
        assert it.stdout is not None
        url = it.stdout.readline().strip()
        client = boto3.client("lambda", "us-east-1", endpoint_url=url, **KEY)
        _create_function(client, boto3.client("iam", "us-east-1", endpoint_url=url, **KEY))
        yield client
        it.stdin.close()  # tells it to stop


def _create_function(client: Any, iam: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("app.py", "def handler(event, context): pass")
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = {"ZipFile": packed.getvalue()}
    client.create_function(FunctionName="f", Runtime="python3.11", Role=role, Handler="app.handler", Code=code)


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {"control plane": control_plane}
