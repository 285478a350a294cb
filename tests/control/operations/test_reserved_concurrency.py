"""Reserved concurrency, and the account's settings."""

from __future__ import annotations

from typing import Any

import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, PACKAGE, request

NOT_THERE = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)


def invalid(message: str) -> tuple[str, str, int]:
    return "InvalidParameterValueException", message, 400


def test_concurrency(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    assert "ReservedConcurrentExecutions" not in aws_lambda.get_function_concurrency(FunctionName="fn")
    put = aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    assert (put["ReservedConcurrentExecutions"], put["ResponseMetadata"]["HTTPStatusCode"]) == (0, 200)
    assert aws_lambda.get_function_concurrency(FunctionName=ARN)["ReservedConcurrentExecutions"] == 0
    assert aws_lambda.get_function(FunctionName="fn")["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    deleted = aws_lambda.delete_function_concurrency(FunctionName="fn")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "ReservedConcurrentExecutions" not in aws_lambda.get_function_concurrency(FunctionName="fn")


def test_too_much_concurrency(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    aws_lambda.create_function(**request(FunctionName="other"))
    aws_lambda.put_function_concurrency(FunctionName="other", ReservedConcurrentExecutions=400)
    text = (
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
        "its minimum value of [100]."
    )
    call = aws_lambda.put_function_concurrency
    assert answer(call, FunctionName="fn", ReservedConcurrentExecutions=501) == invalid(text)
    call(FunctionName="fn", ReservedConcurrentExecutions=500)
    # What the function had itself does not count.
    call(FunctionName="fn", ReservedConcurrentExecutions=499)


@pytest.mark.in_process
def test_quota_that_moto_is_told(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_LAMBDA_CONCURRENCY_QUOTA", "2000")
    aws_lambda.create_function(**request())
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1900)
    assert aws_lambda.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"] == 100


@pytest.mark.parametrize("name", ["fn:1", "fn:live", f"{ARN}:1"])
def test_concurrency_is_the_functions(aws_lambda: Any, name: str) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    text = (
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )
    call = aws_lambda.put_function_concurrency
    assert answer(call, FunctionName=name, ReservedConcurrentExecutions=1) == invalid(text)


def test_negative_concurrency(mock: Any) -> None:
    client = raw_client()
    client.create_function(**request())
    text = (
        "1 validation error detected: Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: "
        "Member must have value greater than or equal to 0"
    )
    expected = ("ValidationException", text, 400)
    assert answer(client.put_function_concurrency, FunctionName="fn", ReservedConcurrentExecutions=-1) == expected


def test_concurrency_of_what_is_missing(aws_lambda: Any) -> None:
    with_latest = ("ResourceNotFoundException", f"Function not found: {ARN}:$LATEST", 404)
    put = aws_lambda.put_function_concurrency
    assert answer(put, FunctionName="fn", ReservedConcurrentExecutions=1) == with_latest
    assert answer(aws_lambda.get_function_concurrency, FunctionName="fn") == NOT_THERE
    assert answer(aws_lambda.delete_function_concurrency, FunctionName="fn") == NOT_THERE


def test_account_settings(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_function(**request(FunctionName="other"))
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=10)
    layer = aws_lambda.publish_layer_version(LayerName="lib", Content={"ZipFile": PACKAGE})
    settings = aws_lambda.get_account_settings()
    assert settings["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 990,
    }
    size = 3 * len(PACKAGE) + layer["Content"]["CodeSize"]
    assert settings["AccountUsage"] == {"TotalCodeSize": size, "FunctionCount": 2}
