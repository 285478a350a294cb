"""HTTP/1.1 taken apart and put together."""

from __future__ import annotations

import pytest
from support.builders import HOST, make_request

from moto_lambda_urls.intercept.wire import RequestReader, delimited, head_bytes
from moto_lambda_urls.messages import Headers, Request, Response

pytestmark = pytest.mark.in_process

PLAIN = b"POST /a%2Fb//c?q=1&r HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nContent-Length: 3\r\n\r\nabc"
CHUNKED = (
    b"PUT / HTTP/1.1\r\ntransfer-encoding: Chunked\r\n\r\n3;x=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n"
)


def read(content: bytes, *, at_once: int | None = None) -> Request | None:
    reader = RequestReader(HOST)
    step = at_once or len(content)
    for start in range(0, len(content), step):
        assert reader.request() is None
        reader.feed(content[start : start + step])
    return reader.request()


@pytest.mark.parametrize("at_once", [None, 1, 7])
def test_a_request_of_known_length(at_once: int | None) -> None:
    assert read(PLAIN, at_once=at_once) == make_request(
        method="POST", path="/a%2Fb//c", query="q=1&r", headers=(("Content-Length", "3"),), body=b"abc"
    )


@pytest.mark.parametrize("at_once", [None, 1, 7])
def test_a_chunked_request(at_once: int | None) -> None:
    got = read(CHUNKED, at_once=at_once)
    assert got is not None
    assert (got.method, got.headers) == ("PUT", (("transfer-encoding", "Chunked"),))
    assert got.body == b"abc0123456789"


def test_header_values_keep_their_bytes_and_folded_lines_are_one() -> None:
    got = read(b"GET / HTTP/1.1\r\nX-Latin: caf\xe9\r\nX-Folded: a\r\n\tb\r\nX-Colon: a:b \r\nX-Empty:\r\n\r\n")
    assert got is not None
    assert got.headers == (("X-Latin", "caf\xe9"), ("X-Folded", "a b"), ("X-Colon", "a:b"), ("X-Empty", ""))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/", ("/", "")),
        (b"/?", ("/", "")),
        (b"/a?b?c", ("/a", "b?c")),
        (b"//a//", ("//a//", "")),
        (b"https://host/a%2F?b=1", ("/a%2F", "b=1")),
        (b"http://host:80", ("/", "")),
        (b"http://host?q", ("/", "q")),
    ],
)
def test_targets(target: bytes, expected: tuple[str, str]) -> None:
    got = read(b"GET %b HTTP/1.1\r\n\r\n" % target)
    assert got is not None
    assert (got.raw_path, got.raw_query) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nx", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", False),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n", False),
    ],
)
def test_who_waits_for_continue(content: bytes, expected: bool) -> None:
    reader = RequestReader(HOST)
    reader.feed(content)
    assert reader.awaits_continue() is expected


@pytest.mark.parametrize(
    ("method", "status", "headers", "body", "expected"),
    [
        ("GET", 200, (), b"abc", ((("Content-Length", "3"),), b"abc")),
        ("GET", 200, (("content-length", "3"),), b"abc", ((("content-length", "3"),), b"abc")),
        ("GET", 200, (), b"", ((("Content-Length", "0"),), b"")),
        ("HEAD", 200, (), b"abc", ((("Content-Length", "3"),), b"")),
        ("HEAD", 200, (("Content-Length", "9"),), b"", ((("Content-Length", "9"),), b"")),
        ("GET", 204, (), b"abc", ((), b"")),
        ("GET", 304, (), b"", ((), b"")),
    ],
)
def test_framing(method: str, status: int, headers: Headers, body: bytes, expected: tuple[Headers, bytes]) -> None:
    got = delimited(Response(status=status, headers=headers, body=body), method)
    assert (got.status, got.headers, got.body) == (status, *expected)


@pytest.mark.parametrize(("status", "line"), [(200, b"200 OK"), (299, b"299 "), (502, b"502 Bad Gateway")])
def test_the_head_of_a_response(status: int, line: bytes) -> None:
    got = head_bytes(Response(status=status, headers=(("A", "1"), ("a", "caf\xe9"))))
    assert got == b"HTTP/1.1 " + line + b"\r\nA: 1\r\na: caf\xe9\r\n\r\n"
