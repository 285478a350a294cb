from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.arrival import ARRIVAL, NOW, PUBLIC, REQUEST_ID, TRACE_ID
from support.builders import HOST, URL_ID, make_request, make_url_config
from support.request_strategies import any_request

from moto_lambda_urls.control.url_configs import FunctionUrlConfig
from moto_lambda_urls.gateway.auth import Caller
from moto_lambda_urls.gateway.event import check_size, to_event
from moto_lambda_urls.gateway.refusals import Refused
from moto_lambda_urls.invocations import event_json
from moto_lambda_urls.messages import Request
from moto_lambda_urls.messages.limits import MAX_EVENT_BYTES

pytestmark = pytest.mark.in_process


SIGNER = Caller(
    access_key="ASIAEXAMPLE",
    account_id="210987654321",
    caller_id="AROAEXAMPLE:session",
    user_arn="arn:aws:sts::210987654321:assumed-role/caller/session",
    user_id="AROAEXAMPLE:session",
)
ADDED = {
    "x-amzn-trace-id": f"Root={TRACE_ID}",
    "x-amzn-tls-version": "TLSv1.3",
    "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


def event_of(request: Request, *, config: FunctionUrlConfig = PUBLIC, caller: Caller | None = None) -> dict[str, Any]:
    return to_event(request, ARRIVAL, config=config, caller=caller)


def sent(event: dict[str, Any]) -> dict[str, str]:
    """The headers of ``event`` that came from the client, but for Host."""
    return {name: value for name, value in event["headers"].items() if name not in ADDED and name != "host"}


def test_smallest_request() -> None:
    assert event_of(make_request()) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": HOST, **ADDED},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": URL_ID,
            "domainName": HOST,
            "domainPrefix": URL_ID,
            "http": {
                "method": "GET",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "",
            },
            "requestId": REQUEST_ID,
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:01:04:05 +0000",
            "timeEpoch": 1772413445678,
        },
        "isBase64Encoded": False,
    }


def test_everything_at_once() -> None:
    request = make_request(
        method="POST",
        path="/a%20b//c%2Fd/",
        query="x=1&y=%2B&x=2&z",
        headers=(
            ("User-Agent", "curl/8"),
            ("Accept-Encoding", "gzip"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Length", "9"),
            ("Cookie", "a=1; b=2"),
            ("X-Many", "one"),
            ("x-many", "two, three"),
            ("Authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE"),
            ("Connection", "keep-alive"),
        ),
        body='{"é":1}'.encode(),
        source_ip="203.0.113.9",
    )
    assert event_of(request, config=make_url_config(auth_type="AWS_IAM"), caller=SIGNER) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a%20b//c%2Fd/",
        "rawQueryString": "x=1&y=%2B&x=2&z",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": HOST,
            "user-agent": "curl/8",
            "accept-encoding": "gzip",
            "content-type": "application/json; charset=utf-8",
            "content-length": "9",
            "cookie": "a=1; b=2",
            "x-many": "one,two, three",
            **ADDED,
            "x-forwarded-for": "203.0.113.9",
        },
        "queryStringParameters": {"x": "1,2", "y": "+", "z": ""},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": URL_ID,
            "authorizer": {
                "iam": {
                    "accessKey": "ASIAEXAMPLE",
                    "accountId": "210987654321",
                    "callerId": "AROAEXAMPLE:session",
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": "arn:aws:sts::210987654321:assumed-role/caller/session",
                    "userId": "AROAEXAMPLE:session",
                }
            },
            "domainName": HOST,
            "domainPrefix": URL_ID,
            "http": {
                "method": "POST",
                "path": "/a b//c/d/",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "curl/8",
            },
            "requestId": REQUEST_ID,
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Mar/2026:01:04:05 +0000",
            "timeEpoch": 1772413445678,
        },
        "body": '{"é":1}',
        "isBase64Encoded": False,
    }


def test_authorization_is_delivered_for_none_and_removed_for_aws_iam() -> None:
    request = make_request(headers=(("Authorization", "Bearer token"),))
    assert sent(event_of(request)) == {"authorization": "Bearer token"}
    assert sent(event_of(request, config=make_url_config(auth_type="AWS_IAM"))) == {}


def test_a_signed_request_to_a_public_url_has_no_authorizer() -> None:
    assert "authorizer" not in event_of(make_request(), caller=SIGNER)["requestContext"]


def test_an_unchecked_request_to_an_aws_iam_url_has_no_authorizer() -> None:
    context = event_of(make_request(), config=make_url_config(auth_type="AWS_IAM"))["requestContext"]
    assert (context["accountId"], "authorizer" in context) == ("123456789012", False)


@pytest.mark.parametrize("name", ["Connection", "Keep-Alive", "Transfer-Encoding", "TE", "Upgrade", "Trailer"])
def test_hop_by_hop_headers_are_removed(name: str) -> None:
    assert sent(event_of(make_request(headers=((name, "x"),)))) == {}


def test_the_clients_own_forwarding_headers_are_replaced() -> None:
    claims = ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id", "X-Amzn-Tls-Version")
    request = make_request(headers=tuple((name, "spoofed") for name in claims))
    assert event_of(request)["headers"] == {"host": HOST, **ADDED}


def test_a_request_without_a_host_line_gets_the_urls_host() -> None:
    assert event_of(Request(method="GET", host=HOST))["headers"]["host"] == HOST


def test_repeated_cookie_lines() -> None:
    event = event_of(make_request(headers=(("Cookie", "a=1; b=2"), ("cookie", "c=3"))))
    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert event["headers"]["cookie"] == "a=1; b=2; c=3"


def test_an_empty_cookie_line_makes_no_cookies() -> None:
    event = event_of(make_request(headers=(("Cookie", ""),)))
    assert "cookies" not in event
    assert event["headers"]["cookie"] == ""


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("", "/"),
        ("/", "/"),
        ("//a//", "//a//"),
        ("/a%2Fb%20c", "/a/b c"),
        ("/caf%C3%A9", "/café"),
        ("/%FF", "/\ufffd"),
        ("/a+b", "/a+b"),
        ("/100%", "/100%"),
    ],
)
def test_paths(raw: str, decoded: str) -> None:
    event = event_of(make_request(path=raw))
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == (raw or "/", decoded)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", None),
        ("&", None),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("a=1&a=2&b=3&a=", {"a": "1,2,", "b": "3"}),
        ("a=x+y", {"a": "x y"}),
        ("a=x%2By%20z", {"a": "x+y z"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("%C3%A9=%C3%BC", {"é": "ü"}),
        ("a=%FF", {"a": "\ufffd"}),
        ("a=b=c", {"a": "b=c"}),
        ("=1", {"": "1"}),
    ],
)
def test_queries(query: str, parameters: dict[str, Any] | None) -> None:
    event = event_of(make_request(query=query))
    assert (event["rawQueryString"], event.get("queryStringParameters")) == (query, parameters)


TEXT = ["text/plain", "TEXT/HTML; charset=latin-1", "text/anything", "application/json", "application/json;v=1"]
TEXT += ["application/xml", "application/javascript"]
BINARY = ["", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "image/png", "application/jsonx"]
BINARY += ["application/problem+json", "application/ld+json", "x"]


@pytest.mark.parametrize("content_type", TEXT)
def test_text_bodies(content_type: Any) -> None:
    event = event_of(make_request(headers=(("Content-Type", content_type),), body="naïve".encode()))
    assert (event["body"], event["isBase64Encoded"]) == ("naïve", False)


@pytest.mark.parametrize("content_type", BINARY)
def test_base64_bodies(content_type: Any) -> None:
    event = event_of(make_request(headers=(("Content-Type", content_type),), body=b"a=1"))
    assert (event["body"], event["isBase64Encoded"]) == ("YT0x", True)


def test_a_missing_content_type_is_base64() -> None:
    assert event_of(make_request(body=b"a=1"))["body"] == "YT0x"


def test_text_that_is_not_utf8_is_base64() -> None:
    event = event_of(make_request(headers=(("Content-Type", "text/plain"),), body=b"\xff"))
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


def test_times_are_utc_whatever_zone_the_clock_has() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    context = to_event(make_request(), ARRIVAL._replace(now=tokyo), config=PUBLIC)["requestContext"]
    assert (context["time"], context["timeEpoch"]) == ("02/Mar/2026:01:04:05 +0000", 1772413445678)


def test_milliseconds_are_not_rounded_up() -> None:
    now = datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=timezone.utc)
    context = to_event(make_request(), ARRIVAL._replace(now=now), config=PUBLIC)["requestContext"]
    assert (context["time"], context["timeEpoch"]) == ("31/Dec/2026:23:59:59 +0000", 1798761599999)


def test_an_event_is_encoded_compactly_in_utf8() -> None:
    assert event_json({"a": ["é", None], "b": 1}) == '{"a":["é",null],"b":1}'.encode()


def test_an_event_over_the_limit_is_refused() -> None:
    request = make_request(method="POST", body=bytes(4_718_592))
    with pytest.raises(Refused) as refused:
        check_size(event_of(request), request)
    response = refused.value.response
    assert response.status == 413
    assert response.header("x-amzn-ErrorType") == "RequestEntityTooLargeException"
    assert response.body == (
        b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}'
    )


@pytest.mark.parametrize(
    "grown",
    [
        lambda n: make_request(body=b"x" * n),
        lambda n: make_request(headers=(("content-type", "text/plain"),), body=b"x" * n),
        lambda n: make_request(headers=(("content-type", "text/plain"),), body=b"\x01" * n),
        lambda n: make_request(headers=(("content-type", "text/plain"),), body="é".encode() * n),
        lambda n: make_request(method="X" * n),
        lambda n: make_request(path="/" + "\x01" * n),
        lambda n: make_request(path="/" + "%01" * n),
        lambda n: make_request(query="&".join(map(str, range(n)))),
        lambda n: make_request(headers=(("x", "\x01" * n),)),
        lambda n: make_request(headers=(("user-agent", "\x01" * n),)),
        lambda n: make_request(headers=(("cookie", "\x01" * n),)),
        lambda n: make_request(headers=(("cookie", "; " * n),)),
        lambda n: make_request(headers=tuple([(str(number), "") for number in range(n)])),
    ],
)
def test_the_limit_holds_whatever_part_of_the_request_grows(grown: Callable[[int], Request]) -> None:
    def size(n: int) -> int:
        return len(event_json(event_of(grown(n))))

    n = 1_003 * MAX_EVENT_BYTES // (size(2_000) - size(1_000))
    assert size(n) > 6_291_456
    with pytest.raises(Refused):
        check_size(event_of(grown(n)), grown(n))


ABSENT = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


@given(any_request)
def test_reading_the_event_back_gives_the_request(request: Request) -> None:
    event = json.loads(event_json(event_of(request)))
    body = event.get("body", "")
    assert (base64.b64decode(body) if event["isBase64Encoded"] else body.encode()) == request.body
    assert ("body" in event) == bool(request.body)
    assert (event["rawPath"], event["rawQueryString"]) == (request.raw_path, request.raw_query)
    for name in {name.lower() for name, _ in request.headers} - ABSENT - ADDED.keys() - {"cookie"}:
        assert event["headers"][name] == request.header(name)
    cookies = "; ".join(value for name, value in request.headers if name.lower() == "cookie")
    assert "; ".join(event.get("cookies", [])) == cookies
    assert event["headers"].keys() <= {name.lower() for name, _ in request.headers} | ADDED.keys()
    assert event["headers"].keys().isdisjoint(ABSENT)


@given(st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_any_text_makes_an_event(path: Any, query: Any, headers: Any) -> None:
    surrogates_too = path + "\udc80"
    event = event_of(Request(method="GET", host=HOST, raw_path=surrogates_too, raw_query=query, headers=tuple(headers)))
    read_back = json.loads(event_json(event))
    assert (read_back["rawPath"], read_back["rawQueryString"]) == (surrogates_too, query)
    assert read_back == event
