"""http.client's connections and responses, whose far end is the gateway in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse, RemoteDisconnected
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..messages import Headers, Response
from .timeouts import Handle, answer, seconds
from .wire import BAD_REQUEST, BodyParts, MalformedRequest, RequestReader, delimited, head_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def connect_in_memory(handle: Handle, connection: Any, host: str) -> None:
    """Let ``connection`` make its next exchange with the function URL ``host``."""
    connection.sock = MemorySocket(handle, connection, host)


def client_response(response: Response, method: str) -> HTTPResponse:
    """The delimited ``response`` to ``method`` as http.client's."""
    source: Any = SimpleNamespace(makefile=lambda _mode: io.BufferedReader(_AnswerBytes(lambda: response)))
    answered = HTTPResponse(source, method=method)
    answered.begin()
    return answered


def answer_to(handle: Handle, reader: RequestReader, timeout: float | None) -> Response:
    """The delimited answer to the request that ``reader`` has been given.

    :raises Late: it took longer than ``timeout`` seconds.
    :raises RemoteDisconnected: the request is not complete.
    """
    try:
        request = reader.request()
    except MalformedRequest:
        return BAD_REQUEST
    if request is None:
        raise RemoteDisconnected("Remote end closed connection without response")
    return delimited(answer(handle, request, timeout), request.method)


class MemorySocket:
    """Takes one request, gives the answer to it.

    When that is asked for, ``connection.sock`` is None, as after ``Connection: close``, so that the client opens
    another socket for the next request.
    """

    def __init__(self, handle: Handle, connection: Any, host: str) -> None:
        self._handle = handle
        self._connection = connection
        self._reader = RequestReader(host)
        self._skips = False
        self.settimeout(connection.timeout)

    def settimeout(self, timeout: object) -> None:
        """How long a read may take, in seconds."""
        self._timeout = seconds(timeout)

    def gettimeout(self) -> float | None:
        """What ``settimeout`` was given."""
        return self._timeout

    def begin(self, method: str, target: str, headers: Headers) -> None:
        """Take the head as it is given, and not from what is sent first."""
        self._reader.begin(method, target, headers)
        self._skips = True

    def sendall(self, data: Any) -> None:
        """Take the next bytes of the request."""
        if not self._skips:
            self._reader.feed(data)
        self._skips = False

    def response(self) -> Response:
        """The delimited answer to what was sent, as of ``answer_to``."""
        return answer_to(self._handle, self._reader, self._timeout)

    def makefile(self, mode: str = "rb") -> BinaryIO:  # noqa: ARG002 - as of a socket
        """The answer as a file; the gateway is asked when it is first read."""
        self._connection.sock = None
        return cast("BinaryIO", io.BufferedReader(_AnswerBytes(self.response)))

    def close(self) -> None:
        """Nothing is open."""

    def shutdown(self, how: int) -> None:
        """Nothing is open."""


class _AnswerBytes(io.RawIOBase):
    """The bytes of the answer that ``ask`` gives when they are first read; closing it closes a streamed body."""

    def __init__(self, ask: Callable[[], Response]) -> None:
        self._ask = ask
        self._rest: memoryview | None = None
        self._parts: BodyParts | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._rest is None:
            self._rest = memoryview(self._begin())
        if not self._rest and self._parts:
            self._rest = memoryview(next(self._parts, b""))
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self._parts:
                self._parts.close()

    def _begin(self) -> bytes:
        response = self._ask()
        if isinstance(response.body, bytes):
            return head_bytes(response) + response.body
        self._parts = BodyParts(response)
        return head_bytes(response)
