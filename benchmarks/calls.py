"""One call in this process: through requests, through urllib3, signed, and of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
import urllib3

from .deployed import ANSWER, BODY, HEADERS, REGION, answered_by_callback, handler, mocked, posting
from .measure import Figure, Work, compare, ready


def through_requests() -> Iterator[Figure]:
    """A POST beside the same POST that a bare callback of ``responses`` answers."""
    yield compare(
        "requests.Session().post(url)",
        _requests,
        floor=_callback,
        floor_name="a bare responses callback",
        goal=1.1,
        calls=150,
        rounds=21,
    )


@contextmanager
def _requests() -> Iterator[Work]:
    with mocked() as urls, requests.Session() as session:
        url = str(urls.deploy(handler, name="orders"))
        yield lambda: posting(session, url)


@contextmanager
def _callback() -> Iterator[Work]:
    with answered_by_callback() as url, requests.Session() as session:
        yield lambda: posting(session, url)


def through_urllib3() -> Iterator[Figure]:
    """A POST through a pool of urllib3 beside the same through requests."""
    with mocked() as urls, requests.Session() as session, urllib3.PoolManager() as pool:
        url = str(urls.deploy(handler, name="orders"))

        def post() -> None:
            response = pool.request("POST", url, body=BODY, headers=HEADERS)
            assert response.status == 200
            assert response.data == ANSWER.encode()

        yield compare(
            "urllib3 pool",
            ready(post),
            floor=ready(lambda: posting(session, url)),
            floor_name="the same URL through requests",
            goal=0.4,
            held_at=0.7,
            calls=150,
            rounds=21,
        )


def signed() -> Iterator[Figure]:
    """A signed request to an AWS_IAM URL beside the same request to a NONE URL: what checking costs."""
    with mocked() as urls, requests.Session() as session:
        iam = urls.client("iam")
        iam.create_user(UserName="caller")
        statement = {
            "Effect": "Allow",
            "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
            "Resource": "*",
        }
        iam.put_user_policy(UserName="caller", PolicyName="call", PolicyDocument=_document(statement))
        guarded = urls.deploy(handler, name="guarded", auth_type="AWS_IAM")
        public = urls.deploy(handler, name="public")
        signature = guarded.sign("POST", identity="caller", headers=HEADERS, body=BODY)
        yield compare(
            "AWS_IAM, signed",
            ready(lambda: posting(session, str(guarded), signature)),
            floor=ready(lambda: posting(session, str(public), signature)),
            floor_name="the same with NONE",
            goal=2.0,
            calls=100,
            rounds=15,
        )


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def api() -> Iterator[Figure]:
    """An operation of ours through boto3 beside a small one of moto's."""
    with mocked() as urls:
        urls.deploy(handler, name="orders")
        aws_lambda, sts = urls.client("lambda", REGION), urls.client("sts", REGION)
        yield compare(
            "get_function_url_config",
            ready(lambda: aws_lambda.get_function_url_config(FunctionName="orders")),
            floor=ready(sts.get_caller_identity),
            floor_name="moto's sts.get_caller_identity",
            goal=1.0,
            calls=40,
            rounds=21,
        )


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {
    "requests": through_requests,
    "urllib3": through_urllib3,
    "iam": signed,
    "api": api,
}
