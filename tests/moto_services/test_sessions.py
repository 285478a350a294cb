"""Sessions of STS keep the policies that they were made with, and federated users have keys of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sts.models import sts_backends

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
ARNS = [f"arn:aws:iam::{ACCOUNT}:policy/one", "arn:aws:iam::aws:policy/two"]


@pytest.fixture
def sts() -> Iterator[Any]:
    with mock_lambda_urls():
        yield boto3.client("sts", "us-east-1")


def newest() -> Any:
    return sts_backends[ACCOUNT]["aws"].assumed_roles[-1]


def test_policies_of_an_assumed_role(sts: Any) -> None:
    sts.assume_role(RoleArn=ROLE, RoleSessionName="tests", Policy=POLICY, PolicyArns=[{"arn": each} for each in ARNS])
    assert (newest().policy, newest().policy_arns) == (POLICY, tuple(ARNS))


def test_assumed_role_without_policies(sts: Any) -> None:
    answer = sts.assume_role(RoleArn=ROLE, RoleSessionName="tests")
    assert (newest().policy, newest().policy_arns) == (None, ())
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/any/tests"


def test_policies_of_a_web_identity(sts: Any) -> None:
    fields: Any = {"RoleArn": ROLE, "RoleSessionName": "tests", "WebIdentityToken": "token"}
    sts.assume_role_with_web_identity(Policy=POLICY, PolicyArns=[{"arn": ARNS[0]}], **fields)
    assert (newest().policy, newest().policy_arns) == (POLICY, (ARNS[0],))


def test_federated_users_have_keys_of_their_own(sts: Any) -> None:
    one = sts.get_federation_token(Name="bob", Policy=POLICY, DurationSeconds=900)
    two = sts.get_federation_token(Name="bob")
    assert one["FederatedUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    assert all(one["Credentials"][name] != two["Credentials"][name] for name in names)
    assert one["Credentials"]["AccessKeyId"].startswith("ASIA")
    left = one["Credentials"]["Expiration"] - datetime.now(timezone.utc)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_federated_user_asks_who_it_is(sts: Any) -> None:
    key = sts.get_federation_token(Name="bob")["Credentials"]
    own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    bob = boto3.client("sts", "us-east-1", aws_session_token=key["SessionToken"], **own)
    found = bob.get_caller_identity()
    assert (found["UserId"], found["Arn"], found["Account"]) == (
        f"{ACCOUNT}:bob",
        f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
        ACCOUNT,
    )
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:user/moto"


def test_policy_that_is_too_long(sts: Any) -> None:
    with pytest.raises(ClientError, match="Member must have length less than or"):
        sts.get_federation_token(Name="bob", Policy=" " * 2049)


def test_plain_moto_is_back() -> None:
    with mock_lambda_urls():
        boto3.client("sts", "us-east-1").get_federation_token(Name="bob")
    with mock_aws():
        key = boto3.client("sts", "us-east-1").get_federation_token(Name="bob")["Credentials"]
        assert key["AccessKeyId"] == "AKIAIOSFODNN7EXAMPLE"
