"""Where requests end on a connection, with llhttp and h11 as judges: they agree with ours, or ours refuses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.http_judges import Parsed, by_h11, by_llhttp
from support.listening import connected, listening, read_all

from moto_lambda_urls.server.listener import Listener

pytestmark = pytest.mark.in_process

METHODS = ("GET", "POST", "PUT")
REQUEST_LINES = [
    b"GET /a HTTP/1.1",
    b"POST /b?c=d HTTP/1.1",
    b"PUT http://h/x HTTP/1.1",
    b"GET / HTTP/1.0",
    b"\r\nGET / HTTP/1.1",
]
HEADER_LINES = [
    b"Host: h",
    b"Content-Length: 3",
    b"Content-Length:5 ",
    b"content-length: 0",
    b"Content-Length: 03",
    b"Content-Length: 3, 3",
    b"Content-Length : 3",
    b"Transfer-Encoding: chunked",
    b"transfer-encoding:\tChunked ",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: identity",
    b"Connection: keep-alive",
    b"A: \xe9",
    b" folded: 3",
    b"Transfer-Encoding\t: chunked",
]
BODIES = [
    b"",
    b"abc",
    b"abcde",
    b"3\r\nabc\r\n0\r\n\r\n",
    b"3;x=y\r\nabc\r\n0\r\n\r\n",
    b"3 ;x\r\nabc\r\n0\r\n\r\n",
    b"03\r\nabc\r\n00\r\nT: 1\r\n\r\n",
    b"3\r\nabcd\r\n0\r\n\r\n",
    b"0\r\n\r\n",
    b"0\r\nGET /hidden HTTP/1.1\r\nHost: h\r\n\r\n",
]
CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
ODD = [b"\r", b"\n", b"\0", b" ", b"\t", b":", b"\r\n", b"\x80", b"0", b";", b",", b"\x0b"]


def request(line: bytes, headers: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join([line, *headers, b"", body])


USUAL = st.builds(
    request,
    st.sampled_from(REQUEST_LINES),
    st.lists(st.sampled_from(HEADER_LINES), max_size=3).map(lambda lines: [b"Host: h", *lines]),
    st.sampled_from(BODIES),
)


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """Requests one after another, with a byte or two put in, taken out or put in another's place."""
    sent = b"".join(draw(st.lists(USUAL, min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(sent)))
        sent = sent[:at] + draw(st.sampled_from([*ODD, b""])) + sent[at + draw(st.integers(0, 1)) :]
    return sent


class Reader:
    """An application that remembers the requests whose body it could read."""

    def __init__(self) -> None:
        self.seen: list[Parsed] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = environ["wsgi.input"].read()
        self.seen.append(Parsed(environ["REQUEST_METHOD"], environ["RAW_URI"], body))
        start_response("204 No Content", [])
        return []


READER = Reader()


@pytest.fixture(scope="module")
def reading() -> Iterator[Listener]:
    with listening(READER) as listener:
        yield listener


@pytest.mark.parametrize("judge", [by_llhttp, by_h11])
def test_judge_reads_what_is_usual(judge: Any) -> None:
    sent = request(REQUEST_LINES[1], [b"Host: h", b"Transfer-Encoding: chunked"], b"3\r\nabc\r\n0\r\n\r\n")
    assert judge(sent * 2) == [Parsed("POST", "/b?c=d", b"abc")] * 2


@settings(max_examples=500)
@example(CHUNKED.replace(b"Transfer", b"Content-Length: 3\r\nTransfer") + b"0\r\n\r\nGET / HTTP/1.1\r\n")
@example(CHUNKED + b"3\r\nabc\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
@given(bent())
def test_requests_end_where_others_say(reading: Listener, sent: bytes) -> None:
    READER.seen = []
    with connected(reading) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        answers = read_all(client)
    refused = b"HTTP/1.1 4" in answers or b"HTTP/1.1 505" in answers
    closed = b"Connection: close" in answers
    assert answers.count(b"HTTP/1.1 204") == len(READER.seen)
    known = list(takewhile(lambda each: each.method in METHODS, READER.seen))  # llhttp knows its methods by name
    for judge, seen in ((by_llhttp, known), (by_h11, READER.seen)):
        judged = judge(sent)
        assert seen == judged[: len(seen)], judge.__name__
        assert refused or closed or len(judged) == len(seen), judge.__name__
