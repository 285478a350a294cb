"""The event that a deployed function gets through its URL."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
import requests
import urllib3
from support.answering import UUID, ask, body_of, request_to

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.gateway import pipeline
from moto_lambda_urls.gateway.arrival import arrive
from moto_lambda_urls.messages import Headers

pytestmark = pytest.mark.in_process


def echo(event: Any, context: Any) -> Any:
    return event


@pytest.fixture(scope="module")
def echoing() -> Iterator[LambdaUrls]:
    with mock_lambda_urls() as urls:
        yield urls


@pytest.fixture(scope="module")
def url(echoing: LambdaUrls) -> FunctionUrl:
    return echoing.deploy(echo)


def event_of(url: str, path: str = "/", **fields: Any) -> Any:
    return json.loads(body_of(ask(url, path, **fields)))


def added(event: Any) -> dict[str, str]:
    """The header lines that AWS adds, the trace id's form checked."""
    trace_id = event["headers"]["x-amzn-trace-id"]
    assert re.fullmatch("Root=1-[0-9a-f]{8}-[0-9a-f]{24}", trace_id)
    return {
        "x-amzn-trace-id": trace_id,
        "x-amzn-tls-version": "TLSv1.3",
        "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
        "x-forwarded-for": event["requestContext"]["http"]["sourceIp"],
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }


def test_the_smallest_event(url: FunctionUrl) -> None:
    event = event_of(url)
    host, context = f"{url.url_id}.lambda-url.us-east-1.on.aws", event["requestContext"]
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": host, **added(event)},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": url.url_id,
            "domainName": host,
            "domainPrefix": url.url_id,
            "http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
            "requestId": context["requestId"],
            "routeKey": "$default",
            "stage": "$default",
            "time": context["time"],
            "timeEpoch": context["timeEpoch"],
        },
        "isBase64Encoded": False,
    }


def test_the_largest_event(echoing: LambdaUrls) -> None:
    url = echoing.deploy(echo, auth_type="AWS_IAM")
    got = requests.post(
        f"{url}a%20b//c/?x=1&x=2",
        data='{"é":1}'.encode(),
        headers={"Content-Type": "application/json", "Cookie": "a=1; b=2", "User-Agent": "tests", "Accept": "*/*"},
        auth=url.auth(),
    )
    event = got.json()
    host, context, headers = f"{url.url_id}.lambda-url.us-east-1.on.aws", event["requestContext"], event["headers"]
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a%20b//c/",
        "rawQueryString": "x=1&x=2",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": host,
            "content-type": "application/json",
            "content-length": "8",
            "cookie": "a=1; b=2",
            "user-agent": "tests",
            "accept": "*/*",
            "accept-encoding": headers["accept-encoding"],
            "x-amz-date": headers["x-amz-date"],
            **added(event),
        },
        "queryStringParameters": {"x": "1,2"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": url.url_id,
            "authorizer": {
                "iam": {
                    "accessKey": "FOOBARKEY",
                    "accountId": "123456789012",
                    "callerId": "123456789012",
                    "cognitoIdentity": None,
                    "principalOrgId": None,
                    "userArn": "arn:aws:iam::123456789012:root",
                    "userId": "123456789012",
                }
            },
            "domainName": host,
            "domainPrefix": url.url_id,
            "http": {
                "method": "POST",
                "path": "/a b//c/",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "tests",
            },
            "requestId": got.headers["x-amzn-RequestId"],
            "routeKey": "$default",
            "stage": "$default",
            "time": context["time"],
            "timeEpoch": context["timeEpoch"],
        },
        "body": '{"é":1}',
        "isBase64Encoded": False,
    }


def test_nothing_is_null(url: FunctionUrl) -> None:
    response = ask(url, headers=(("Cookie", ""), ("X-Empty", "")), query="")
    body = body_of(response)
    assert b"null" not in body
    assert {"cookies", "queryStringParameters", "body"}.isdisjoint(json.loads(body))


def test_the_order_of_the_keys(url: FunctionUrl) -> None:
    event = event_of(url, method="POST", query="a=1", headers=(("Cookie", "a=1"),), body=b"x")
    context = event["requestContext"]
    assert [*event] == [
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "cookies",
        "headers",
        "queryStringParameters",
        "requestContext",
        "body",
        "isBase64Encoded",
    ]
    assert [*context["http"]] == ["method", "path", "protocol", "sourceIp", "userAgent"]
    assert [*context] == [
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "http",
        "requestId",
        "routeKey",
        "stage",
        "time",
        "timeEpoch",
    ]


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        ((("X-MiXeD", "Value"),), {"x-mixed": "Value"}),
        ((("X-A", "1"), ("x-a", "2"), ("X-A", "3, 4")), {"x-a": "1,2,3, 4"}),
        ((("Authorization", "Bearer token"),), {"authorization": "Bearer token"}),
        ((("Connection", "keep-alive"),), {}),
        (
            (("Content-Length", "0"), ("Accept-Encoding", "gzip"), ("User-Agent", "ua")),
            {"content-length": "0", "accept-encoding": "gzip", "user-agent": "ua"},
        ),
        ((("X-Latin", "caf\xe9"),), {"x-latin": "café"}),
        ((("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Proto", "http")), {}),
    ],
)
def test_headers(url: FunctionUrl, sent: Headers, arrived: dict[str, str]) -> None:
    event = event_of(url, headers=sent)
    host = {"host": f"{url.url_id}.lambda-url.us-east-1.on.aws"}
    assert event["headers"] == {**host, **arrived, **added(event)}


def test_authorization_is_removed_where_aws_reads_it(echoing: LambdaUrls) -> None:
    url = echoing.deploy(echo, auth_type="AWS_IAM")
    event = requests.get(url, auth=url.auth()).json()
    assert "authorization" not in event["headers"]
    assert "x-amz-date" in event["headers"]


def test_cookies(url: FunctionUrl) -> None:
    event = event_of(url, headers=(("Cookie", "a=1; b=x=y; c"),))
    assert event["cookies"] == ["a=1", "b=x=y", "c"]
    assert event["headers"]["cookie"] == "a=1; b=x=y; c"


def test_source_ip(url: FunctionUrl) -> None:
    event = event_of(url, source_ip="203.0.113.9")
    assert event["requestContext"]["http"]["sourceIp"] == event["headers"]["x-forwarded-for"] == "203.0.113.9"


PATHS = [
    ("", "/", "/"),
    ("/", "/", "/"),
    ("/a/", "/a/", "/a/"),
    ("//a//b", "//a//b", "//a//b"),
    ("/a%2Fb%2fc", "/a%2Fb%2fc", "/a/b/c"),
    ("/a%20b+c", "/a%20b+c", "/a b+c"),
    ("/caf%C3%A9", "/caf%C3%A9", "/café"),
    ("/a;b=1/@:!$&'()*,", "/a;b=1/@:!$&'()*,", "/a;b=1/@:!$&'()*,"),
    ("/%25", "/%25", "/%"),
]


@pytest.mark.parametrize(("path", "raw", "decoded"), PATHS)
def test_paths(url: FunctionUrl, path: str, raw: str, decoded: str) -> None:
    event = event_of(url, path)
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == (raw, decoded)


# requests writes escapes in upper case.
@pytest.mark.parametrize(("path", "raw", "decoded"), [each for each in PATHS[1:] if "%2f" not in each[1]])
def test_paths_through_a_client(url: FunctionUrl, path: str, raw: str, decoded: str) -> None:
    event = requests.get(url.url.rstrip("/") + path).json()
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == (raw, decoded)


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2&b=3&a=4", {"a": "1,2,4", "b": "3"}),
        ("a=&b&=c", {"a": "", "b": "", "": "c"}),
        ("a=x+y&b=x%2By&c=x%20y", {"a": "x y", "b": "x+y", "c": "x y"}),
        ("caf%C3%A9=%E4%B8%AD", {"café": "中"}),
        ("a=1=2&b[]=3&c[d]=4", {"a": "1=2", "b[]": "3", "c[d]": "4"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("a=%2C,&a=b", {"a": ",,,b"}),
    ],
)
def test_queries(url: FunctionUrl, query: str, parameters: dict[str, str]) -> None:
    event = event_of(url, query=query)
    assert (event["rawQueryString"], event["queryStringParameters"]) == (query, parameters)


@pytest.mark.parametrize("query", ["", "&", "&&"])
def test_queries_without_parameters(url: FunctionUrl, query: str) -> None:
    event = event_of(url, query=query)
    assert event["rawQueryString"] == query
    assert "queryStringParameters" not in event


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/x-anything; charset=utf-8",
        "application/json",
        "APPLICATION/JSON;charset=UTF-8",
        "application/xml",
        "application/javascript",
    ],
)
def test_text_bodies(url: FunctionUrl, content_type: str) -> None:
    event = event_of(url, method="POST", headers=(("Content-Type", content_type),), body="naïve 中".encode())
    assert (event["body"], event["isBase64Encoded"]) == ("naïve 中", False)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Content-Type", ""),),
        (("Content-Type", "application/x-www-form-urlencoded"),),
        (("Content-Type", "multipart/form-data; boundary=x"),),
        (("Content-Type", "application/octet-stream"),),
        (("Content-Type", "image/svg+xml"),),
        (("Content-Type", "application/vnd.api+json"),),
        (("Content-Type", "application/unknown"),),
    ],
)
def test_base64_bodies(url: FunctionUrl, headers: Headers) -> None:
    event = event_of(url, method="POST", headers=headers, body=b"a=1&b=2")
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"a=1&b=2").decode(), True)


def test_text_that_is_no_utf8_is_base64(url: FunctionUrl) -> None:
    event = event_of(url, method="POST", headers=(("Content-Type", "text/plain"),), body=b"caf\xe9")
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"caf\xe9").decode(), True)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND"])
def test_methods(echoing: LambdaUrls, url: FunctionUrl, method: str) -> None:
    pipeline.handle(request_to(url, method=method))
    assert url.last.event["requestContext"]["http"]["method"] == method


def test_time_and_id(url: FunctionUrl) -> None:
    context = event_of(url)["requestContext"]
    moment = datetime.strptime(context["time"], "%d/%b/%Y:%H:%M:%S %z")
    assert context["time"].endswith(" +0000")
    assert datetime.now(timezone.utc) - moment < timedelta(minutes=1)
    assert isinstance(context["timeEpoch"], int)
    assert context["timeEpoch"] // 1000 == int(moment.timestamp())
    assert abs(time.time() * 1000 - context["timeEpoch"]) < 60_000
    assert UUID.fullmatch(context["requestId"])


def test_an_upload_without_its_length(url: FunctionUrl) -> None:
    got = requests.post(url, data=iter([b"one", b"two"]), headers={"Content-Type": "text/plain"}).json()
    assert got["body"] == "onetwo"
    assert "transfer-encoding" not in got["headers"]


class Markup(str):
    """What a template engine gives: a str that does something else."""

    __slots__ = ()


@pytest.mark.parametrize("send", [requests.get, partial(urllib3.request, "GET")])
def test_header_of_a_subclass_of_str(echoing: LambdaUrls, send: Any) -> None:
    types = []

    def look(event: Any, context: Any) -> None:
        types.append(type(event["headers"]["x-a"]))

    send(str(echoing.deploy(look)), headers={"X-A": Markup("a")})
    assert types == [str]


def test_what_the_handler_does_to_its_event_is_not_recorded(echoing: LambdaUrls) -> None:
    def spoil(event: Any, context: Any) -> None:
        event["cookies"].append("c=3")
        event["headers"].clear()
        event["requestContext"]["http"]["method"] = "PUT"

    url = echoing.deploy(spoil)
    for _ in range(2):
        requests.get(f"{url}p?a=1", headers={"Cookie": "a=1; b=2"})
        seen = url.last.event
        assert (seen["cookies"], seen["headers"]["cookie"], url.last.method) == (["a=1", "b=2"], "a=1; b=2", "GET")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no forks")
def test_a_forked_process_has_ids_of_its_own() -> None:
    code = (
        "import os; from moto_lambda_urls.gateway.arrival import arrive\n"
        "child = os.fork()\n"
        "os.write(1, (arrive('GET').request_id + ' ').encode())\n"
        "if child: os.waitpid(child, 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    one, other = ran.stdout.split()
    assert one != other


def test_ids_are_of_version_4() -> None:
    ids = [arrive("GET").request_id for _ in range(1_000)]
    assert {uuid.UUID(each).version for each in ids} == {4}
    assert [str(uuid.UUID(each)) for each in ids] == ids
    assert len(set(ids)) == 1_000
