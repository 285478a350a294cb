"""Responses as bytes of HTTP/1.1."""

from __future__ import annotations

import pytest

from moto_lambda_urls.intercept.response_writer import delimited, head_bytes
from moto_lambda_urls.messages import Headers, Response

pytestmark = pytest.mark.in_process


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
