"""The client against a stand-in for the function, called by a role that may and by one that may not."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import boto3
import httpx
import pytest
import requests
from iam_client import HttpxAuth, Signer, make_session, price, price_async

from moto_lambda_urls import FunctionUrl, LambdaUrls

REGION = "eu-central-1"


def pricing(event: dict[str, Any], context: object) -> dict[str, int]:
    """The stand-in: the real function is another team's."""
    return {"cents": {"book": 1990}[json.loads(event["body"])["item"]]}


@pytest.fixture
def url(lambda_urls: LambdaUrls) -> FunctionUrl:
    return lambda_urls.deploy(pricing, auth_type="AWS_IAM", region_name=REGION)


def assume(lambda_urls: LambdaUrls, name: str, *, allow: FunctionUrl | None) -> Signer:
    """The credentials of a new role, which may call ``allow``."""
    iam = lambda_urls.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    if allow is not None:
        statement = {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
            "Resource": allow.function_arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=policy)
    given = lambda_urls.client("sts").assume_role(RoleArn=role, RoleSessionName="nightly")["Credentials"]
    return Signer(
        boto3.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name=REGION,
        )
    )


def test_requests(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    session = make_session(assume(lambda_urls, "shop", allow=url))

    assert price(session, url, "book") == 1990

    caller = url.last.event["requestContext"]["authorizer"]["iam"]
    assert caller["userArn"] == "arn:aws:sts::123456789012:assumed-role/shop/nightly"
    assert "authorization" not in url.last.event["headers"]


def test_httpx(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    signer = assume(lambda_urls, "shop", allow=url)

    async def ask() -> Any:
        async with httpx.AsyncClient(auth=HttpxAuth(signer)) as client:
            return await price_async(client, url, "book")

    assert asyncio.run(ask()) == 1990


def test_role_without_policy(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    lambda_urls.revoke(url, url.account_id)  # the grant to the whole account that deploy() gave
    session = make_session(assume(lambda_urls, "guest", allow=None))

    with pytest.warns(match="assumed-role/guest"), pytest.raises(requests.HTTPError, match="403"):
        price(session, url, "book")

    url.invocations.assert_not_called()


def test_wrong_secret(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    user = lambda_urls.client("iam")
    user.create_user(UserName="shop")
    key = user.create_access_key(UserName="shop")["AccessKey"]["AccessKeyId"]
    signer = Signer(boto3.Session(aws_access_key_id=key, aws_secret_access_key="mistyped", region_name=REGION))

    answer = make_session(signer).post(url, json={"item": "book"})

    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"] == "InvalidSignatureException"


def test_throttled_twice(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    session = make_session(assume(lambda_urls, "shop", allow=url))
    url.fail(429, times=2)

    assert price(session, url, "book") == 1990

    assert [each.status for each in url.requests] == [429, 429, 200]


def test_failing_function(lambda_urls: LambdaUrls, url: FunctionUrl) -> None:
    session = make_session(assume(lambda_urls, "shop", allow=url))

    with pytest.raises(requests.HTTPError, match="502"):
        price(session, url, "lamp")

    assert url.last.error is not None
    assert (url.last.error.type, url.last.error.message) == ("KeyError", "'lamp'")
