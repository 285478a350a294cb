"""A connection of a function's runtime to the Runtime API."""

from __future__ import annotations

import socket

import h11

from .api import Exchange, RequestStart, RuntimeApi, error_answer

_MAX_HEAD_BYTES = 2 * 1024 * 1024
"""Clients of AWS's send an X-Ray cause of up to 1 MB in one header."""
_MAX_RECEIVED = 256 * 1024
_SEND_SECONDS = 10.0
"""How long a runtime may leave a response unread."""


class RuntimeConnection:
    """One connection; ``asks`` while its request for the next invocation is not answered."""

    def __init__(self, accepted: socket.socket, api: RuntimeApi) -> None:
        self.asks = False
        self._socket = accepted
        self._api = api
        self._exchange: Exchange | None = None
        self._last = False
        self._request = _new_request()
        accepted.setblocking(False)  # a timeout would have each call of it wait for what is ready anyway
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        """The number of its socket."""
        return self._socket.fileno()

    @property
    def in_response(self) -> bool:
        """Whether the runtime was in the middle of a request."""
        return self._exchange is not None

    def receive(self) -> bool:
        """Take what has come in; False when the connection is over."""
        try:
            data = self._socket.recv(_MAX_RECEIVED)
            return bool(data) and self._take_all(data)
        except BlockingIOError:
            return True
        except OSError:
            return False

    def send(self, data: bytes) -> bool:
        """Send the response to what it asked for; False when the connection is over."""
        try:
            self._send_all(data)
        except OSError:
            return False
        return not self._last

    def close(self) -> None:
        """Close it, whatever is in progress."""
        self._socket.close()

    def _take_all(self, data: bytes) -> bool:
        try:
            while data:
                self._request.receive_data(data)
                data = self._take_request()
        except h11.RemoteProtocolError as error:
            self._send_all(error_answer(400, "BadRequest", str(error)).data)
            return False
        return self.asks or not self._last

    def _take_request(self) -> bytes:
        """Take what is there of a request; what follows its end."""
        while (event := self._request.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Request):
                self._begin(event)
            elif isinstance(event, h11.Data) and self._exchange is not None:
                self._exchange.take(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and self._exchange is not None:
                self._end(self._exchange, event)
                following = self._request.trailing_data[0]
                self._request = _new_request()
                return following
        return b""

    def _begin(self, request: h11.Request) -> None:
        start = RequestStart(request.method.decode(), request.target.decode(), _fields(request.headers.raw_items()))
        self._exchange = self._api.receive(start)
        if self._request.they_are_waiting_for_100_continue:
            self._send_all(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _end(self, exchange: Exchange, end: h11.EndOfMessage) -> None:
        self._exchange = None
        self._last = self._request.their_state is h11.MUST_CLOSE
        answer = exchange.end(_fields(end.headers.raw_items()))
        if answer is None:
            self.asks = True
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


def _new_request() -> h11.Connection:
    """A parser of one request: h11 reads on after it only where it has written the answer, too, at twice the time."""
    return h11.Connection(h11.SERVER, _MAX_HEAD_BYTES)


def _fields(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode().lower(): value.decode("latin-1") for name, value in headers}
