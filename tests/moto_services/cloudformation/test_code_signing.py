"""Code signing configurations in templates."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.function_api import ACCOUNT
from support.stacks import lambda_function, resource

PROFILE = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/test/abcdefghij"
PUBLISHERS = {"SigningProfileVersionArns": [PROFILE]}
ARN = {"Ref": "Signing"}


def signing(**properties: Any) -> dict[str, Any]:
    return resource("CodeSigningConfig", AllowedPublishers=PUBLISHERS, **properties)


def test_configuration_and_function(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    strict = signing(
        Description="strict",
        CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    outputs = stack(
        {"Signing": strict, "Orders": lambda_function(CodeSigningConfigArn=ARN)},
        outputs={
            "Ref": ARN,
            "Arn": {"Fn::GetAtt": ["Signing", "CodeSigningConfigArn"]},
            "Id": {"Fn::GetAtt": ["Signing", "CodeSigningConfigId"]},
        },
    )
    arn = outputs["Ref"]
    assert outputs == {"Ref": arn, "Arn": arn, "Id": arn.rpartition(":")[2]}
    config = client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    assert (config["Description"], config["AllowedPublishers"]) == ("strict", PUBLISHERS)
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Enforce"}
    assert client.list_tags(Resource=arn)["Tags"] == {"team": "shop"}
    assert client.get_function_code_signing_config(FunctionName="orders")["CodeSigningConfigArn"] == arn
    changed = signing(Tags=[{"Key": "team", "Value": "till"}])
    assert stack({"Signing": changed, "Orders": lambda_function()}, outputs={"Ref": ARN}) == {"Ref": arn}
    config = client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]
    assert config["CodeSigningPolicies"] == {"UntrustedArtifactOnDeployment": "Warn"}
    assert config.get("Description", "") == ""
    assert client.list_tags(Resource=arn)["Tags"] == {"team": "till"}
    assert "CodeSigningConfigArn" not in client.get_function_code_signing_config(FunctionName="orders")
    stack({"Signing": changed, "Orders": lambda_function(CodeSigningConfigArn=ARN)})
    assert client.get_function_code_signing_config(FunctionName="orders")["CodeSigningConfigArn"] == arn
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert client.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_update_takes_configuration_and_reference_away(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    stack({"Signing": signing(), "Orders": lambda_function(CodeSigningConfigArn=ARN)})
    stack({"Orders": lambda_function()})
    assert "CodeSigningConfigArn" not in client.get_function_code_signing_config(FunctionName="orders")
    assert client.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_update_takes_configuration_and_function_away(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    both = {"Signing": signing(), "Orders": lambda_function(CodeSigningConfigArn=ARN)}
    stack({**both, "Other": signing()})
    stack({"Other": signing()})
    assert client.list_functions()["Functions"] == []
    assert len(client.list_code_signing_configs()["CodeSigningConfigs"]) == 1


def test_update_gives_another_configuration(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    stack({"Signing": signing(), "Orders": lambda_function(CodeSigningConfigArn=ARN)})
    outputs = stack(
        {"Other": signing(), "Orders": lambda_function(CodeSigningConfigArn={"Ref": "Other"})},
        outputs={"Ref": {"Ref": "Other"}},
    )
    [left] = client.list_code_signing_configs()["CodeSigningConfigs"]
    assert left["CodeSigningConfigArn"] == outputs["Ref"]
    signed = client.get_function_code_signing_config(FunctionName="orders")
    assert signed["CodeSigningConfigArn"] == outputs["Ref"]


def test_configuration_that_another_function_keeps(mock: Any, stack: Any) -> None:
    """It goes with the last function that has it: on AWS the update is complete too, and its cleanup fails."""
    client = mock.client("lambda")
    arn = stack({"Signing": signing(), "Orders": lambda_function()}, outputs={"Ref": ARN})["Ref"]
    client.put_function_code_signing_config(FunctionName="orders", CodeSigningConfigArn=arn)
    stack({"Orders": lambda_function()})
    assert client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"]["CodeSigningConfigArn"] == arn
    client.delete_function_code_signing_config(FunctionName="orders")
    assert client.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_configuration_that_lambda_refuses(stack: Any) -> None:
    with pytest.raises(ClientError, match=r"'Never' at 'codeSigningPolicies.untrustedArtifactOnDeployment' failed"):
        stack({"Signing": signing(CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Never"})})
