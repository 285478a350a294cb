"""HTTP/1.1 on the wire, with small applications and raw sockets."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from http.client import responses
from threading import Event
from typing import Any

import pytest
from support.listening import connected, listening, read_all

from moto_lambda_urls.server.listener import Listener

pytestmark = pytest.mark.in_process


def exchange(listener: Listener, sent: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with connected(listener) as client:
        client.sendall(sent)
        return read_all(client)


def read_answer(client: socket.socket) -> bytes:
    """One answer with a Content-Length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(1)
    length = int(received.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += client.recv(length - len(body))
    return received + body


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    body = environ["wsgi.input"].read()
    answer = f"{environ['REQUEST_METHOD']} {environ['RAW_URI']} {environ['SERVER_PROTOCOL']} ".encode() + body
    start_response("200 OK", [("Content-Length", str(len(answer))), ("Date", "now")])
    return [answer]


@pytest.fixture(scope="module")
def echoing() -> Iterator[Listener]:
    with listening(echo) as listener:
        yield listener


def test_keep_alive(echoing: Listener) -> None:
    with connected(echoing) as client:
        for path in (b"/a", b"/b"):
            client.sendall(b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy" % path)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\nDate: now\r\nConnection: keep-alive\r\n\r\n"
            assert read_answer(client) == head + b"POST %b HTTP/1.1 xy" % path


def test_pipelined_requests_are_answered_in_order(echoing: Listener) -> None:
    sent = b"GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    received = exchange(echoing, sent)
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert received.index(b"GET /1 ") < received.index(b"GET /2 ")


def test_connection_close_is_kept(echoing: Listener) -> None:
    assert b"\r\nConnection: close\r\n" in exchange(echoing, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")


def test_http_1_0(echoing: Listener) -> None:
    assert exchange(echoing, b"GET / HTTP/1.0\r\n\r\n").endswith(b"GET / HTTP/1.0 ")


def test_slashes_at_the_start_of_the_path_stay(echoing: Listener) -> None:
    assert exchange(echoing, b"GET //a//b HTTP/1.0\r\n\r\n").endswith(b"GET //a//b HTTP/1.0 ")


def test_header_lines_as_sent() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        lines = repr(environ["moto_lambda_urls.header_lines"]).encode()
        start_response("200 OK", [("Content-Length", str(len(lines)))])
        return [lines]

    with listening(app) as listener:
        answer = exchange(listener, b"GET / HTTP/1.0\r\nX-b: 1\r\nx-B: 2\r\nA_c: \xe9\r\n\r\n")
    assert answer.partition(b"\r\n\r\n")[2].decode() == "[('X-b', '1'), ('x-B', '2'), ('A_c', 'é')]"


def test_chunked_request_body(echoing: Listener) -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
    with connected(echoing) as client:
        client.sendall(head + b"\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\nTrailer: 1\r\n\r\n")
        assert read_answer(client).endswith(b"POST / HTTP/1.1 abcde")
        client.sendall(head + b"Connection: close\r\n\r\n1\r\nf\r\n0\r\n\r\n")
        assert read_answer(client).endswith(b"POST / HTTP/1.1 f")


def test_answer_without_a_length_is_chunked() -> None:
    with listening(streaming) as listener, connected(listener) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n" * 2)
        received = b""
        while received.count(b"0\r\n\r\n") < 2:
            received += client.recv(65_536)
    head = b"HTTP/1.1 200 OK\r\nDate: now\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
    assert received == (head + b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n") * 2


def test_answer_without_a_length_ends_with_the_connection_in_http_1_0() -> None:
    with listening(streaming) as listener:
        assert exchange(listener, b"GET / HTTP/1.0\r\n\r\n").endswith(b"\r\nConnection: close\r\n\r\nabcde")


def streaming(_: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [("Date", "now")])
    yield b"ab"
    yield b""
    yield b"cde"


def test_chunks_are_sent_as_they_are_made() -> None:
    go_on = Event()

    def app(_: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"first"
        assert go_on.wait(5)
        yield b"second"

    with listening(app) as listener, connected(listener) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        received = b""
        while b"first" not in received:
            received += client.recv(65_536)
        go_on.set()
        while b"second" not in received:
            received += client.recv(65_536)


def test_head_and_no_content_have_no_body() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("204 No Content" if environ["REQUEST_METHOD"] == "GET" else "200 OK", [("Date", "now")])
        return [b"unwanted"]

    with listening(app) as listener:
        sent = b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
        assert exchange(listener, sent) == (
            b"HTTP/1.1 200 OK\r\nDate: now\r\nConnection: keep-alive\r\n\r\n"
            b"HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: close\r\n\r\n"
        )


def test_continue_is_sent_once_and_when_the_body_is_read(echoing: Listener) -> None:
    with connected(echoing) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"xy")
        assert read_answer(client).endswith(b"POST / HTTP/1.1 xy")


def refusing(_: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("413 Too Large", [("Content-Length", "2")])
    return [b"no"]


def test_body_that_nobody_reads_is_not_asked_for() -> None:
    with listening(refusing) as listener:
        sent = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n"
        received = exchange(listener, sent)
    assert received.startswith(b"HTTP/1.1 413 Too Large\r\n")
    assert received.endswith(b"\r\nConnection: close\r\n\r\nno")
    assert b"100 Continue" not in received


def test_early_answer_reaches_a_client_that_still_sends() -> None:
    with listening(refusing) as listener, connected(listener) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000)
        assert read_all(client).endswith(b"\r\n\r\nno")


def test_small_body_that_nobody_reads_keeps_the_connection() -> None:
    with listening(refusing) as listener, connected(listener) as client:
        for _ in range(2):
            client.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET ")
            assert read_answer(client).endswith(b"\r\n\r\nno")


def test_body_over_the_bound_is_refused_unread(echoing: Listener) -> None:
    sent = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999\r\n\r\n"
    status_line = f"HTTP/1.1 413 {responses[413]}\r\n"  # Content Too Large from Python 3.13 on
    assert exchange(echoing, sent).startswith(status_line.encode())


def test_chunked_body_over_the_bound(echoing: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto_lambda_urls.server.body.MAX_BODY_BYTES", 10)
    sent = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + b"6\r\n123456\r\n" * 5
    answer = exchange(echoing, sent)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"the request's body is too large" in answer


HEAD = b"GET / HTTP/1.1\r\nHost: h\r\n"
POST = b"POST / HTTP/1.1\r\nHost: h\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "a TLS hello": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "bytes of a file": (400, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "letters, then other bytes": (400, b"GET /\x00\xff"),
    "HTTP/2's preface": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "version 9.9.9": (505, b"GET / HTTP/9.9.9\r\n\r\n"),
    "version 0.9": (505, b"GET / HTTP/0.9\r\n\r\n"),
    "version 1.2": (505, b"GET / HTTP/1.2\r\nHost: h\r\n\r\n"),
    "no version": (400, b"GET /\r\n\r\n"),
    "no target": (400, b"GET\r\n\r\n"),
    "two spaces": (400, b"GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
    "a target that is no URL": (400, b"GET //[ HTTP/1.1\r\nHost: h\r\n\r\n"),
    "a target of CONNECT": (400, b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"),
    "a target with a name and password": (400, b"GET http://a:b@h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
    "a method that is no token": (400, b"G{T / HTTP/1.1\r\nHost: h\r\n\r\n"),
    "no Host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two Hosts": (400, HEAD + b"host: h\r\n\r\n"),
    "two Hosts in 1.0": (400, b"GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n"),
    "a line without a colon": (400, HEAD + b"nothing\r\n\r\n"),
    "a space before the colon": (400, HEAD + b"A : b\r\n\r\n"),
    "a space before the name": (400, HEAD + b" A: b\r\n\r\n"),
    "a name that is no token": (400, HEAD + b"A(b): c\r\n\r\n"),
    "an empty name": (400, HEAD + b": c\r\n\r\n"),
    "a folded line": (400, HEAD + b"A: b\r\n c\r\n\r\n"),
    "a NUL in a value": (400, HEAD + b"A: b\0c\r\n\r\n"),
    "a bare CR": (400, HEAD + b"A: b\rX: c\r\n\r\n"),
    "a bare LF": (400, HEAD + b"A: b\nX: c\r\n\r\n"),
    "a negative length": (400, POST + b"Content-Length: -1\r\n\r\n"),
    "a length of another form": (400, POST + b"Content-Length: 1e3\r\n\r\n"),
    "a length with a sign": (400, POST + b"Content-Length: +3\r\n\r\nabc"),
    "no length": (400, POST + b"Content-Length:\r\n\r\n"),
    "a list of lengths": (400, POST + b"Content-Length: 3, 3\r\n\r\nabc"),
    "two lengths": (400, POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    "one length twice": (400, POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
    "a length and chunks": (400, CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n"),
    "another coding": (400, POST + b"Transfer-Encoding: gzip\r\n\r\n"),
    "two codings": (400, POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    "two Transfer-Encodings": (400, CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "chunks in 1.0": (400, b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "a chunk without a size": (400, CHUNKED + b"\r\nzz\r\n"),
    "a chunk with 0x": (400, CHUNKED + b"\r\n0x2\r\nab\r\n0\r\n\r\n"),
    "a chunk longer than it says": (400, CHUNKED + b"\r\n2\r\nabcd\r\n"),
    "a chunk's line with a bare LF": (400, CHUNKED + b"\r\n2\nab\r\n0\r\n\r\n"),
    "a chunk's extension with a bare CR": (400, CHUNKED + b"\r\n2;a\rb\r\nab\r\n0\r\n\r\n"),
    "a trailer without a colon": (400, CHUNKED + b"\r\n0\r\nGET / HTTP/1.1\r\n\r\n"),
    "a long target": (414, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"),
    "many header lines": (431, HEAD + b"A: b\r\n" * 12_000 + b"\r\n"),
    "a long header line": (431, HEAD + b"A: " + b"b" * 70_000 + b"\r\n\r\n"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_closed(echoing: Listener, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """The answer is complete, and the request that is hidden behind the malformed one is not read."""
    status, sent = REFUSED[name]
    received = exchange(echoing, sent + b"GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert head.endswith(b"\r\nConnection: close")
    assert list(json.loads(body)) == ["message"]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("sent", [b"", b"GET", b"GET / HTTP/1.1\r\nHo"])
def test_client_that_leaves_in_mid_head(echoing: Listener, sent: bytes) -> None:
    with connected(echoing) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client)[:13] in (b"", b"HTTP/1.1 400 ")


def test_head_of_just_the_bound(echoing: Listener) -> None:
    lines = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nA: "
    assert b" 200 OK" in exchange(echoing, lines + b"b" * (65_536 - len(lines) - 4) + b"\r\n\r\n")
    assert b" 431 " in exchange(echoing, lines + b"b" * (65_536 - len(lines) - 3) + b"\r\n\r\n")


def test_empty_line_before_a_request_is_skipped(echoing: Listener) -> None:
    assert b" 200 OK" in exchange(echoing, b"\r\nGET / HTTP/1.0\r\n\r\n")


def test_absolute_target_decides_the_host() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer = environ["HTTP_HOST"].encode()
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]

    with listening(app) as listener:
        sent = b"GET http://target:8080/x HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n"
        assert exchange(listener, sent).endswith(b"\r\n\r\ntarget:8080")


def test_hang_up_in_mid_body_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    answered: list[bytes] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answered.append(environ["wsgi.input"].read())
        return echo(environ, start_response)

    with listening(app) as listener, connected(listener) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
        client.shutdown(socket.SHUT_WR)
        read_all(client)
    assert answered == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_hang_up_closes_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    closed = Event()

    def app(_: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x" * 100_000
        finally:
            closed.set()

    with listening(app) as listener:
        with connected(listener) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            client.recv(10)
        assert closed.wait(5)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_application_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    def app(_: dict[str, Any], start_response: Any) -> list[bytes]:
        raise LookupError("of the application")

    with listening(app) as listener:
        answer = exchange(listener, b"GET /x?secret=1 HTTP/1.1\r\nHost: h\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert "LookupError: of the application" in caplog.text
    assert "secret" not in caplog.text


def test_application_that_fails_in_mid_answer_cuts_it_off(caplog: pytest.LogCaptureFixture) -> None:
    def app(_: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"some"
        raise LookupError("later")

    with listening(app) as listener:
        assert exchange(listener, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").endswith(b"\r\n\r\n4\r\nsome\r\n")
    assert "LookupError: later" in caplog.text


def test_header_value_cannot_begin_another_line() -> None:
    def app(_: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X", "a\r\nSet-Cookie: b"), ("Content-Length", "0")])
        return []

    with listening(app) as listener:
        assert b"\r\nX: a Set-Cookie: b\r\n" in exchange(listener, b"GET / HTTP/1.0\r\n\r\n")


def test_one_log_line_a_request_without_its_query(echoing: Listener, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "moto_lambda_urls"):
        exchange(echoing, b"GET /a%0Ab?X-Amz-Signature=secret HTTP/1.0\r\nAuthorization: secret\r\n\r\n")
        deadline = time.monotonic() + 5
        while not caplog.records and time.monotonic() < deadline:
            time.sleep(0.01)
    (record,) = caplog.records
    assert record.getMessage().startswith("GET /a%0Ab 200 ")
    assert "secret" not in caplog.text


def test_request_that_runs_is_answered_before_the_end() -> None:
    arrived = Event()

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        arrived.set()
        time.sleep(0.2)
        return echo(environ, start_response)

    with listening(app) as listener:
        idle = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
        busy = socket.create_connection(("127.0.0.1", listener.port), timeout=5)
        with idle, busy:
            busy.sendall(b"GET /late HTTP/1.1\r\nHost: h\r\n\r\n")
            assert arrived.wait(5)
            listener.finish()
            assert read_all(busy).endswith(b"GET /late HTTP/1.1 ")
            assert read_all(idle) == b""
