"""A port of its own for each function URL: nothing but the function answers there."""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from ..control.url_index import url_index
from .connection import LOCAL_PORT
from .front import SITE
from .listener import POLL_SECONDS, listen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from ..messages.addresses import Addressable

_logger = logging.getLogger("moto_lambda_urls.server")
_FIRST_PORT, _PORTS = 20_000, 12_000
"""Below those that Linux, macOS and Windows hand out when they are asked for any."""
_TRIES = 3

Process = Callable[[Any, Any], None]
"""Answers a connection, given with the client's address, in a thread of its own."""


class UrlPorts:
    """Listens for each function URL that there is, and says to ``app`` which one a request came to.

    :param ports: where the port of each URL id is kept, for those who show URLs.
    """

    def __init__(
        self, app: WSGIApplication, *, host: str, tls: ssl.SSLContext | None, ports: MutableMapping[str, int]
    ) -> None:
        self._app = app
        self._host = host
        self._tls = tls
        self._ports = ports
        self._sites: dict[int, Addressable] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._lock = Lock()
        self._selector = selectors.DefaultSelector()
        self._ended = Event()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        site = self._sites.get(environ.get(LOCAL_PORT, 0))  # kept when the URL is gone: its connections may stay
        return self._app(environ if site is None else {**environ, SITE: site}, start_response)

    @contextmanager
    def open(self, process: Process) -> Iterator[None]:
        """Listen while the block runs, for the URLs that there are and for those that come."""
        with ExitStack() as undo:
            undo.callback(self._close)
            woken, wakes = socket.socketpair()
            undo.enter_context(woken)
            undo.enter_context(wakes)
            self._selector.register(woken, selectors.EVENT_READ)  # Windows cannot wait for no socket at all
            thread = Thread(target=self._accept, args=(process,), daemon=True, name="moto-lambda-urls-ports")
            thread.start()
            undo.callback(thread.join)
            undo.callback(wakes.send, b"\0")
            undo.callback(self._ended.set)
            undo.enter_context(url_index.watched_by(self))
            yield

    def opened(self, config: Addressable) -> None:
        """Listen for the URL of ``config``, unless it has its port already."""
        with self._lock:
            if config.url_id in self._sockets:
                return
            try:
                listening = self._listen(_derived_port(config.url_id))
            except OSError as error:
                _logger.warning("The function URL %s has no port of its own: %s", config.url_id, error)
                return
            port = listening.getsockname()[1]
            self._sites[port] = config
            self._sockets[config.url_id] = listening
            self._ports[config.url_id] = port
            self._selector.register(listening, selectors.EVENT_READ)

    def gone(self, config: Addressable) -> None:
        """Listen for the URL of ``config`` no more."""
        with self._lock:
            listening = self._sockets.pop(config.url_id, None)
            if listening is not None:
                del self._ports[config.url_id]
                self._selector.unregister(listening)
                listening.close()

    def _listen(self, wanted: int) -> socket.socket:
        for port in (*range(wanted, wanted + _TRIES), 0):
            try:
                listening = listen(self._host, port)
            except OSError:
                if port == 0:
                    raise
                continue
            break
        if self._tls is not None:
            listening = self._tls.wrap_socket(listening, server_side=True, do_handshake_on_connect=False)
        listening.settimeout(POLL_SECONDS)  # a client may leave before it is accepted
        return listening

    def _accept(self, process: Process) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(POLL_SECONDS):
                try:
                    process(*key.fileobj.accept())  # type: ignore[union-attr]  # only sockets are registered
                except OSError:
                    continue  # the client has left, or the URL has gone

    def _close(self) -> None:
        with self._lock:
            self._selector.close()
            for listening in self._sockets.values():
                listening.close()
            self._sockets.clear()
            self._ports.clear()


def _derived_port(url_id: str) -> int:
    """The same for a URL id in every run."""
    return _FIRST_PORT + int.from_bytes(sha256(url_id.encode()).digest()[:4], "big") % _PORTS
