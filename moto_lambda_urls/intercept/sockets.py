"""In-memory sockets for http.client's connections and responses, with the gateway at the other end."""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse, RemoteDisconnected
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..messages import Handle, Request, Response
from ..messages.addresses import function_url_host
from ..patching.patches import Method
from .response_writer import BAD_REQUEST, BodyParts, delimited, head_bytes
from .timeouts import answer, seconds

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def connect_in_memory(handle: Handle, connection: Any, host: str) -> MemorySocket:
    """Let ``connection`` make its next exchange with the function URL ``host``, by the socket that it gets."""
    connection.sock = sock = MemorySocket(handle, connection, host)
    return sock


def connecting(in_memory: Callable[[Any, str], object], original: Method) -> Method:
    """The method ``connect`` of a connection, which calls ``in_memory`` in place of ``original`` for a function URL."""

    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
        else:
            in_memory(connection, host)

    return connect


def client_response(response: Response, method: str) -> HTTPResponse:
    """The delimited ``response`` to ``method`` as an ``http.client.HTTPResponse``."""
    source: Any = SimpleNamespace(makefile=lambda _mode: io.BufferedReader(_AnswerBytes(lambda: response)))
    answered = HTTPResponse(source, method=method)
    answered.begin()
    return answered


class MemorySocket:
    """Takes one request, gives the answer to it.

    When that is asked for, ``connection.sock`` is None, as after ``Connection: close``, so that the client opens
    another socket for the next request. A client that has the ``request`` as a message need not write it.
    """

    request: Request | None = None

    def __init__(self, handle: Handle, connection: Any, host: str) -> None:
        self._handle = handle
        self._connection = connection
        self._host = host
        self._written = bytearray()
        self.settimeout(connection.timeout)

    def settimeout(self, timeout: object) -> None:
        """How long a read may take, in seconds."""
        self._timeout = seconds(timeout)

    def sendall(self, data: Any) -> None:
        """Take the next bytes of the request."""
        self._written += data

    def response(self) -> Response:
        """The delimited answer to the request.

        :raises Late: it took longer than the timeout.
        :raises RemoteDisconnected: the request is not complete.
        """
        try:
            request = self.request or self._written_request()
        except ValueError:
            return BAD_REQUEST
        if request is None:
            raise RemoteDisconnected("Remote end closed connection without response")
        return delimited(answer(self._handle, request, self._timeout), request.method)

    def _written_request(self) -> Request | None:
        # Here: h11 must not load with a mock, and most clients have a message.
        from .request_reader import RequestReader

        return RequestReader(self._host).read(bytes(self._written))

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
