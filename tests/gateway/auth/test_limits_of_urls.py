"""Permissions boundaries and session policies narrow who may call AWS_IAM URLs, as AWS's policy evaluation says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.credentials import Credentials

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.controller.signing import UrlAuth

pytestmark = [
    pytest.mark.in_process,
    pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning"),
]

ACCOUNT = "123456789012"
BOTH = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
ELSEWHERE = ["s3:*"]
USER = f"arn:aws:iam::{ACCOUNT}:user/ada"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/tests"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"


@pytest.fixture
def urls() -> Iterator[LambdaUrls]:
    with mock_lambda_urls(authorization="strict") as running:
        yield running


@pytest.fixture
def url(urls: LambdaUrls) -> FunctionUrl:
    return urls.deploy(lambda event, context: "ok", auth_type="AWS_IAM", name="prices", grant=False)


def client(service: str, key: Credentials | None = None) -> Any:
    if key is None:
        return boto3.client(service, "us-east-1")
    own: Any = {
        "aws_access_key_id": key.access_key,
        "aws_secret_access_key": key.secret_key,
        "aws_session_token": key.token,
    }
    return boto3.client(service, "us-east-1", **own)


def document(actions: list[str], effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def managed(name: str, actions: list[str], effect: str = "Allow") -> str:
    made = client("iam").create_policy(PolicyName=name, PolicyDocument=document(actions, effect))
    return str(made["Policy"]["Arn"])


def user(actions: list[str] | None = None, **fields: Any) -> Credentials:
    iam = client("iam")
    iam.create_user(UserName="ada", **fields)
    if actions is not None:
        iam.put_user_policy(UserName="ada", PolicyName="calls", PolicyDocument=document(actions))
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def credentials(answer: Any) -> Credentials:
    key = answer["Credentials"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def session(actions: list[str] | None = None, boundary: str | None = None, **fields: Any) -> Credentials:
    iam = client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
    more = {} if boundary is None else {"PermissionsBoundary": boundary}
    iam.create_role(RoleName="caller", AssumeRolePolicyDocument=json.dumps(trust), **more)
    if actions is not None:
        iam.put_role_policy(RoleName="caller", PolicyName="calls", PolicyDocument=document(actions))
    return credentials(client("sts").assume_role(RoleArn=ROLE, RoleSessionName="tests", **fields))


def federated(by: Credentials | None = None, **fields: Any) -> Credentials:
    return credentials(client("sts", by).get_federation_token(Name="bob", **fields))


def arns(*policies: str) -> list[dict[str, str]]:
    return [{"arn": policy} for policy in policies]


def grant(url: FunctionUrl, principal: str) -> None:
    aws_lambda = client("lambda")
    of_both: dict[str, Any] = {"FunctionName": url.function_name, "Principal": principal}
    aws_lambda.add_permission(StatementId="u", Action=BOTH[0], FunctionUrlAuthType="AWS_IAM", **of_both)
    aws_lambda.add_permission(StatementId="f", Action=BOTH[1], InvokedViaFunctionUrl=True, **of_both)


def status(url: FunctionUrl, key: Credentials) -> int:
    return requests.get(url, auth=UrlAuth(key, "us-east-1")).status_code


# Users.


@pytest.mark.parametrize(("allowed", "expected"), [(BOTH, 200), (["lambda:*"], 200), (BOTH[:1], 403), (ELSEWHERE, 403)])
def test_boundary_of_a_user(url: FunctionUrl, allowed: list[str], expected: int) -> None:
    assert status(url, user(BOTH, PermissionsBoundary=managed("limit", allowed))) == expected


def test_boundary_of_a_user_grants_nothing(url: FunctionUrl) -> None:
    assert status(url, user(PermissionsBoundary=managed("limit", BOTH))) == 403


def test_boundary_that_is_put_changed_and_deleted(url: FunctionUrl) -> None:
    key, limit = user(BOTH), managed("limit", ELSEWHERE)
    iam = client("iam")
    assert status(url, key) == 200
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=limit)
    assert status(url, key) == 403
    iam.create_policy_version(PolicyArn=limit, PolicyDocument=document(BOTH), SetAsDefault=True)
    assert status(url, key) == 200
    iam.put_user_permissions_boundary(UserName="ada", PermissionsBoundary=managed("other", ELSEWHERE))
    assert status(url, key) == 403
    iam.delete_user_permissions_boundary(UserName="ada")
    assert status(url, key) == 200


@pytest.mark.parametrize(("principal", "expected"), [(USER, 200), ("*", 200), (ACCOUNT, 403)])
def test_boundary_of_a_user_and_a_grant_by_the_function(url: FunctionUrl, principal: str, expected: int) -> None:
    """A grant to the user is direct, one to the account is not: it leaves the decision to the user's policies."""
    grant(url, principal)
    assert status(url, user(BOTH, PermissionsBoundary=managed("limit", ELSEWHERE))) == expected


def test_boundary_that_denies(url: FunctionUrl) -> None:
    grant(url, USER)
    assert status(url, user(BOTH, PermissionsBoundary=managed("limit", BOTH, "Deny"))) == 403


# Sessions of roles.


@pytest.mark.parametrize(("allowed", "expected"), [(BOTH, 200), (BOTH[:1], 403), (ELSEWHERE, 403)])
def test_boundary_of_a_role(url: FunctionUrl, allowed: list[str], expected: int) -> None:
    assert status(url, session(BOTH, managed("limit", allowed))) == expected


@pytest.mark.parametrize(("allowed", "expected"), [(BOTH, 200), (BOTH[:1], 403), (ELSEWHERE, 403)])
def test_policy_of_a_session(url: FunctionUrl, allowed: list[str], expected: int) -> None:
    assert status(url, session(BOTH, Policy=document(allowed))) == expected


@pytest.mark.parametrize(("allowed", "expected"), [(BOTH, 200), (BOTH[:1], 403), (ELSEWHERE, 403)])
def test_policy_of_a_session_by_arn(url: FunctionUrl, allowed: list[str], expected: int) -> None:
    assert status(url, session(BOTH, PolicyArns=arns(managed("limit", allowed)))) == expected


def test_policies_of_a_session_together(url: FunctionUrl) -> None:
    """What one of them allows the session may do."""
    by_arn = arns(managed("one", BOTH[:1]), managed("two", ELSEWHERE))
    assert status(url, session(BOTH, PolicyArns=by_arn, Policy=document(BOTH[1:]))) == 200


def test_one_of_the_policies_of_a_session_denies(url: FunctionUrl) -> None:
    by_arn = arns(managed("one", BOTH), managed("two", BOTH, "Deny"))
    assert status(url, session(BOTH, PolicyArns=by_arn)) == 403


def test_policy_of_a_session_that_is_not_there(url: FunctionUrl) -> None:
    assert status(url, session(BOTH, PolicyArns=arns("arn:aws:iam::aws:policy/AdministratorAccess"))) == 403


def test_policies_of_a_session_grant_nothing(url: FunctionUrl) -> None:
    assert status(url, session(PolicyArns=arns(managed("limit", BOTH)))) == 403


@pytest.mark.parametrize(("principal", "expected"), [(SESSION, 200), ("*", 200), (ROLE, 403), (ACCOUNT, 403)])
@pytest.mark.parametrize("limit", ["boundary", "policy", "arn"])
def test_limited_session_and_a_grant_by_the_function(
    url: FunctionUrl, limit: str, principal: str, expected: int
) -> None:
    limits: dict[str, dict[str, Any]] = {
        "boundary": {"boundary": managed("limit", ELSEWHERE)},
        "policy": {"Policy": document(ELSEWHERE)},
        "arn": {"PolicyArns": arns(managed("by-arn", ELSEWHERE))},
    }
    key = session(BOTH, **limits[limit])
    grant(url, principal)
    assert status(url, key) == expected


@pytest.mark.parametrize("principal", [SESSION, "*"])
def test_policy_of_a_session_that_denies(url: FunctionUrl, principal: str) -> None:
    key = session(BOTH, Policy=document(BOTH, "Deny"))
    grant(url, principal)
    assert status(url, key) == 403


# Sessions of federated users.


@pytest.mark.parametrize(
    ("own", "passed", "expected"), [(BOTH, BOTH, 200), (BOTH, ELSEWHERE, 403), (ELSEWHERE, BOTH, 403)]
)
@pytest.mark.parametrize("by_arn", [False, True])
def test_federated_user(url: FunctionUrl, own: list[str], passed: list[str], expected: int, by_arn: bool) -> None:
    fields = {"PolicyArns": arns(managed("passed", passed))} if by_arn else {"Policy": document(passed)}
    assert status(url, federated(user(own), **fields)) == expected


def test_federated_user_without_a_policy(url: FunctionUrl) -> None:
    assert status(url, federated(user(BOTH))) == 403


@pytest.mark.parametrize(("principal", "expected"), [(FEDERATED, 200), (USER, 403), ("*", 200)])
def test_federated_user_and_a_grant_by_the_function(url: FunctionUrl, principal: str, expected: int) -> None:
    key = federated(user(BOTH), Policy=document(ELSEWHERE))
    grant(url, principal)
    assert status(url, key) == expected


def test_boundary_of_the_user_who_federates(url: FunctionUrl) -> None:
    key = user(BOTH, PermissionsBoundary=managed("limit", ELSEWHERE))
    assert status(url, federated(key, Policy=document(BOTH))) == 403


def test_federated_by_the_account(url: FunctionUrl) -> None:
    key = federated(Policy=document(BOTH))
    assert status(url, key) == 200
    caller = url.last.event["requestContext"]["authorizer"]["iam"]
    assert (caller["userArn"], caller["userId"], caller["callerId"]) == (FEDERATED, f"{ACCOUNT}:bob", f"{ACCOUNT}:bob")


def test_user_who_federated_is_gone(url: FunctionUrl) -> None:
    by = user(BOTH)
    key = federated(by, Policy=document(BOTH))
    iam = client("iam")
    iam.delete_access_key(UserName="ada", AccessKeyId=by.access_key)
    iam.delete_user_policy(UserName="ada", PolicyName="calls")
    iam.delete_user(UserName="ada")
    assert status(url, key) == 403
