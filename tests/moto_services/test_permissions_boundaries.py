"""Users have permissions boundaries: IAM's API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.responses import IamResponse

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process

ARN = "arn:aws:iam::123456789012:policy/limit"
BOUNDARY = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": ARN}


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_lambda_urls():
        yield boto3.client("iam", "us-east-1")


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


def test_plain_moto_is_back() -> None:
    with mock_lambda_urls():
        boto3.client("iam", "us-east-1").create_user(UserName="ada", PermissionsBoundary=ARN)
    assert not hasattr(IamResponse, "put_user_permissions_boundary")
    with mock_aws():
        made = boto3.client("iam", "us-east-1").create_user(UserName="ada", PermissionsBoundary=ARN)
        assert "PermissionsBoundary" not in made["User"]
