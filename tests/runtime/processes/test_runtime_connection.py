"""A runtime's connection: requests however they come, what is no request, and a runtime that does not read."""

from __future__ import annotations

import itertools
import json
import re
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.runtime.processes import runtime_connection
from moto_lambda_urls.runtime.processes.api import Answer, ErrorReport, InvocationResponse, RuntimeApi
from moto_lambda_urls.runtime.processes.runtime_connection import RuntimeConnection

LARGE = bytes(range(256)) * 65536
"""More than the buffers of a connection hold."""
MB = 1024 * 1024
PATH = b"/2018-06-01/runtime/invocation"
ASK = b"GET %b/next HTTP/1.1\r\nHost: api\r\n\r\n" % PATH
RESPONSE = b"POST %b/id/response HTTP/1.1\r\nHost: api\r\n" % PATH
ERROR = b"POST %b/id/error HTTP/1.1\r\nHost: api\r\n" % PATH
SEVERAL = (
    b"GET /none?a=b HTTP/1.1\r\nHost: api\r\nX: a: b \r\n\r\n"
    b"POST %b/other/response HTTP/1.1\r\nhost: api\r\nContent-Length: 5\r\n\r\nhello"
    b"%bTransfer-Encoding: chunked\r\nTrailer: T\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\r\n"
    b"5;x=y\r\nhe\r\nl\r\nA\r\n0123456789\r\n"
    b"0\r\nLambda-Runtime-Function-Error-Type: \xe9\r\nLambda-Runtime-Function-Error-Body: e30=\r\n\r\n"
    b"%bTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    b"%b"
) % (PATH, RESPONSE, ERROR, ASK)
ACCEPTED = Answer(202, {"status": "OK"}).data


@contextmanager
def connected(api: RuntimeApi) -> Iterator[tuple[RuntimeConnection, socket.socket]]:
    """Both ends: ours, and the runtime's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        runtime = socket.create_connection(listener.getsockname())
        connection = RuntimeConnection(listener.accept()[0], api)
    with runtime:
        try:
            yield connection, runtime
        finally:
            connection.close()


@pytest.fixture
def ends() -> Iterator[tuple[RuntimeConnection, socket.socket]]:
    """Both ends of a new runtime's connection."""
    with connected(RuntimeApi("api")) as both:
        yield both


def begun() -> RuntimeApi:
    """One whose runtime has got the invocation ``id``."""
    api = RuntimeApi("api")
    api.begin(InvocationResponse("id"))
    return api


def answered(api: RuntimeApi, *pieces: bytes) -> bytes:
    """What a runtime reads that sends ``pieces`` and then says no more."""
    with connected(api) as (connection, runtime):

        def send() -> None:
            with suppress(OSError):  # the connection may be over before
                for piece in pieces:
                    runtime.sendall(piece)
                runtime.shutdown(socket.SHUT_WR)

        sender = Thread(target=send)
        sender.start()
        while connection.receive():
            assert select.select([connection], [], [], 60)[0]
        with socket.socket(fileno=socket.dup(connection.fileno())) as ours:
            ours.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: runtime.recv(65536), b""))
        connection.close()
        sender.join()
        return received


@given(st.lists(st.integers(0, len(SEVERAL)), max_size=30))
def test_requests_however_they_are_cut(cuts: list[int]) -> None:
    at = [0, *sorted(cuts), len(SEVERAL)]
    api = begun()
    response = api.response
    assert response is not None
    answers = answered(api, *(SEVERAL[start:end] for start, end in itertools.pairwise(at)))
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"404", b"400", b"202", b"403"]
    assert b"".join(response.pieces) == b"he\r\nl0123456789"
    assert response.error == ErrorReport("\xe9", b"{}")
    assert api.waiting


GARBAGE = [
    b"\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/2\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: api\r\nHost: api\r\n\r\n",
    RESPONSE + b"no header\r\n\r\n",
    RESPONSE + b": v\r\n\r\n",
    RESPONSE + b"X: \x00\r\n\r\n",
    RESPONSE + b"Content-Length: -1\r\n\r\n",
    RESPONSE + b"Content-Length: 1_0\r\n\r\n",
    RESPONSE + b"Content-Length: x\r\n\r\n",
    RESPONSE + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    RESPONSE + b"Transfer-Encoding: gzip\r\n\r\n",
    RESPONSE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    RESPONSE + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n",
    b"x" * (2 * MB + 1),
    RESPONSE + b"X: " + b"x" * 3 * MB,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: repr(garbage[-30:]))
def test_garbage(garbage: bytes) -> None:
    head, _, body = answered(begun(), garbage).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert json.loads(body)["errorType"] == "BadRequest"


PIECES = [
    RESPONSE,
    ERROR,
    ASK,
    b"\r\n",
    b"0\r\n",
    b"Content-Length: 3\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"\0",
    b" ",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=20), max_size=20))
def test_any_bytes_are_answered_or_waited_for(pieces: list[bytes]) -> None:
    received = answered(begun(), b"".join(pieces))
    assert received == b"" or received.startswith(b"HTTP/1.1 ")


def test_large_header() -> None:
    api = begun()
    cause = b"Lambda-Runtime-Function-XRay-Error-Cause: " + b"x y" * (MB // 3)
    sent = ERROR + cause + b"\r\nLambda-Runtime-Function-Error-Type: T\r\nContent-Length: 2\r\n\r\n{}"
    assert answered(api, sent) == ACCEPTED
    assert api.response is not None
    assert api.response.error == ErrorReport("T", b"{}")


def test_body_that_waits_to_be_asked_for() -> None:
    with connected(begun()) as (connection, runtime):
        runtime.sendall(RESPONSE + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            assert connection.receive()
            if select.select([runtime], [], [], 0.01)[0]:
                asked += runtime.recv(100)
        assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
        runtime.sendall(b"{}")
        while connection.in_response:
            assert connection.receive()
        assert runtime.recv(len(ACCEPTED)) == ACCEPTED


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1\r\nHost: api\r\nConnection: close\r\n",
        b"HTTP/1.0\r\nHost: api\r\n",
    ],
)
def test_last_request(head: bytes) -> None:
    with connected(begun()) as (connection, runtime):
        runtime.sendall(b"POST %b/id/response %bContent-Length: 2\r\n\r\n{}" % (PATH, head))
        while connection.receive():
            assert select.select([connection], [], [], 60)[0]
        assert runtime.recv(len(ACCEPTED)) == ACCEPTED
    with connected(RuntimeApi("api")) as (connection, runtime):
        runtime.sendall(b"GET %b/next %b\r\n" % (PATH, head))
        while not connection.asks:
            assert connection.receive()
        assert not connection.send(b"the invocation")
        assert runtime.recv(100) == b"the invocation"


def test_first_http_without_a_host() -> None:
    api = RuntimeApi("api")
    assert answered(api, b"GET %b/next HTTP/1.0\r\n\r\n" % PATH).startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert not api.waiting


def test_offer_of_another_protocol() -> None:
    """As Java's client makes it."""
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
    api = begun()
    assert answered(api, RESPONSE + offer + b"Content-Length: 2\r\n\r\n{}", ASK) == ACCEPTED
    assert api.waiting


def test_nothing_came(ends: tuple[RuntimeConnection, socket.socket]) -> None:
    connection, runtime = ends
    assert connection.receive()
    runtime.close()
    while connection.receive():
        pass


def test_response_that_is_read_slowly_is_whole(ends: tuple[RuntimeConnection, socket.socket]) -> None:
    connection, runtime = ends
    received = bytearray()

    def read() -> None:
        while len(received) < 2 * len(LARGE):
            received.extend(runtime.recv(100_000))

    reader = Thread(target=read)
    reader.start()
    assert [connection.send(LARGE) for _ in range(2)] == [True, True]
    reader.join()
    assert received == LARGE * 2
    assert connection.receive()  # at once: it waits for nothing
    runtime.sendall(ASK)
    while not connection.asks:
        assert connection.receive()


def test_response_that_nobody_reads(
    ends: tuple[RuntimeConnection, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, _runtime = ends
    monkeypatch.setattr(runtime_connection, "_SEND_SECONDS", 0.05)
    assert not connection.send(LARGE)


def test_response_to_a_runtime_that_is_gone(ends: tuple[RuntimeConnection, socket.socket]) -> None:
    connection, runtime = ends
    runtime.close()
    assert not connection.send(LARGE)
