"""Each refusal's cure, run as pasted in the test's process and at a server: the request passes after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from moto_lambda_urls import FunctionUrl, LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process

ACCOUNT, OTHER = "123456789012", "210987654321"
OWN = Credentials("FOOBARKEY", "FOOBARSECRET")
BOTH = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]


def echo(event: Any, context: Any) -> str:
    return str(event["rawPath"])


@pytest.fixture(params=["mock", "server"])
def urls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaUrls]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWN.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OWN.secret_key)
    if request.param == "mock":
        with mock_lambda_urls(authorization="strict") as urls:
            yield urls
    else:
        with LambdaUrlsServer(authorization="strict") as server:
            yield server.urls


def signed(
    url: FunctionUrl, key: Credentials, *, signer: Any = SigV4Auth, region: str = "eu-west-1", service: str = "lambda"
) -> requests.Response:
    """The answer to a request that ``key`` signed."""
    request = AWSRequest("GET", f"{url}a%20b")
    signer(key, service, region).add_auth(request)
    return requests.get(str(request.url), headers=dict(request.headers))


def policy(effect: str = "Allow", actions: list[str] = BOTH) -> str:
    statement = {"Sid": "Calls", "Effect": effect, "Action": actions, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def iam_of(urls: LambdaUrls, account_id: str) -> Any:
    """IAM of an account, as moto lets anybody reach it."""
    if account_id == ACCOUNT:
        return urls.client("iam")
    key = assumed(urls, f"arn:aws:iam::{account_id}:role/setup")
    return boto3.client(
        "iam",
        region_name="us-east-1",
        endpoint_url=None if is_mock(urls) else urls.client("iam").meta.endpoint_url,
        aws_access_key_id=key.access_key,
        aws_secret_access_key=key.secret_key,
        aws_session_token=key.token,
    )


def is_mock(urls: LambdaUrls) -> bool:
    return str(urls.client("iam").meta.endpoint_url).startswith("https:")


def assumed(urls: LambdaUrls, arn: str, **arguments: Any) -> Credentials:
    given = urls.client("sts").assume_role(RoleArn=arn, RoleSessionName="tests", **arguments)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def user(urls: LambdaUrls, *documents: str, account_id: str = ACCOUNT, **arguments: Any) -> Credentials:
    iam = iam_of(urls, account_id)
    iam.create_user(UserName="ann", **arguments)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName="ann", PolicyName=f"policy{number}", PolicyDocument=document)
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def session(
    urls: LambdaUrls, *documents: str, account_id: str = ACCOUNT, policy: str | None = None, **arguments: Any
) -> Credentials:
    iam = iam_of(urls, account_id)
    role = iam.create_role(RoleName="caller", AssumeRolePolicyDocument="{}", **arguments)["Role"]["Arn"]
    for number, document in enumerate(documents):
        iam.put_role_policy(RoleName="caller", PolicyName=f"policy{number}", PolicyDocument=document)
    return assumed(urls, role, **({} if policy is None else {"Policy": policy}))


def federated(urls: LambdaUrls, policy: str | None) -> Credentials:
    given = {} if policy is None else {"Policy": policy}
    key = urls.client("sts").get_federation_token(Name="fed", **given)["Credentials"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def forged(key: Credentials) -> Credentials:
    """``key`` with another secret."""
    return Credentials(key.access_key, "wrong", key.token)


def with_token(key: Credentials, token: str) -> Credentials:
    return Credentials(key.access_key, key.secret_key, token)


def pasted(urls: LambdaUrls, **names: Any) -> dict[str, Any]:
    """What the cure of the last refused request defines, when it is run as it is printed."""
    refusal = urls.requests.last.refusal
    assert refusal is not None
    found = {"boto3": boto3, "requests": requests, **names}
    if is_mock(urls):
        found["lambda_urls"] = urls  # whoever asks a server has no such thing
    exec(compile(refusal.cure, "cure", "exec"), found)
    return found


def inactive(urls: LambdaUrls) -> Credentials:
    key = user(urls, policy())
    urls.client("iam").update_access_key(UserName="ann", AccessKeyId=key.access_key, Status="Inactive")
    return key


def with_two_keys(urls: LambdaUrls) -> Credentials:
    key = user(urls, policy())
    urls.client("iam").create_access_key(UserName="ann")
    return key


SIGNATURES: dict[str, Callable[[LambdaUrls, FunctionUrl], Any]] = {
    "unsigned": lambda urls, url: requests.get(url),
    "root": lambda urls, url: signed(url, forged(OWN)),
    "nobody": lambda urls, url: signed(url, Credentials("NOBODYS", "x")),
    "user": lambda urls, url: signed(url, forged(user(urls, policy()))),
    "inactive": lambda urls, url: signed(url, inactive(urls)),
    "user of two keys": lambda urls, url: signed(url, forged(with_two_keys(urls))),
    "user of another account": lambda urls, url: signed(url, forged(user(urls, account_id=OTHER))),
    "role": lambda urls, url: signed(url, forged(session(urls, policy()))),
    "role of another account": lambda urls, url: signed(url, forged(session(urls, account_id=OTHER))),
    "role that is not there": lambda urls, url: signed(url, forged(assumed(urls, f"arn:aws:iam::{ACCOUNT}:role/no"))),
    "federated user": lambda urls, url: signed(url, forged(federated(urls, policy()))),
    "token": lambda urls, url: signed(url, with_token(session(urls, policy()), "x")),
    "region": lambda urls, url: signed(url, OWN, region="us-east-1"),
    "service": lambda urls, url: signed(url, OWN, service="s3"),
    "path": lambda urls, url: signed(url, OWN, signer=S3SigV4Auth),
    "body": lambda urls, url: requests.post(url, data="b", headers=url.sign("POST", body="a")),
}


@pytest.mark.parametrize("refused", SIGNATURES)
def test_of_a_signature(urls: LambdaUrls, refused: str) -> None:
    url = urls.deploy(echo, name="orders", auth_type="AWS_IAM", region_name="eu-west-1")
    assert SIGNATURES[refused](urls, url).status_code == 403
    pasted(urls)
    assert (urls.requests.last.ran, urls.requests.last.status, url.last.status) == (True, 200, 200)


def test_of_a_function_in_another_account(urls: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", OTHER)
        url = urls.deploy(echo, name="orders", auth_type="AWS_IAM")
    assert requests.get(url).status_code == 403
    pasted(urls)
    assert urls.requests.last.status == 200


def managed(urls: LambdaUrls, document: str, account_id: str = ACCOUNT) -> str:
    iam = iam_of(urls, account_id)
    return str(iam.create_policy(PolicyName="managed", PolicyDocument=document)["Policy"]["Arn"])


def attached(urls: LambdaUrls, owner: str, document: str) -> Credentials:
    """A user or role with a managed policy, or a user with one of a group."""
    iam, arn = urls.client("iam"), managed(urls, document)
    if owner == "role":
        key = session(urls, policy())
        iam.attach_role_policy(RoleName="caller", PolicyArn=arn)
        return key
    key = user(urls, policy())
    if owner == "user":
        iam.attach_user_policy(UserName="ann", PolicyArn=arn)
        return key
    iam.create_group(GroupName="callers")
    iam.add_user_to_group(GroupName="callers", UserName="ann")
    iam.put_group_policy(GroupName="callers", PolicyName="not", PolicyDocument=document)
    iam.attach_group_policy(GroupName="callers", PolicyArn=arn)
    return key


S3 = policy(actions=["s3:*"])
DENY = policy("Deny")
CALLS = "the statement 'Calls' of the policy"
LIMITED = "what its own policies grant is limited by"
CALLERS: dict[str, tuple[Callable[[LambdaUrls], Credentials], str]] = {
    "user": (user, "has no grant of "),
    "role": (session, "has no grant of "),
    "one grant": (lambda urls: user(urls, policy(actions=BOTH[:1])), "has no grant of lambda:InvokeFunction, but one "),
    "user's boundary": (
        lambda urls: user(urls, policy(), PermissionsBoundary=managed(urls, S3)),
        f"; {LIMITED} the permissions boundary arn:aws:iam::{ACCOUNT}:policy/managed of user ann",
    ),
    "role's boundary": (
        lambda urls: session(urls, policy(), PermissionsBoundary=managed(urls, S3)),
        f"; {LIMITED} the permissions boundary arn:aws:iam::{ACCOUNT}:policy/managed of role caller",
    ),
    "session's policy": (
        lambda urls: session(urls, policy(), policy=S3),
        f"; {LIMITED} the policies that the session arn:aws:sts::{ACCOUNT}:assumed-role/caller/",
    ),
    "federated user": (lambda urls: federated(urls, None), "has no grant of "),
    "role elsewhere": (lambda urls: session(urls, account_id=OTHER), "has no grant of "),
    "user elsewhere": (lambda urls: user(urls, account_id=OTHER), "has no grant of "),
    "allowed role elsewhere": (lambda urls: session(urls, policy(), account_id=OTHER), "has no grant of "),
    "role that is not there": (lambda urls: assumed(urls, f"arn:aws:iam::{OTHER}:role/no"), "has no grant of "),
    "boundary elsewhere": (
        lambda urls: session(urls, account_id=OTHER, PermissionsBoundary=managed(urls, S3, OTHER)),
        "has no grant of ",
    ),
    "denied user": (
        lambda urls: user(urls, policy(), DENY),
        f"is denied {BOTH[0]} and {BOTH[1]} by the statement 'Calls' of the policy policy1 of user ann",
    ),
    "denied role": (
        lambda urls: session(urls, DENY, policy()),
        f"is denied {BOTH[0]} and {BOTH[1]} by the statement 'Calls' of the policy policy0 of role caller",
    ),
    "denied by a managed policy": (
        lambda urls: attached(urls, "user", DENY),
        f"by the statement 'Calls' of the policy arn:aws:iam::{ACCOUNT}:policy/managed of user ann",
    ),
    "denied by a role's managed policy": (
        lambda urls: attached(urls, "role", DENY),
        f"by the statement 'Calls' of the policy arn:aws:iam::{ACCOUNT}:policy/managed of role caller",
    ),
    "denied by a group": (
        lambda urls: attached(urls, "group", DENY),
        f"{CALLS} not of group callers and {CALLS} arn:aws:iam::{ACCOUNT}:policy/managed of group callers",
    ),
    "denied by a boundary": (
        lambda urls: user(urls, policy(), PermissionsBoundary=managed(urls, DENY)),
        f"by the statement 'Calls' of the permissions boundary arn:aws:iam::{ACCOUNT}:policy/managed of user ann",
    ),
    "denied role's boundary": (
        lambda urls: session(urls, policy(), PermissionsBoundary=managed(urls, DENY)),
        f"by the statement 'Calls' of the permissions boundary arn:aws:iam::{ACCOUNT}:policy/managed of role caller",
    ),
}


@pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")
@pytest.mark.parametrize("caller", CALLERS)
def test_of_a_caller_who_may_not(urls: LambdaUrls, caller: str) -> None:
    url = urls.deploy(echo, name="orders", auth_type="AWS_IAM", region_name="eu-west-1", grant=False)
    made, why = CALLERS[caller]
    key = made(urls)
    assert signed(url, key).status_code == 403
    refusal = urls.requests.last.refusal
    assert refusal is not None
    assert why in refusal.reason
    pasted(urls)
    assert signed(url, key).status_code == 200


@pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_of_a_session_that_only_another_can_replace(urls: LambdaUrls, effect: str) -> None:
    limit = policy(effect, BOTH if effect == "Deny" else ["s3:*"])
    account_id = ACCOUNT if effect == "Deny" else OTHER
    url = urls.deploy(echo, name="orders", auth_type="AWS_IAM", region_name="eu-west-1")
    urls.grant(url, account_id)
    assert signed(url, session(urls, policy(), account_id=account_id, policy=limit)).status_code == 403
    refusal = urls.requests.last.refusal
    assert refusal is not None
    assert refusal.cure == (
        "# the statement 'Calls' of the session's own policies denies it, and no call takes that away"
        if effect == "Deny"
        else f"# the policies that the session arn:aws:sts::{OTHER}:assumed-role/caller/tests was made with must allow "
        "it too: make it anew"
    )


@pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")
def test_a_policy_that_is_named_like_a_boundary_limits_nobody(urls: LambdaUrls) -> None:
    url = urls.deploy(echo, name="orders", auth_type="AWS_IAM", region_name="eu-west-1", grant=False)
    key = user(urls, PermissionsBoundary=managed(urls, S3))
    iam_of(urls, ACCOUNT).put_user_policy(
        UserName="ann", PolicyName="the_permissions_boundary", PolicyDocument=policy()
    )
    assert signed(url, key).status_code == 403
    refusal = urls.requests.last.refusal
    assert refusal is not None
    limits = f"the permissions boundary arn:aws:iam::{ACCOUNT}:policy/managed of user ann"
    assert refusal.reason.endswith(f"; {LIMITED} {limits}")
