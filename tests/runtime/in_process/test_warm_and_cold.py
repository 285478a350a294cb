"""Code is loaded once, and again when code or configuration changed; a version keeps what it was published with."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from support.builders import make_zip

pytestmark = pytest.mark.in_process

COUNTING = """
import os
runs = 0
def handler(event, context):
    global runs
    runs += 1
    return [runs, os.environ.get("COLOUR"), context.function_version, context.get_remaining_time_in_millis() > 5000]
"""

Create = Callable[..., str]


def invoke(client: Any, name: str = "fn") -> Any:
    return json.load(client.invoke(FunctionName=name)["Payload"])


def test_globals_stay_until_code_or_configuration_changes(
    aws_lambda: Any, deploy: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLOUR", raising=False)
    url = deploy("fn", COUNTING)
    assert [invoke(aws_lambda), requests.get(url).json(), invoke(aws_lambda)] == [
        [n, None, "$LATEST", False] for n in (1, 2, 3)
    ]
    aws_lambda.update_function_configuration(FunctionName="fn", Environment={"Variables": {"COLOUR": "red"}}, Timeout=9)
    assert [requests.get(url).json(), invoke(aws_lambda)] == [[n, "red", "$LATEST", True] for n in (1, 2)]
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip(COUNTING + "# more"))
    assert invoke(aws_lambda) == [1, "red", "$LATEST", True]
    assert "COLOUR" not in os.environ


def test_a_version_keeps_its_code_and_configuration(aws_lambda: Any, create_function: Create) -> None:
    create_function("fn", COUNTING, Environment={"Variables": {"COLOUR": "red"}}, Timeout=9)
    aws_lambda.publish_version(FunctionName="fn")
    assert [invoke(aws_lambda, "fn:1"), invoke(aws_lambda), invoke(aws_lambda, "fn:1")] == [
        [1, "red", "1", True],
        [1, "red", "$LATEST", True],
        [2, "red", "1", True],
    ]
    aws_lambda.update_function_configuration(
        FunctionName="fn", Environment={"Variables": {"COLOUR": "blue"}}, Timeout=3, Handler="app.other"
    )
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip("def other(event, context): return 'new'"))
    assert invoke(aws_lambda) == "new"
    assert invoke(aws_lambda, "fn:1") == [3, "red", "1", True]


def test_layers(aws_lambda: Any, create_function: Create) -> None:
    arns = []
    for name, files in {
        "one": {"python/shared.py": "VALUE = 'one'", "python/only_one.py": "VALUE = 1"},
        "two": {"python/shared.py": "VALUE = 'two'"},
    }.items():
        layer = aws_lambda.publish_layer_version(LayerName=name, Content={"ZipFile": make_zip(files)})
        arns.append(layer["LayerVersionArn"])
    source = "import shared, only_one\ndef handler(event, context): return [shared.VALUE, only_one.VALUE]"
    create_function("fn", source, Layers=arns)
    assert invoke(aws_lambda) == ["two", 1]
    aws_lambda.update_function_configuration(FunctionName="fn", Layers=arns[::-1])
    assert invoke(aws_lambda) == ["one", 1]


def test_a_package_in_s3(aws_lambda: Any, create_function: Create) -> None:
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="packages")
    for value in ("old", "new"):
        s3.upload_fileobj(
            io.BytesIO(make_zip(f"def handler(event, context): return '{value}'")), "packages", f"{value}.zip"
        )
    create_function("fn", Code={"S3Bucket": "packages", "S3Key": "old.zip"})
    assert invoke(aws_lambda) == "old"
    aws_lambda.update_function_code(FunctionName="fn", S3Bucket="packages", S3Key="new.zip")
    assert invoke(aws_lambda) == "new"
