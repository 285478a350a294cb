"""A listener of ours on a free port, and sockets that are connected to it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from moto_lambda_urls.server.listener import POLL_SECONDS, Listener, listen

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


@contextmanager
def listening(app: App) -> Iterator[Listener]:
    with listen("127.0.0.1", 0) as opened:
        listener = Listener(opened, app)
    thread = Thread(target=listener.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    try:
        yield listener
    finally:
        listener.finish()
        thread.join()


@contextmanager
def connected(listener: Listener) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        yield client


def read_all(client: socket.socket) -> bytes:
    received = b""
    while piece := client.recv(65_536):
        received += piece
    return received
