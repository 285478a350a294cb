"""Scaling configurations of versions."""

from __future__ import annotations

from typing import Any

import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, request

LIMITS = {"MinExecutionEnvironments": 3, "MaxExecutionEnvironments": 5}


@pytest.fixture
def versions(aws_lambda: Any) -> Any:
    """A Lambda client, with a function ``fn`` of two versions."""
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    aws_lambda.publish_version(FunctionName="fn")
    return aws_lambda


def read(client: Any, qualifier: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get_function_scaling_config(FunctionName="fn", Qualifier=qualifier)
    assert found.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return found


def shown(version: str, config: dict[str, int]) -> dict[str, Any]:
    return {
        "FunctionArn": f"{ARN}:{version}",
        "AppliedFunctionScalingConfig": config,
        "RequestedFunctionScalingConfig": config,
    }


def test_put_and_get(versions: Any) -> None:
    assert read(versions, "1") == {"FunctionArn": f"{ARN}:1"}
    put = versions.put_function_scaling_config(FunctionName=ARN, Qualifier="1", FunctionScalingConfig=LIMITS)
    assert (put["FunctionState"], put["ResponseMetadata"]["HTTPStatusCode"]) == ("Active", 202)
    assert read(versions, "1") == shown("1", LIMITS)
    most = {"MaxExecutionEnvironments": 7}
    versions.put_function_scaling_config(FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig=most)
    assert read(versions, "$LATEST.PUBLISHED") == read(versions, "2") == shown("2", most)
    versions.put_function_scaling_config(FunctionName="fn", Qualifier="1")
    assert read(versions, "1") == {"FunctionArn": f"{ARN}:1"}
    versions.update_function_configuration(FunctionName="fn", Timeout=8)
    versions.publish_version(FunctionName="fn")
    assert read(versions, "3") == {"FunctionArn": f"{ARN}:3"}


def test_what_is_missing(aws_lambda: Any) -> None:
    def refusals(arn: str, qualifier: str) -> None:
        expected = ("ResourceNotFoundException", f"Function not found: {arn}", 404)
        for call in (aws_lambda.get_function_scaling_config, aws_lambda.put_function_scaling_config):
            assert answer(call, FunctionName="fn", Qualifier=qualifier) == expected

    refusals(f"{ARN}:1", "1")
    refusals(ARN, "$LATEST.PUBLISHED")
    aws_lambda.create_function(**request())
    refusals(f"{ARN}:1", "1")
    refusals(f"{ARN}:$LATEST.PUBLISHED", "$LATEST.PUBLISHED")


@pytest.mark.parametrize(
    ("qualifier", "config", "code", "message"),
    [
        (
            "live",
            LIMITS,
            "ValidationException",
            (
                "1 validation error detected: Value 'live' at 'qualifier' failed to satisfy constraint: Member must "
                r"satisfy regular expression pattern: (\$LATEST\.PUBLISHED|[0-9]+)"
            ),
        ),
        (
            "1",
            {"MinExecutionEnvironments": -1, "MaxExecutionEnvironments": 15001},
            "ValidationException",
            (
                "2 validation errors detected: Value '-1' at 'functionScalingConfig.minExecutionEnvironments' failed "
                "to satisfy constraint: Member must have value greater than or equal to 0; Value '15001' at "
                "'functionScalingConfig.maxExecutionEnvironments' failed to satisfy constraint: Member must have value "
                "less than or equal to 15000"
            ),
        ),
        (
            "1",
            {"MinExecutionEnvironments": 4, "MaxExecutionEnvironments": 3},
            "InvalidParameterValueException",
            "MinExecutionEnvironments (4) is greater than MaxExecutionEnvironments (3).",
        ),
    ],
)
def test_refusals(versions: Any, qualifier: str, config: dict[str, int], code: str, message: str) -> None:
    put = raw_client().put_function_scaling_config
    fields = {"FunctionName": "fn", "Qualifier": qualifier, "FunctionScalingConfig": config}
    assert answer(put, **fields) == (code, message, 400)
