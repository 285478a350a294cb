"""A listening socket that answers each connection in a thread of its own, and can end without losing a request."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from contextvars import Context
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer

from .connection import Connection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_logger = logging.getLogger("moto_lambda_urls.server")
POLL_SECONDS = 0.05
MAX_IDLE = 32
"""Threads that are kept for connections to come; there is no bound to those at work."""
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that are all of a machine's, and the one of them to call."""
_BACKLOG = 256
_FINISH_SECONDS = 2.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at ``host``, an address or a name; the caller closes it.

    :raises OSError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


class Listener(ThreadedWSGIServer):
    """werkzeug's threaded server on a socket that is open already; ``finish`` lets running requests end."""

    def __init__(
        self,
        listening: socket.socket,
        app: WSGIApplication,
        *,
        tls: ssl.SSLContext | None = None,
        logger: logging.Logger = _logger,
    ) -> None:
        self.logger = logger
        host, port = listening.getsockname()[:2]
        self._open: set[socket.socket] = set()
        self._open_lock = Lock()
        self._workers = Workers(self.process_request_thread)
        super().__init__(host, port, app, Connection, fd=listening.fileno(), ssl_context=tls)
        if tls is not None:
            # Else a client that connects and says nothing would keep all others waiting in accept().
            self.socket.do_handshake_on_connect = False  # type: ignore[attr-defined]  # it is an SSLSocket now

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        self._workers.take(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: what an application raises is logged where it is caught; this is a socket that broke."""

    def finish(self) -> None:
        """Stop listening; answer what was asked, at most for two seconds; close every connection."""
        self.shutdown()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            _shut(connection, socket.SHUT_RD)
        self._workers.end(_FINISH_SECONDS)
        for connection in connections:
            _shut(connection, socket.SHUT_RDWR)


def _shut(connection: socket.socket, how: int) -> None:
    try:
        connection.shutdown(how)
    except OSError:
        return  # closed meanwhile


class Workers:
    """Runs ``serve`` for each connection, in a thread of its own for as long as that takes.

    :param serve: called with a connection's socket and address; it raises nothing.
    """

    def __init__(self, serve: Callable[[Any, Any], None]) -> None:
        self._serve = serve
        self._lock = Lock()
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._ending = False

    def take(self, connection: Any, address: Any) -> None:
        """Have the connection served.

        :raises RuntimeError: no thread is idle, and the system gives no new one.
        """
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None:
            worker = _Worker(self._serve, self._put_back)
            worker.start()
            with self._lock:
                self._all.add(worker)
        worker.jobs.put((connection, address))

    def end(self, seconds: float) -> None:
        """End every thread, those at work when their connection has ended; wait at most ``seconds`` for that."""
        with self._lock:
            self._ending = True
            everyone, idle, self._idle = list(self._all), self._idle, []
        for worker in idle:
            worker.jobs.put(None)
        until = monotonic() + seconds
        for worker in everyone:
            worker.join(max(0.0, until - monotonic()))

    def _put_back(self, worker: _Worker) -> bool:
        """Keep ``worker`` for another connection; whether it is wanted."""
        with self._lock:
            wanted = not self._ending and len(self._idle) < MAX_IDLE
            if wanted:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
            return wanted


class _Worker(Thread):
    def __init__(self, serve: Callable[[Any, Any], None], put_back: Callable[[_Worker], bool]) -> None:
        super().__init__(name="moto-lambda-urls-connection", daemon=True)
        self.jobs: SimpleQueue[tuple[Any, Any] | None] = SimpleQueue()
        self._serve = serve
        self._put_back = put_back

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            Context().run(self._serve, *job)
            del job
            if not self._put_back(self):
                return
