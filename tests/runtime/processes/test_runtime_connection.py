"""A runtime's connection: what is sent when it does not read, and what is read when nothing came."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest

from moto_lambda_urls.runtime.processes import runtime_connection
from moto_lambda_urls.runtime.processes.api import RuntimeApi
from moto_lambda_urls.runtime.processes.runtime_connection import RuntimeConnection

LARGE = bytes(range(256)) * 65536
"""More than the buffers of a connection hold."""
ASK = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: api\r\n\r\n"


@pytest.fixture
def ends() -> Iterator[tuple[RuntimeConnection, socket.socket]]:
    """Both ends: ours, and the runtime's."""
    with ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
        runtime = opened.enter_context(socket.create_connection(listener.getsockname()))
        connection = RuntimeConnection(listener.accept()[0], RuntimeApi("api"))
        opened.callback(connection.close)
        yield connection, runtime


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
