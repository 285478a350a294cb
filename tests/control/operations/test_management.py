"""Recursion and runtime management configurations."""

from __future__ import annotations

from typing import Any

import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, request

MISSING = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)
RUNTIME = f"arn:aws:lambda:us-east-1::runtime:{'a' * 64}"


def body(response: dict[str, Any]) -> dict[str, Any]:
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def test_recursion(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    assert body(aws_lambda.get_function_recursion_config(FunctionName="fn")) == {"RecursiveLoop": "Terminate"}
    put = aws_lambda.put_function_recursion_config(FunctionName=ARN, RecursiveLoop="Allow")
    assert body(put) == {"RecursiveLoop": "Allow"}
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    assert body(aws_lambda.get_function_recursion_config(FunctionName="fn")) == {"RecursiveLoop": "Allow"}
    aws_lambda.delete_function(FunctionName="fn")
    aws_lambda.create_function(**request())
    assert body(aws_lambda.get_function_recursion_config(FunctionName="fn")) == {"RecursiveLoop": "Terminate"}


def test_recursion_of_what_is_missing(aws_lambda: Any) -> None:
    assert answer(aws_lambda.get_function_recursion_config, FunctionName="fn") == MISSING
    assert answer(aws_lambda.put_function_recursion_config, FunctionName="fn", RecursiveLoop="Allow") == MISSING


def test_recursion_of_no_kind(mock: Any) -> None:
    text = (
        "1 validation error detected: Value 'Never' at 'recursiveLoop' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Allow, Terminate]"
    )
    call = raw_client().put_function_recursion_config
    assert answer(call, FunctionName="fn", RecursiveLoop="Never") == ("ValidationException", text, 400)


def test_runtime_management(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    get, put = aws_lambda.get_runtime_management_config, aws_lambda.put_runtime_management_config
    latest = {"FunctionArn": f"{ARN}:$LATEST", "UpdateRuntimeOn": "Auto"}
    assert body(get(FunctionName="fn")) == latest
    manual = {"FunctionArn": f"{ARN}:1", "UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}
    settings = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}
    assert body(put(FunctionName="fn", Qualifier="1", **settings)) == manual
    assert body(get(FunctionName="fn:1")) == manual
    version = aws_lambda.get_function_configuration(FunctionName="fn:1")["RuntimeVersionConfig"]
    assert version == {"RuntimeVersionArn": RUNTIME}
    assert body(get(FunctionName="fn", Qualifier="$LATEST")) == latest
    changed = {"FunctionArn": f"{ARN}:$LATEST", "UpdateRuntimeOn": "FunctionUpdate"}
    assert body(put(FunctionName="fn", UpdateRuntimeOn="FunctionUpdate")) == changed


def test_versions_are_published_with_the_runtime_management_of_latest(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    aws_lambda.put_runtime_management_config(FunctionName="fn", UpdateRuntimeOn="FunctionUpdate")
    aws_lambda.publish_version(FunctionName="fn")
    read = aws_lambda.get_runtime_management_config(FunctionName="fn", Qualifier="1")
    assert body(read) == {"FunctionArn": f"{ARN}:1", "UpdateRuntimeOn": "FunctionUpdate"}


@pytest.mark.parametrize(
    "settings", [{"UpdateRuntimeOn": "Manual"}, {"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": RUNTIME}]
)
def test_runtime_versions_are_for_manual_updates(aws_lambda: Any, settings: dict[str, str]) -> None:
    aws_lambda.create_function(**request())
    text = "RuntimeVersionArn is required for Manual updates, and only for them."
    expected = ("InvalidParameterValueException", text, 400)
    assert answer(aws_lambda.put_runtime_management_config, FunctionName="fn", **settings) == expected


def test_runtime_management_of_what_has_none(aws_lambda: Any) -> None:
    get, put = aws_lambda.get_runtime_management_config, aws_lambda.put_runtime_management_config
    assert answer(get, FunctionName="fn") == MISSING
    assert answer(put, FunctionName="fn", UpdateRuntimeOn="Auto") == MISSING
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    assert answer(get, FunctionName="fn:9") == ("ResourceNotFoundException", f"Function not found: {ARN}:9", 404)
    text = "A runtime management configuration belongs to a function or version."
    assert answer(get, FunctionName="fn", Qualifier="live") == ("InvalidParameterValueException", text, 400)
