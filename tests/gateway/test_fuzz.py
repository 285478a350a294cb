"""Whatever comes, a function URL answers with a well-formed response."""

from __future__ import annotations

import json
import logging
import re
import warnings
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.answering import UUID, body_of
from support.builders import HOST
from support.request_strategies import any_request, header_names, latin1, targets

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.gateway import pipeline
from moto_lambda_urls.messages import Request, Response
from moto_lambda_urls.messages.cors import Cors

pytestmark = pytest.mark.in_process

LINE_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
LINE_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
CORS: Cors = {"AllowOrigins": ["*"], "AllowMethods": ["*"], "AllowHeaders": ["*"], "AllowCredentials": True}
URLS = ("public", "signed", "streaming", "ungranted")


def echo(event: Any, context: Any) -> Any:
    print(event["rawPath"])
    return event


@pytest.fixture(scope="module", autouse=True)
def _no_log() -> Iterator[None]:
    """pytest-xdist cannot send a captured log that holds lone surrogates."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", params=["standard", "strict", "off"])
def deployed(request: pytest.FixtureRequest) -> Iterator[LambdaUrls]:
    with mock_lambda_urls(authorization=request.param) as urls:
        urls.deploy(echo, url_id="public", cors=CORS)
        urls.deploy(echo, url_id="signed", cors=CORS, auth_type="AWS_IAM")
        urls.deploy(echo, url_id="streaming", invoke_mode="RESPONSE_STREAM")
        urls.deploy(echo, url_id="ungranted", grant=False)
        yield urls


def answer(request: Request) -> Response:
    """The response to ``request``, checked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        response = pipeline.handle(request)
    body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
    assert 200 <= response.status <= 599
    for name, value in response.headers:
        assert LINE_NAME.fullmatch(name)
        assert LINE_VALUE.fullmatch(value)
    for name in ("date", "content-type", "connection", "x-amzn-requestid"):
        assert [line.lower() for line, _ in response.headers].count(name) == 1
    assert UUID.fullmatch(response.header("x-amzn-RequestId") or "")
    length = response.header("content-length")
    if request.method == "HEAD":
        assert body == b""
    elif length is not None:
        assert int(length) == len(body)
    return replace(response, body=body)


origins = st.lists(st.tuples(st.sampled_from(["Origin", "Access-Control-Request-Method", "Host"]), latin1), max_size=3)
signatures = st.sampled_from(
    [
        "AWS4-HMAC-SHA256 Credential=FOOBARKEY/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "Bearer x",
    ]
).map(lambda value: (("Authorization", value),))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(
    request=any_request,
    more=st.one_of(st.just(()), origins.map(tuple), signatures),
    url_id=st.sampled_from(URLS),
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST"]) | latin1,
)
@example(Request(method="", host=""), (), "public", "")
def test_any_request(deployed: LambdaUrls, request: Request, more: Any, url_id: str, method: str) -> None:
    host = f"{url_id}.lambda-url.us-east-1.on.aws"
    sent = replace(request, host=host, method=method, headers=request.headers + more)
    response = answer(sent)
    if url_id == "public" and response.header("X-Amzn-Trace-Id") is not None:
        assert response.status == 200
        if method != "HEAD":
            event = json.loads(body_of(response))
            assert (event["rawPath"], event["rawQueryString"]) == (sent.raw_path, sent.raw_query)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    method=st.text(),
    host=st.text() | st.sampled_from([HOST, "public.lambda-url.us-east-1.on.aws"]),
    path=st.text(),
    query=st.text(),
    headers=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    body=st.binary(),
    source_ip=st.text(),
)
def test_any_text(deployed: LambdaUrls, **fields: Any) -> None:
    path, query = fields.pop("path"), fields.pop("query")
    answer(Request(raw_path=path + "\udc80", raw_query=query, **fields))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=targets, name=header_names, value=latin1)
def test_any_presigned_query(deployed: LambdaUrls, query: str, name: str, value: str) -> None:
    whole = (
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=FOOBARKEY%2F20260101%2Fus-east-1%2Flambda%2Faws4_request"
        f"&X-Amz-Date=20260101T000000Z&X-Amz-Expires=9&X-Amz-SignedHeaders=host&X-Amz-Signature={query}"
    )
    host = "signed.lambda-url.us-east-1.on.aws"
    for each in (whole, f"{whole}&{query}", f"{query}&{whole}", f"X-Amz-Signature={query}"):
        answer(Request(method="GET", host=host, raw_query=each, headers=((name, value),)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
envelopes = st.fixed_dictionaries(
    {"statusCode": st.integers(100, 599) | st.integers(100, 599).map(str) | json_values},
    optional={
        "headers": st.dictionaries(header_names | st.text(), latin1 | json_values, max_size=4) | json_values,
        "cookies": st.lists(latin1 | json_values, max_size=3) | json_values,
        "body": st.text() | st.binary().map(lambda content: b64encode(content).decode()) | json_values,
        "isBase64Encoded": st.booleans() | json_values,
    },
)


@pytest.fixture(scope="module")
def returning() -> Iterator[dict[str, Any]]:
    """What the functions ``told`` and ``told-pieces`` return, under "result"."""
    told: dict[str, Any] = {}
    with mock_lambda_urls() as urls:
        urls.deploy(lambda event, context: told["result"], url_id="told", cors=CORS)
        urls.deploy(lambda event, context: iter(told["pieces"]), url_id="told-pieces", invoke_mode="RESPONSE_STREAM")
        yield told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(result=envelopes | json_values, method=st.sampled_from(["GET", "HEAD"]))
def test_any_result(returning: dict[str, Any], result: Any, method: str) -> None:
    returning["result"] = result
    host = "told.lambda-url.us-east-1.on.aws"
    assert answer(Request(method=method, host=host, headers=(("Origin", "null"),))).header("vary") is not None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pieces=st.lists(json_values | envelopes, max_size=3), method=st.sampled_from(["GET", "HEAD"]))
def test_any_streamed_pieces(returning: dict[str, Any], pieces: list[Any], method: str) -> None:
    returning["pieces"] = pieces
    answer(Request(method=method, host="told-pieces.lambda-url.us-east-1.on.aws"))
