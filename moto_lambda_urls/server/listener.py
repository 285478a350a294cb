"""A listening socket that answers each connection in a thread of its own, and can end without losing a request."""

from __future__ import annotations

import logging
import socket
import ssl
from threading import Lock
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer

from ..messages.addresses import is_loopback
from .connection import Connection
from .workers import Workers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_logger = logging.getLogger("moto_lambda_urls.server")
POLL_SECONDS = 0.05
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Addresses that are all of a machine's, and the one of them to call."""
_OPEN = (
    "Listening at %s: whoever can reach this machine can run code on it, through Lambda's API. "
    "Listen at 127.0.0.1, or let only trusted machines through."
)
_BACKLOG = 256
_FINISH_SECONDS = 2.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket at ``host``, an address or a name; the caller closes it.

    :raises socket.gaierror: nobody knows the name. OSError: the address cannot be had.
    """
    socket.getaddrinfo(host, port)  # create_server would hide what it raises
    return socket.create_server((host, port), family=address_family(host), backlog=_BACKLOG)


def address_family(host: str) -> socket.AddressFamily:
    """The kind of socket that can listen at ``host``, an address or a name."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def base_url(scheme: str, host: str, port: int) -> str:
    """The URL under which a client on this machine finds what listens at ``host``, an address."""
    host = ANY_ADDRESS.get(host, host)
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def warn_if_open(host: str) -> None:
    """Log what it means to listen at ``host``, where other machines reach that."""
    if not is_loopback(host):
        _logger.warning(_OPEN, host)


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
