"""Permissions boundaries of users and roles: IAM's API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.responses import IamResponse

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process

ARN = "arn:aws:iam::123456789012:policy/limit"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
OF_AWS = "arn:aws:iam::aws:policy/PowerUserAccess"
BOUNDARY = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": ARN}


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_lambda_urls():
        made = boto3.client("iam", "us-east-1")
        made.create_policy(PolicyName="limit", PolicyDocument=json.dumps(NOTHING))
        yield made


def boundary(iam: Any) -> Any:
    return iam.get_user(UserName="ada")["User"].get("PermissionsBoundary")


def test_created_with_one(iam: Any) -> None:
    assert iam.create_user(UserName="ada", PermissionsBoundary=ARN)["User"]["PermissionsBoundary"] == BOUNDARY
    assert boundary(iam) == BOUNDARY


def test_created_without_one(iam: Any) -> None:
    assert "PermissionsBoundary" not in iam.create_user(UserName="ada")["User"]
    assert boundary(iam) is None


def test_put_and_deleted(iam: Any) -> None:
    iam.create_user(UserName="ada")
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=ARN)
    assert boundary(iam) == BOUNDARY
    iam.delete_user_permissions_boundary(UserName="ada")
    assert boundary(iam) is None
    iam.delete_user_permissions_boundary(UserName="ada")


@pytest.mark.parametrize("operation", ["put_user_permissions_boundary", "delete_user_permissions_boundary"])
def test_missing_user(iam: Any, operation: str) -> None:
    fields = {"PermissionsBoundary": ARN} if operation.startswith("put") else {}
    with pytest.raises(ClientError) as raised:
        getattr(iam, operation)(UserName="nobody", **fields)
    assert raised.value.response["Error"]["Code"] == "NoSuchEntity"


def test_no_arn_of_a_policy(iam: Any) -> None:
    wrong = "arn:aws:iam::123456789012:user/ada"
    with pytest.raises(ClientError) as raised:
        iam.create_user(UserName="ada", PermissionsBoundary=wrong)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="ada")
    iam.create_user(UserName="ada")
    with pytest.raises(ClientError) as again:
        iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=wrong)
    message = f"Value ({wrong}) for parameter PermissionsBoundary is invalid."
    for each in (raised, again):
        error = each.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidParameterValue", message)
    assert boundary(iam) is None


def create_role(iam: Any, arn: str) -> Any:
    return iam.create_role(RoleName="ada", AssumeRolePolicyDocument="{}", PermissionsBoundary=arn)


def put_role(iam: Any, arn: str) -> Any:
    iam.create_role(RoleName="ada", AssumeRolePolicyDocument="{}")
    return iam.put_role_permissions_boundary(RoleName="ada", PermissionsBoundary=arn)


def create_user(iam: Any, arn: str) -> Any:
    return iam.create_user(UserName="ada", PermissionsBoundary=arn)


def put_user(iam: Any, arn: str) -> Any:
    iam.create_user(UserName="ada")
    return iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=arn)


CALLS = [create_role, put_role, create_user, put_user]


@pytest.mark.parametrize("call", CALLS)
def test_policy_that_is_not_there(iam: Any, call: Callable[[Any, str], Any]) -> None:
    missing = "arn:aws:iam::123456789012:policy/missing"
    with pytest.raises(ClientError) as raised:
        call(iam, missing)
    error = raised.value.response["Error"]
    assert error["Code"] == "NoSuchEntity"
    assert error["Message"] == f"Scope ARN: {missing} does not exist or is not attachable."
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    found = [*iam.list_users()["Users"], *iam.list_roles()["Roles"]]
    assert len(found) == (call in (put_role, put_user))
    assert all("PermissionsBoundary" not in each for each in found)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("arn", [ARN, OF_AWS])
def test_policy_that_is_there(iam: Any, call: Callable[[Any, str], Any], arn: str) -> None:
    call(iam, arn)
    if call in (create_role, put_role):
        found = iam.get_role(RoleName="ada")["Role"]
    else:
        found = iam.get_user(UserName="ada")["User"]
    assert found["PermissionsBoundary"] == {**BOUNDARY, "PermissionsBoundaryArn": arn}


def test_plain_moto_is_back() -> None:
    with mock_lambda_urls():
        boto3.client("iam", "us-east-1").create_user(UserName="ada", PermissionsBoundary=OF_AWS)
    assert not hasattr(IamResponse, "put_user_permissions_boundary")
    with mock_aws():
        made = boto3.client("iam", "us-east-1").create_user(UserName="ada", PermissionsBoundary=ARN)
        assert "PermissionsBoundary" not in made["User"]
