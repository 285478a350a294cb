"""What a deployed function's result becomes at its URL."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests
from support.answering import FAILED, answered, ask, checked
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process

BROKEN = answered(FAILED, status=502)


class Returning:
    """A deployed function that returns what it is told to."""

    def __init__(self, urls: LambdaUrls) -> None:
        self.result: Any = None
        self.url: FunctionUrl = urls.deploy(lambda event, context: self.result)

    def __call__(self, result: Any, *, method: str = "GET") -> Any:
        self.result = result
        return checked(ask(self.url, method=method))


@pytest.fixture(scope="module")
def mocked() -> Iterator[LambdaUrls]:
    with mock_lambda_urls() as urls:
        yield urls


@pytest.fixture(scope="module")
def respond(mocked: LambdaUrls) -> Returning:
    return Returning(mocked)


def test_a_whole_response(respond: Returning) -> None:
    result = {
        "statusCode": 201,
        "headers": {"Content-Type": "text/html; charset=utf-8", "X-One": "1", "x-two": "2"},
        "cookies": ["a=1; Path=/; HttpOnly", "b=2"],
        "body": "<p>créé</p>",
        "isBase64Encoded": False,
    }
    assert respond(result) == answered(
        "<p>créé</p>".encode(),
        ("X-One", "1"),
        ("x-two", "2"),
        ("set-cookie", "a=1; Path=/; HttpOnly"),
        ("set-cookie", "b=2"),
        status=201,
        content_type="text/html; charset=utf-8",
    )


@pytest.mark.parametrize(
    ("result", "body"),
    [
        ({"hello": "world"}, b'{"hello":"world"}'),
        ({"body": "x", "headers": {"X": "1"}}, b'{"body":"x","headers":{"X":"1"}}'),
        ([1, {"statusCode": 418}], b'[1,{"statusCode":418}]'),
        ("a string", b"a string"),
        ("", b""),
        ('{"a": 1}', b'{"a": 1}'),
        ("naïve 中", "naïve 中".encode()),
        (5, b"5"),
        (1.5, b"1.5"),
        (Decimal("1.50"), b"1.5"),
        (True, b"true"),
        (None, b"null"),
        ({"é": None}, '{"é":null}'.encode()),
        ((1, 2), b"[1,2]"),
    ],
)
def test_what_has_no_status_code_is_the_body(respond: Returning, result: Any, body: bytes) -> None:
    assert respond(result) == answered(body)


@pytest.mark.parametrize(
    ("body", "sent"),
    [("text", b"text"), ({"a": [1, 2]}, b'{"a":[1,2]}'), ([], b"[]"), (7, b"7"), (False, b"false"), (None, b"")],
)
def test_body_of_a_response(respond: Returning, body: Any, sent: bytes) -> None:
    assert respond({"statusCode": 200, "body": body}) == answered(sent)


@pytest.mark.parametrize("code", [418, "418", 418.0])
def test_status(respond: Returning, code: Any) -> None:
    assert respond({"statusCode": code}) == answered(status=418)


def test_base64(respond: Returning) -> None:
    content = bytes(range(256))
    result = {
        "statusCode": 200,
        "headers": {"content-type": "image/png"},
        "body": base64.b64encode(content).decode(),
        "isBase64Encoded": True,
    }
    assert respond(result) == answered(content, content_type="image/png")
    assert requests.get(respond.url).content == content


def test_cookies_and_repeated_names(respond: Returning) -> None:
    result = {
        "statusCode": 200,
        "headers": {"Set-Cookie": "a=1"},
        "cookies": ["b=2", "c=3"],
        "multiValueHeaders": {"X": ["1", "2"]},
    }
    lines = (("Set-Cookie", "a=1"), ("set-cookie", "b=2"), ("set-cookie", "c=3"))
    assert respond(result) == answered(b"", *lines)
    assert requests.get(respond.url).cookies.get_dict() == {"a": "1", "b": "2", "c": "3"}


def test_remapped_names(respond: Returning) -> None:
    headers = {"Connection": "close", "content-length": "99", "Date": "never", "Server": "mine", "X-Mine": "1"}
    assert respond({"statusCode": 200, "headers": headers, "body": "four"}) == answered(
        b"four",
        ("x-amzn-Remapped-Connection", "close"),
        ("x-amzn-Remapped-content-length", "99"),
        ("x-amzn-Remapped-Date", "never"),
        ("x-amzn-Remapped-Server", "mine"),
        ("X-Mine", "1"),
    )


@pytest.mark.parametrize("name", ["x-amzn-remapped-connection", "X-Amzn-Remapped-X"])
def test_a_name_that_looks_remapped(respond: Returning, name: str) -> None:
    assert respond({"statusCode": 200, "headers": {name: "1"}}) == answered(FAILED, status=500)


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), (" a ", "a")])
def test_header_values(respond: Returning, value: Any, text: str) -> None:
    assert respond({"statusCode": 200, "headers": {"X": value}}) == answered(b"", ("X", text))


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "abc"},
        {"statusCode": None},
        {"statusCode": 99},
        {"statusCode": 600},
        {"statusCode": True},
        {"statusCode": [200]},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": "X: 1"},
        {"statusCode": 200, "headers": {"X": None}},
        {"statusCode": 200, "headers": {"X": "a\r\nSet-Cookie: b"}},
        {"statusCode": 200, "headers": {"a b": "1"}},
        {"statusCode": 200, "cookies": "a=1"},
        {"statusCode": 200, "body": "***", "isBase64Encoded": True},
        {"statusCode": 200, "body": {"a": 1}, "isBase64Encoded": True},
        b"bytes",
        {1},
        object(),
        {"a": object()},
        b'{"statusCode": 200',
        {"statusCode": 200, "body": b"\xff"},
        float("nan"),
        (each for each in "ab"),
    ],
    ids=lambda result: re.sub(" at 0x[0-9a-f]+", "", repr(result)),
)
def test_what_is_no_response(respond: Returning, result: Any) -> None:
    assert respond(result) == BROKEN
    assert requests.get(respond.url).content == FAILED


def test_head(respond: Returning) -> None:
    assert respond("body", method="HEAD") == answered(b"", length=4)
    assert respond(object(), method="HEAD") == answered(b"", length=len(FAILED), status=502)
    respond.result = {"statusCode": 404, "body": "gone"}
    got = requests.head(respond.url)
    assert (got.status_code, got.content, got.headers["Content-Length"]) == (404, b"", "4")


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(respond: Returning, status: int) -> None:
    assert respond({"statusCode": status, "body": "dropped"}) == answered(b"", status=status, length=None)
    assert requests.get(respond.url).content == b""


FAILING = {
    "raised": "def handler(event, context): raise ValueError('no')",
    "exited": "import sys\ndef handler(event, context): sys.exit(3)",
    "no such module": None,
    "no such name": "def other(event, context): pass",
    "broken module": "import nothing_of_that_name\ndef handler(event, context): pass",
    "syntax": "def handler(event, context:",
    "no parameters": "def handler(): pass",
    "not callable": "handler = 1",
    "circular": "def handler(event, context):\n    it = []\n    it.append(it)\n    return it",
    "too deep": "def handler(event, context):\n    it = []\n    for _ in range(100_000): it = [it]\n    return it",
    "recursion": "def handler(event, context): return handler(event, context)",
    "long number": "def handler(event, context): return 10 ** 10_000",
}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_failed_function(mocked: LambdaUrls, source: str | None) -> None:
    url = mocked.deploy(make_zip({"app.py": source} if source else {"other.py": ""}))
    assert checked(ask(url)) == BROKEN
    assert url.last.error is not None
    assert url.last.status == 502
    assert url.last.result["errorMessage"] == url.last.error.message


@pytest.mark.parametrize("depth", [400, 800, 940, 950, 960, 970, 980, 990, 1_000])
def test_deep_results_are_sent_or_refused(mocked: LambdaUrls, depth: int) -> None:
    source = f"def handler(event, context):\n    it = []\n    for _ in range({depth}): it = [it]\n    return it"
    response = checked(ask(mocked.deploy(make_zip(source))))
    assert response in (BROKEN, answered(b"[" * (depth + 1) + b"]" * (depth + 1)))


def test_a_late_function(mocked: LambdaUrls) -> None:
    url = mocked.deploy(make_zip("import time\ndef handler(event, context): time.sleep(2)"), timeout=1)
    assert checked(ask(url)) == BROKEN
    assert url.last.result == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {url.last.request_id} Error: Task timed out after 1.00 seconds",
    }


def test_bytes_are_json_as_they_are(respond: Returning) -> None:
    assert respond(b'{"statusCode": 201, "body": "x"}') == answered(b"x", status=201)
    assert respond({"statusCode": 200, "body": b"text"}) == answered(b"text")
    assert respond(b"bytes") == BROKEN
    assert respond.url.last.result == "bytes"


def test_bytes_that_are_no_json_through_invoke(mocked: LambdaUrls, respond: Returning) -> None:
    respond.result = b"\xffbytes"
    client = mocked.client("lambda")
    assert client.invoke(FunctionName=respond.url.function_name)["Payload"].read() == b"\xffbytes"
    assert mocked.invocations[-1].result == "\ufffdbytes"


def test_a_bad_result_is_recorded_with_its_answer(respond: Returning) -> None:
    respond({"statusCode": "abc"})
    recorded = respond.url.last
    assert (recorded.status, recorded.result) == (502, {"statusCode": "abc"})
    assert str(recorded) == (
        "GET / -> 502 InvalidResponse: The handler's result is not a valid response: "
        "statusCode is 'abc', not a number from 200 to 599"
    )


def test_content_length_is_that_of_the_bytes(respond: Returning) -> None:
    for text in ("é", "中文", "😀", "\ud800"):
        respond.result = text
        got = requests.get(respond.url)
        assert int(got.headers["Content-Length"]) == len(got.content)


def test_the_record_is_what_was_sent(respond: Returning) -> None:
    respond.result = {"statusCode": 200, "body": "x"}
    response = ask(respond.url)
    assert respond.url.last.response == replace(response)
    assert json.loads(json.dumps(respond.url.last.result)) == respond.result
