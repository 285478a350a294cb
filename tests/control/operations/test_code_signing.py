"""Code signing configurations, and the functions that have them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.builders import answer
from support.function_api import ACCOUNT, ARN, REGION, TIME, request

PROFILE = f"arn:aws:signer:{REGION}:{ACCOUNT}:/signing-profiles/test/abcdefghij"
PUBLISHERS = {"SigningProfileVersionArns": [PROFILE]}
GONE = f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-{'0' * 17}"
NO_FUNCTION = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)
NO_CONFIG = ("ResourceNotFoundException", f"The Lambda code signing configuration {GONE} can not be found.", 404)
NO_CONFIG_FOR_A_FUNCTION = (
    "CodeSigningConfigNotFoundException",
    f"The code signing configuration cannot be found. Check that the provided configuration is not deleted: {GONE}.",
    404,
)


def checked(config: dict[str, Any]) -> dict[str, Any]:
    """``config`` without its id, ARN and time, whose forms are checked."""
    rest = dict(config)
    config_id = rest.pop("CodeSigningConfigId")
    assert re.fullmatch(r"csc-[a-z0-9]{17}", config_id)
    assert rest.pop("CodeSigningConfigArn") == f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:{config_id}"
    assert TIME.fullmatch(rest.pop("LastModified"))
    return rest


def create(client: Any, **fields: Any) -> dict[str, Any]:
    created = client.create_code_signing_config(AllowedPublishers=PUBLISHERS, **fields)
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    config: dict[str, Any] = created["CodeSigningConfig"]
    return config


def test_create_update_and_delete(aws_lambda: Any) -> None:
    created = create(aws_lambda)
    arn = created["CodeSigningConfigArn"]
    warn = {"UntrustedArtifactOnDeployment": "Warn"}
    assert checked(created) == {"AllowedPublishers": PUBLISHERS, "CodeSigningPolicies": warn}
    assert aws_lambda.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"] == created
    enforce = {"UntrustedArtifactOnDeployment": "Enforce"}
    update = aws_lambda.update_code_signing_config
    updated = update(CodeSigningConfigArn=arn, Description="strict", CodeSigningPolicies=enforce)["CodeSigningConfig"]
    assert checked(updated) == {
        "Description": "strict",
        "AllowedPublishers": PUBLISHERS,
        "CodeSigningPolicies": enforce,
    }
    assert aws_lambda.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"] == updated
    deleted = aws_lambda.delete_code_signing_config(CodeSigningConfigArn=arn)
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert aws_lambda.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_pages(aws_lambda: Any) -> None:
    created = sorted((create(aws_lambda) for _ in range(3)), key=lambda config: config["CodeSigningConfigId"])
    first = aws_lambda.list_code_signing_configs(MaxItems=2)
    assert first["CodeSigningConfigs"] == created[:2]
    rest = aws_lambda.list_code_signing_configs(Marker=first["NextMarker"])
    assert (rest["CodeSigningConfigs"], "NextMarker" in rest) == (created[2:], False)


def test_functions(aws_lambda: Any) -> None:
    arn = create(aws_lambda)["CodeSigningConfigArn"]
    aws_lambda.create_function(**request(CodeSigningConfigArn=arn))
    aws_lambda.create_function(**request(FunctionName="other"))
    other_arn = ARN.removesuffix("fn") + "other"
    get = aws_lambda.get_function_code_signing_config
    read = get(FunctionName="fn")
    assert (read["CodeSigningConfigArn"], read["FunctionName"]) == (arn, "fn")
    assert get(FunctionName="other").keys() == {"ResponseMetadata"}
    put = aws_lambda.put_function_code_signing_config(FunctionName=other_arn, CodeSigningConfigArn=arn)
    assert (put["CodeSigningConfigArn"], put["FunctionName"]) == (arn, "other")
    of_config = aws_lambda.list_functions_by_code_signing_config
    first = of_config(CodeSigningConfigArn=arn, MaxItems=1)
    assert first["FunctionArns"] == [ARN]
    assert of_config(CodeSigningConfigArn=arn, Marker=first["NextMarker"])["FunctionArns"] == [other_arn]
    text = f"The code signing configuration {arn} is used by functions."
    expected = ("ResourceConflictException", text, 409)
    assert answer(aws_lambda.delete_code_signing_config, CodeSigningConfigArn=arn) == expected
    aws_lambda.delete_function(FunctionName="fn")
    deleted = aws_lambda.delete_function_code_signing_config(FunctionName="other")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert get(FunctionName="other").keys() == {"ResponseMetadata"}
    aws_lambda.delete_code_signing_config(CodeSigningConfigArn=arn)


@pytest.mark.parametrize(
    "operation",
    [
        "get_code_signing_config",
        "update_code_signing_config",
        "delete_code_signing_config",
        "list_functions_by_code_signing_config",
    ],
)
def test_configurations_that_are_missing(aws_lambda: Any, operation: str) -> None:
    assert answer(getattr(aws_lambda, operation), CodeSigningConfigArn=GONE) == NO_CONFIG


def test_functions_that_are_missing(aws_lambda: Any) -> None:
    put = aws_lambda.put_function_code_signing_config
    assert answer(put, FunctionName="fn", CodeSigningConfigArn=GONE) == NO_FUNCTION
    assert answer(aws_lambda.get_function_code_signing_config, FunctionName="fn") == NO_FUNCTION
    assert answer(aws_lambda.delete_function_code_signing_config, FunctionName="fn") == NO_FUNCTION
    aws_lambda.create_function(**request())
    assert answer(put, FunctionName="fn", CodeSigningConfigArn=GONE) == NO_CONFIG_FOR_A_FUNCTION


def test_tags(aws_lambda: Any) -> None:
    arn = create(aws_lambda, Tags={"team": "shop", "stage": "test"})["CodeSigningConfigArn"]
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"team": "shop", "stage": "test"}
    tagged = aws_lambda.tag_resource(Resource=arn, Tags={"team": "till", "new": ""})
    assert tagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    aws_lambda.untag_resource(Resource=arn, TagKeys=["stage", "none"])
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"team": "till", "new": ""}
    assert "Tags" not in aws_lambda.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    many = {str(number): "x" for number in range(51)}
    expected = ("InvalidParameterValueException", "Number of tags exceeds resource tag limit.", 400)
    assert answer(aws_lambda.tag_resource, Resource=arn, Tags=many) == expected
    assert answer(aws_lambda.create_code_signing_config, AllowedPublishers=PUBLISHERS, Tags=many) == expected
    assert answer(aws_lambda.list_tags, Resource=GONE) == NO_CONFIG
    assert answer(aws_lambda.tag_resource, Resource=GONE, Tags={"a": "b"}) == NO_CONFIG
    assert answer(aws_lambda.untag_resource, Resource=GONE, TagKeys=["a"]) == NO_CONFIG
