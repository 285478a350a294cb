from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.answering import body_of
from support.arrival import ARRIVAL, NOW, REQUEST_ID, TRACE_ID
from support.builders import make_request

from moto_lambda_urls.control.cors import CorsConfig
from moto_lambda_urls.gateway.cors import preflight
from moto_lambda_urls.gateway.framing import finish, internal_server_error, unknown_url
from moto_lambda_urls.gateway.result import (
    BadResultError,
    prelude_response,
    raw_response,
    streamed_response,
    to_response,
)
from moto_lambda_urls.messages import Headers, Response
from moto_lambda_urls.messages.http import error_response
from moto_lambda_urls.runtime.invocation_request import MAX_RESULT_BYTES

pytestmark = pytest.mark.in_process

DATE = ("Date", "Mon, 02 Mar 2026 01:04:05 GMT")


def respond(result: object, *, method: str = "GET") -> Response:
    """The response for ``result``: JSON as bytes, or a value to write as the Python runtime does."""
    arrival = ARRIVAL._replace(method=method)
    try:
        return to_response(result if isinstance(result, bytes) else json.dumps(result).encode(), arrival)
    except BadResultError as bad:
        return internal_server_error(arrival, status=bad.status)


def expected(
    body: bytes = b"",
    *own: tuple[str, str],
    status: int = 200,
    content_type: str = "application/json",
    length: int | None = -1,
    sent: bool = True,
) -> Response:
    """A response with AWS's lines around ``own``; ``length`` None for no Content-Length, ``sent`` False for no body."""
    length = len(body) if length == -1 else length
    headers: Headers = (
        DATE,
        ("Content-Type", content_type),
        *(() if length is None else (("Content-Length", str(length)),)),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", REQUEST_ID),
        *own,
        ("X-Amzn-Trace-Id", ARRIVAL.trace_header),
    )
    return Response(status=status, headers=headers, body=body if sent else b"")


BAD = expected(b"Internal Server Error", status=502)


def test_trace_header() -> None:
    pattern = r"Root=1-69a4e0b5-0123456789abcdef01234567;Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0"
    assert re.fullmatch(pattern, ARRIVAL.trace_header)
    assert ARRIVAL.trace_header == ARRIVAL.trace_header != ARRIVAL._replace(trace_id=TRACE_ID[:-1] + "0").trace_header


def test_a_whole_envelope() -> None:
    result = {
        "statusCode": 201,
        "headers": {"Content-Type": "text/plain", "X-One": "1"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "créé",
        "isBase64Encoded": False,
    }
    assert respond(result) == expected(
        "créé".encode(),
        ("X-One", "1"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
        status=201,
        content_type="text/plain",
    )


@pytest.mark.parametrize(
    ("result", "body"),
    [
        (b'{ "hello" : "world" }', b'{"hello":"world"}'),
        (b'{"body": "no envelope", "headers": {}}', b'{"body":"no envelope","headers":{}}'),
        (b'{"a": "\\u00e9\\u4e2d"}', '{"a":"é中"}'.encode()),
        (b'"a string"', b"a string"),
        (b'""', b""),
        (b"1", b"1"),
        (b"1.50", b"1.5"),
        (b"true", b"true"),
        (b"null", b"null"),
        (b"[1, 2]", b"[1,2]"),
        (b'[{"statusCode": 418}]', b'[{"statusCode":418}]'),
        (b'{"statuscode": 418}', b'{"statuscode":418}'),
    ],
)
def test_whatever_has_no_status_code_is_the_body(result: bytes, body: bytes) -> None:
    assert respond(result) == expected(body)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("text", b"text"),
        ("", b""),
        (None, b""),
        ({"a": [1, None]}, b'{"a":[1,null]}'),
        ([1, 2], b"[1,2]"),
        (5, b"5"),
        (False, b"false"),
    ],
)
def test_bodies_of_an_envelope(body: Any, sent: bytes) -> None:
    assert respond({"statusCode": 200, "body": body}) == expected(sent)


def test_an_envelope_of_a_status_alone() -> None:
    assert respond({"statusCode": 202}) == expected(status=202)


@pytest.mark.parametrize(("code", "status"), [(418, 418), ("418", 418), (599, 599), (200.0, 200)])
def test_usable_status_codes(code: Any, status: int) -> None:
    assert respond({"statusCode": code}).status == status


@pytest.mark.parametrize(
    "code", [None, True, False, "", "abc", " 200", "200.0", "٢٠٠", 99, 100, "101", 199, 600, -200, 200.5, [], {}, 1e300]
)
def test_unusable_status_codes(code: Any) -> None:
    assert respond({"statusCode": code, "body": "x"}) == BAD


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_without_a_body(status: int) -> None:
    result = {"statusCode": status, "headers": {"etag": "x"}, "body": "dropped"}
    assert respond(result) == expected(b"", ("etag", "x"), status=status, length=None)


def test_base64_body() -> None:
    result = {"statusCode": 200, "body": base64.b64encode(bytes(range(256))).decode(), "isBase64Encoded": True}
    assert respond(result) == expected(bytes(range(256)))


@pytest.mark.parametrize("body", ["*", "YQ", "YQ==YQ==", "é", "YQ=\n=", 5, {}, [], True])
def test_invalid_base64(body: Any) -> None:
    assert respond({"statusCode": 200, "body": body, "isBase64Encoded": True}) == BAD


def test_base64_of_no_body() -> None:
    assert respond({"statusCode": 200, "body": None, "isBase64Encoded": True}) == expected()


@pytest.mark.parametrize("flag", [False, None, "true", 1])
def test_only_true_means_base64(flag: Any) -> None:
    assert respond({"statusCode": 200, "body": "YQ==", "isBase64Encoded": flag}) == expected(b"YQ==")


def test_multi_value_headers_are_ignored() -> None:
    assert respond({"statusCode": 200, "multiValueHeaders": {"X": ["1", "2"]}, "other": 1}) == expected()


def test_set_cookie_among_the_headers_passes() -> None:
    result = {"statusCode": 200, "headers": {"Set-Cookie": "a=1"}, "cookies": ["b=2"]}
    assert respond(result) == expected(b"", ("Set-Cookie", "a=1"), ("set-cookie", "b=2"))


@pytest.mark.parametrize("name", ["headers", "cookies"])
def test_null_headers_and_cookies_are_none(name: str) -> None:
    assert respond({"statusCode": 200, name: None}) == expected()


@pytest.mark.parametrize("headers", [[], "x", 1, True, [["a", "b"]]])
def test_headers_that_are_no_object(headers: Any) -> None:
    assert respond({"statusCode": 200, "headers": headers}) == BAD


@pytest.mark.parametrize("cookies", ["a=1", {"a": "1"}, 1, [{}], [None], [["a=1"]], ["a=1\r\nX: y"]])
def test_cookies_that_are_no_list_of_lines(cookies: Any) -> None:
    assert respond({"statusCode": 200, "cookies": cookies}) == BAD


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), ("", ""), (" a\tb ", "a\tb"), ("é", "é")],
)
def test_header_values(value: Any, text: str) -> None:
    assert respond({"statusCode": 200, "headers": {"X": value}}) == expected(b"", ("X", text))


@pytest.mark.parametrize("value", [None, [], ["a"], {}, "a\nb", "a\r\nSet-Cookie: b", "a\x00", "\x7f", "中", "\ud800"])
def test_values_that_http_cannot_carry(value: Any) -> None:
    assert respond({"statusCode": 200, "headers": {"X": value}}) == BAD


@pytest.mark.parametrize("name", ["", " ", "a b", "a:", "a\n", "a\r\nb", "é", "中", "a\x00", "(a)"])
def test_header_names_that_http_cannot_carry(name: str) -> None:
    assert respond({"statusCode": 200, "headers": {name: "x"}}) == BAD


def test_content_type_in_any_case_replaces_the_default() -> None:
    for name in ("content-type", "Content-Type", "CONTENT-TYPE"):
        assert respond({"statusCode": 200, "headers": {name: "text/x"}}) == expected(content_type="text/x")


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "content-length",
        "Date",
        "Server",
        "WWW-Authenticate",
        "x-amzn-RequestId",
        "X-Amzn-Trace-Id",
        "host",
    ],
)
def test_remapped_headers(name: str) -> None:
    result = {"statusCode": 200, "headers": {name: "7"}, "body": "four"}
    assert respond(result) == expected(b"four", ("x-amzn-Remapped-" + name, "7"))


def test_transfer_encoding_is_dropped() -> None:
    assert respond({"statusCode": 200, "headers": {"Transfer-Encoding": "chunked"}}) == expected()


@pytest.mark.parametrize("name", ["x-amzn-remapped-date", "X-Amzn-Remapped-Anything"])
def test_a_header_that_looks_remapped_is_a_500(name: str) -> None:
    assert respond({"statusCode": 200, "headers": {name: "x"}}) == expected(b"Internal Server Error", status=500)


NESTED = b"[" * 200_000
UNUSABLE = [
    b"",
    b"{",
    b"{'a': 1}",
    b"\xff",
    b"NaN",
    b"[Infinity]",
    b"[-Infinity]",
    b"1e999",
    b"9" * 5_000,
    NESTED + b"]" * 200_000,
    b'{"statusCode": 200, "body": NaN}',
    b'{"statusCode": 200, "ignored": NaN}',
    b'{"statusCode": 200, "body": [1e999]}',
    b'{"statusCode": 200, "headers": {"a": 1e999}}',
    '"utf-16"'.encode("utf-16"),
    b"\xef\xbb\xbf1",
]


@pytest.mark.parametrize("result", UNUSABLE, ids=range(len(UNUSABLE)))
def test_what_is_no_json(result: Any) -> None:
    assert respond(result) == BAD


def test_a_lone_surrogate_is_replaced() -> None:
    assert respond(b'"a\\ud800b"') == expected(b"a?b")
    assert respond(b'{"a": "\\udfff"}') == expected(b'{"a":"?"}')
    assert respond(b'"\\ud83d\\ude00"') == expected("😀".encode())


def test_results_up_to_the_limit() -> None:
    assert MAX_RESULT_BYTES == 6_291_556
    body = b"x" * (MAX_RESULT_BYTES - 2)
    assert respond(b'"' + body + b'"') == expected(body)
    assert respond(b'"x' + body + b'"') == BAD


def test_head_has_the_length_of_the_body_but_no_body() -> None:
    assert respond({"a": 1}, method="HEAD") == expected(b'{"a":1}', sent=False)
    assert respond(b"bad", method="HEAD") == expected(b"Internal Server Error", status=502, sent=False)


@pytest.mark.parametrize(
    ("result", "status", "reason"),
    [
        ({"statusCode": "abc"}, 502, "statusCode is 'abc', not a number from 200 to 599"),
        (
            {"statusCode": 200, "headers": {"x-amzn-remapped-a": "b"}},
            500,
            "the header x-amzn-remapped-a has a name that is AWS's own",
        ),
        (
            {"statusCode": 200, "headers": {"Set-Cookie": ["a=1", "b=2"]}},
            502,
            "the header Set-Cookie is ['a=1', 'b=2'], not a string; several cookies go into cookies",
        ),
        (
            {"statusCode": 200, "headers": {"Vary": ["Accept", "Origin"]}},
            502,
            "the header Vary is ['Accept', 'Origin'], not a string; join a list with ', '",
        ),
    ],
)
def test_why_a_result_is_unusable(result: object, status: int, reason: str) -> None:
    with pytest.raises(BadResultError) as bad:
        to_response(json.dumps(result).encode(), ARRIVAL)
    assert (bad.value.status, str(bad.value)) == (status, f"The handler's result is not a valid response: {reason}")


def test_the_date_is_gmt_whatever_zone_the_clock_has() -> None:
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    response = to_response(b"1", ARRIVAL._replace(now=tokyo))
    assert response.header("date") == DATE[1]


def test_internal_server_error() -> None:
    assert internal_server_error(ARRIVAL._replace(method="POST")) == BAD
    assert internal_server_error(ARRIVAL._replace(method="HEAD")) == expected(
        b"Internal Server Error", status=502, sent=False
    )


FORBIDDEN = error_response(403, "AccessDeniedException", {"Message": "Forbidden"})
FORBIDDEN_HEADERS = (
    DATE,
    ("Content-Type", "application/json"),
    ("Content-Length", "23"),
    ("Connection", "keep-alive"),
    ("x-amzn-RequestId", REQUEST_ID),
    ("x-amzn-ErrorType", "AccessDeniedException"),
)


def test_a_finished_refusal() -> None:
    finished = finish(FORBIDDEN, ARRIVAL)
    assert finished == Response(status=403, headers=FORBIDDEN_HEADERS, body=b'{"Message":"Forbidden"}')


def test_a_refusal_of_head_has_no_body() -> None:
    finished = finish(FORBIDDEN, ARRIVAL._replace(method="HEAD"))
    assert finished == Response(status=403, headers=FORBIDDEN_HEADERS)


def test_a_finished_preflight() -> None:
    headers = (("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET"))
    answer = preflight(CorsConfig.from_api({"AllowOrigins": ["*"]}), make_request(method="OPTIONS", headers=headers))
    assert answer is not None
    assert finish(answer, ARRIVAL._replace(method="OPTIONS")) == Response(
        status=200,
        headers=(
            DATE,
            ("Content-Type", "application/json"),
            ("Content-Length", "0"),
            ("Connection", "keep-alive"),
            ("x-amzn-RequestId", REQUEST_ID),
            ("Vary", "Origin"),
        ),
    )


def test_an_unknown_host() -> None:
    headers = (
        DATE,
        ("Content-Type", "application/json"),
        ("Content-Length", "16"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", REQUEST_ID),
        ("x-amzn-ErrorType", "AccessDeniedException"),
    )
    answer = unknown_url(make_request(), ARRIVAL)
    assert answer == Response(status=403, headers=headers, body=b'{"Message":null}')


def test_an_unknown_host_asked_with_an_origin() -> None:
    request = make_request(headers=(("Origin", "https://a.example"),))
    assert unknown_url(request, ARRIVAL).headers[6:] == (
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
    )


def streamed(*own: tuple[str, str], content_type: str = "application/octet-stream") -> Headers:
    return expected(b"", *own, content_type=content_type, length=None).headers


def test_raw_response() -> None:
    result = b'{"statusCode": 418, "body": "x"}'
    assert raw_response(result, ARRIVAL) == expected(result, content_type="application/octet-stream")


def test_content_type_of_a_stream() -> None:
    assert raw_response(b"x", ARRIVAL, "text/x") == expected(b"x", content_type="text/x")
    assert prelude_response(None, ARRIVAL, "text/x") == (200, streamed(content_type="text/x"))
    own = {"headers": {"content-type": "text/y"}}
    assert prelude_response(own, ARRIVAL, "text/x") == (200, streamed(content_type="text/y"))


def test_stream_that_promises_a_prelude_and_has_none() -> None:
    named = "application/vnd.awslambda.http-integration-response"
    assert raw_response(b"", ARRIVAL, named) == expected(b"", content_type="application/octet-stream")
    for respond in (lambda: raw_response(b"x", ARRIVAL, named), lambda: prelude_response(None, ARRIVAL, named)):
        with pytest.raises(
            BadResultError, match=r"which go out with the first write\(\), and not with end\(\)$"
        ) as caught:
            respond()
        assert caught.value.status == 502


def test_content_type_of_a_stream_that_http_cannot_carry() -> None:
    reason = r"is not a valid response: the header content-type is 'a\\x00b', which HTTP cannot carry"
    for respond in (lambda: raw_response(b"x", ARRIVAL, "a\0b"), lambda: prelude_response(None, ARRIVAL, "a\0b")):
        with pytest.raises(BadResultError, match=reason):
            respond()


@pytest.mark.parametrize("prelude", [None, {}, {"unknown": 1, "body": "x"}])
def test_the_defaults_of_a_prelude(prelude: dict[str, Any] | None) -> None:
    assert prelude_response(prelude, ARRIVAL) == (200, streamed())


def test_a_whole_prelude() -> None:
    prelude = {"statusCode": 201, "headers": {"Content-Type": "text/x", "Server": "s"}, "cookies": ["a=1", "b=2"]}
    assert prelude_response(prelude, ARRIVAL) == (
        201,
        streamed(("x-amzn-Remapped-Server", "s"), ("set-cookie", "a=1"), ("set-cookie", "b=2"), content_type="text/x"),
    )


@pytest.mark.parametrize(
    ("prelude", "reason"),
    [
        ({"statusCode": "x"}, "statusCode is 'x', not a number from 200 to 599"),
        ({"statusCode": 10**5_000}, "statusCode is a long int, not a number from 200 to 599"),
        ({"headers": 1}, "headers is 1, not an object"),
        ({"headers": {1: "a"}}, "1 is no header name"),
        ({"cookies": 1}, "cookies is 1, not an array of strings"),
    ],
)
def test_unusable_preludes(prelude: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadResultError) as bad:
        prelude_response(prelude, ARRIVAL)
    assert str(bad.value) == f"The handler's result is not a valid response: {reason}"


class Chunks:
    """An iterator that knows whether it was closed."""

    closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return b"chunk"

    def close(self) -> None:
        self.closed = True


def test_a_streamed_response() -> None:
    chunks = Chunks()
    response = streamed_response({"statusCode": 201}, chunks, ARRIVAL)
    assert response == Response(status=201, headers=streamed(), body=chunks)
    assert not chunks.closed


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_stream_that_has_no_body_is_closed(method: str, status: int) -> None:
    chunks = Chunks()
    response = streamed_response({"statusCode": status}, chunks, ARRIVAL._replace(method=method))
    assert response == Response(status=status, headers=streamed())
    assert chunks.closed


def test_a_stream_with_an_unusable_prelude_is_closed() -> None:
    chunks = Chunks()
    with pytest.raises(BadResultError, match="statusCode is 1, not a number from 200 to 599"):
        streamed_response({"statusCode": 1}, chunks, ARRIVAL)
    assert chunks.closed


def test_a_bodiless_stream_without_close() -> None:
    assert streamed_response(None, iter([b"x"]), ARRIVAL._replace(method="HEAD")) == Response(
        status=200, headers=streamed()
    )


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
header_names = st.text() | st.sampled_from(
    ["Content-Length", "content-type", "Connection", "x-amzn-Remapped-a", "X", "x"]
)
envelopes = st.fixed_dictionaries(
    {"statusCode": st.integers(90, 610) | st.sampled_from(["200", "x", 200]) | anything},
    optional={
        "headers": st.dictionaries(header_names, scalars, max_size=4) | anything,
        "cookies": st.lists(st.text(), max_size=3) | anything,
        "body": st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode()) | anything,
        "isBase64Encoded": st.booleans() | anything,
    },
)
results = st.binary() | (anything | envelopes).map(lambda value: json.dumps(value).encode())


@given(results, st.sampled_from(["GET", "HEAD", "POST"]))
@example(b'{"statusCode": 204, "headers": {"content-length": 5, "CONTENT-LENGTH": "6"}, "body": "x"}', "GET")
def test_any_result_makes_a_well_formed_response(result: Any, method: Any) -> None:
    response = respond(result, method=method)
    assert type(response.status) is int
    assert 200 <= response.status <= 599
    for name, value in response.headers:
        assert re.fullmatch(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name.encode("latin-1"))
        assert re.fullmatch(rb"[\t\x20-\x7e\x80-\xff]*", value.encode("latin-1"))
        assert value == value.strip(" \t")
    names = [name.lower() for name, _ in response.headers]
    for once in ("date", "content-type", "connection", "x-amzn-requestid", "x-amzn-trace-id"):
        assert names.count(once) == 1
    lengths = [value for name, value in response.headers if name.lower() == "content-length"]
    if response.status in (204, 304) or response.status < 200:
        assert (lengths, response.body) == ([], b"")
    elif method == "HEAD":
        assert response.body == b""
        assert lengths == [str(len(body_of(respond(result, method="GET"))))]
    else:
        assert lengths == [str(len(body_of(response)))]


@pytest.mark.parametrize(("fold", "date"), [(0, "Sun, 27 Oct 2024 00:30:00 GMT"), (1, "Sun, 27 Oct 2024 01:30:00 GMT")])
def test_date_in_the_hour_that_comes_twice(fold: int, date: str) -> None:
    now = datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    answer = finish(Response(status=200), ARRIVAL._replace(now=now))
    assert answer.header("date") == date
