"""Requests from bytes, however they are cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.runtime.processes.request_parser import (
    Malformed,
    RequestEnd,
    RequestParser,
    RequestStart,
    response_bytes,
)

TWO = (
    b"GET /next?a=b HTTP/1.1\r\nHost: h:1\r\nX: a: b \r\n\r\n"
    b"POST /response HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /stream HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
    b"5;x=y\r\nhe\r\nl\r\nA\r\n0123456789\r\n0\r\nT: \xe9\r\nU: 2\r\n\r\n"
    b"POST /end HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
)


def read(pieces: list[bytes]) -> list[tuple[RequestStart, bytes, RequestEnd]]:
    """The requests with their whole bodies."""
    parser, requests = RequestParser(), []
    for piece in pieces:
        parser.feed(piece)
        while (event := parser.next_event()) is not None:
            if isinstance(event, RequestStart):
                head, body = event, b""
            elif isinstance(event, bytes):
                body += event
            else:
                requests.append((head, body, event))
    assert not parser.in_body
    return requests


@given(st.lists(st.integers(0, len(TWO)), max_size=30))
def test_requests_however_they_are_cut(cuts: list[int]) -> None:
    at = [0, *sorted(cuts), len(TWO)]
    requests = read([TWO[start:end] for start, end in itertools.pairwise(at)])
    assert [(head.method, head.target, body, end.trailers) for head, body, end in requests] == [
        ("GET", "/next?a=b", b"", {}),
        ("POST", "/response", b"hello", {}),
        ("POST", "/stream", b"he\r\nl0123456789", {"t": "é", "u": "2"}),
        ("POST", "/end", b"", {}),
    ]
    assert requests[0][0].headers == {"host": "h:1", "x": "a: b"}


@pytest.mark.parametrize(
    "garbage",
    [
        b"\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\n: v\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"x" * (2 * 1024 * 1024 + 1),
    ],
)
def test_garbage(garbage: bytes) -> None:
    parser = RequestParser()
    parser.feed(garbage)
    with pytest.raises(Malformed):
        while parser.next_event() is not None:
            pass


@given(st.binary(max_size=200))
def test_any_bytes_are_requests_or_malformed(data: bytes) -> None:
    parser = RequestParser()
    parser.feed(data)
    try:
        while parser.next_event() is not None:
            pass
    except Malformed:
        pass


def test_response() -> None:
    assert response_bytes(200, "OK", {"A": "b"}, b"body") == b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 4\r\n\r\nbody"
