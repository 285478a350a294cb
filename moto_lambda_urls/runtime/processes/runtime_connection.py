"""A connection of a function's runtime to the Runtime API."""

from __future__ import annotations

import socket

from .api import Exchange, RuntimeApi, error_answer
from .request_parser import Malformed, RequestEnd, RequestParser, RequestStart

_MAX_RECEIVED = 256 * 1024
_SEND_SECONDS = 10.0
"""How long a runtime may leave a response unread."""


class RuntimeConnection:
    """One connection; ``asks`` while its request for the next invocation is not answered."""

    def __init__(self, accepted: socket.socket, api: RuntimeApi) -> None:
        self.asks = False
        self._socket = accepted
        self._api = api
        self._parser = RequestParser()
        self._exchange: Exchange | None = None
        self._last = False
        accepted.setblocking(False)  # a timeout would have each call of it wait for what is ready anyway
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        """The number of its socket."""
        return self._socket.fileno()

    @property
    def in_response(self) -> bool:
        """Whether the runtime was in the middle of a request."""
        return self._parser.in_body

    def receive(self) -> bool:
        """Take what has come in; False when the connection is over."""
        try:
            data = self._socket.recv(_MAX_RECEIVED)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(data) and self._take_all(data)

    def _take_all(self, data: bytes) -> bool:
        try:
            self._parser.feed(data)
            while (event := self._parser.next_event()) is not None:
                self._take(event)
        except OSError:
            return False
        except Malformed as error:
            self.send(error_answer(400, "BadRequest", str(error)).data)
            return False
        return not self._last

    def send(self, data: bytes) -> bool:
        """Send a response; False when the connection is over."""
        try:
            self._send_all(data)
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Close it, whatever is in progress."""
        self._socket.close()

    def _take(self, event: RequestStart | bytes | RequestEnd) -> None:
        if isinstance(event, RequestStart):
            self._exchange = self._api.receive(event)
            self._last = event.headers.get("connection", "").lower() == "close"
            if event.headers.get("expect", "").lower() == "100-continue":
                self._send_all(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif self._exchange is not None:
            if isinstance(event, bytes):
                self._exchange.take(event)
                return
            answer = self._exchange.end(event.trailers)
            self._exchange = None
            if answer is None:
                self.asks, self._last = True, False
            else:
                self._send_all(answer.data)

    def _send_all(self, data: bytes) -> None:
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):  # the runtime has not read what came before
            self._socket.settimeout(_SEND_SECONDS)
            self._socket.sendall(memoryview(data)[sent:])
            self._socket.setblocking(False)
