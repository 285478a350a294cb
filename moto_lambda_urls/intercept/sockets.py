"""The far end of an http.client connection to a function URL, in memory."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from functools import partial
from http.client import HTTPMessage, HTTPResponse
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..messages import Request, Response
from .errors import unwrapping
from .timeouts import answer
from .wire import BAD_REQUEST, CONTINUE, BodyParts, MalformedRequest, RequestReader, delimited, head_bytes, reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


def connect_in_memory(connection: Any, host: str) -> None:
    """Let ``connection`` make its next exchange with the function URL ``host``."""
    connection.sock = _MemorySocket(connection, host)
    if connection.response_class is HTTPResponse:
        connection.response_class = _MemoryResponse


class _MemorySocket:
    """Takes a request, gives a file with its answer.

    It serves a single request: when that is complete, ``connection.sock`` is None, as after ``Connection: close``, so
    that the client opens another for the next.
    """

    def __init__(self, connection: Any, host: str) -> None:
        self._connection = connection
        self._reader = RequestReader(host)
        self._readable: tuple[socket.socket, socket.socket] | None = None
        self.settimeout(connection.timeout)

    def settimeout(self, seconds: float | None) -> None:
        """How long a read may take; anything that is no number means Python's default."""
        number = seconds is None or isinstance(seconds, (int, float))
        self._timeout = seconds if number else socket.getdefaulttimeout()

    def gettimeout(self) -> float | None:
        """What ``settimeout`` was given."""
        return self._timeout

    def sendall(self, data: bytes) -> None:
        """Take the next bytes of the request."""
        self._reader.feed(data)

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:  # noqa: ARG002 - as of a socket
        """The answer to what was sent, as a file; the gateway is asked when it is first read."""
        if buffering == 0:  # only botocore's look for ``100 Continue``, which may come after the whole request
            return io.BytesIO(CONTINUE)
        try:
            request = self._reader.request()
        except MalformedRequest:
            ask = partial(_refusal)
        else:
            if request is None:
                return io.BytesIO()
            ask = partial(_answer, request, self._timeout)
        self._connection.sock = None
        self.close()
        return cast("BinaryIO", io.BufferedReader(_AnswerBytes(ask)))

    def fileno(self) -> int:
        """A descriptor that can be read at once, for botocore, which waits for ``100 Continue`` with ``select``."""
        if self._readable is None:
            self._readable = socket.socketpair()
            self._readable[1].send(b"\0")
        return self._readable[0].fileno()

    def close(self) -> None:
        """Let go of what ``fileno`` has opened."""
        for end in self._readable or ():
            end.close()
        self._readable = None

    def shutdown(self, how: int) -> None:
        """Nothing is open."""


class _MemoryResponse(HTTPResponse):
    """http.client's response, made of the answer itself: to write its lines and parse them again takes 50 µs.

    The parts of a streamed body are read as bytes of the wire, as urllib3 looks for their boundaries itself.
    """

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._head_only = method == "HEAD"

    @unwrapping
    def begin(self) -> None:
        """Become the answer; what is to be printed, or comes from elsewhere, is read as ever."""
        source = getattr(self.fp, "raw", None)
        if not isinstance(source, _AnswerBytes) or self.headers or self.debuglevel:
            super().begin()
            return
        response = source.response()
        if isinstance(response.body, bytes):
            self.fp = cast("io.BufferedReader", io.BytesIO(response.body))
        else:
            source.skip_head()
        self.version = 11
        self.code = self.status = response.status
        self.reason = reason(response.status)
        self.headers = self.msg = HTTPMessage()
        for name, value in response.headers:
            self.headers.set_raw(name, value)
        self.chunked = (self.headers.get("Transfer-Encoding") or "").lower() == "chunked"
        self.chunk_left = None
        self.length = self._declared_length(response.status)
        self.will_close = self.length is None and not self.chunked

    read = unwrapping(HTTPResponse.read)
    read1 = unwrapping(HTTPResponse.read1)
    readinto = unwrapping(HTTPResponse.readinto)
    readline = unwrapping(HTTPResponse.readline)
    peek = unwrapping(HTTPResponse.peek)

    def _declared_length(self, status: int) -> int | None:
        if self._head_only or status < 200 or status in (204, 304):
            return 0
        length = self.headers.get("Content-Length", "")
        return int(length) if not self.chunked and length.isascii() and length.isdigit() else None


class _AnswerBytes(io.RawIOBase):
    """The bytes of the answer that ``ask`` gives; closing it closes a streamed body.

    :raises Late: (when read) the answer or its next part did not come in time.
    """

    def __init__(self, ask: Callable[[], Response]) -> None:
        self._ask = ask
        self._response: Response | None = None
        self._parts: BodyParts | None = None
        self._rest: memoryview | None = None

    def response(self) -> Response:
        """The delimited answer, asked for once."""
        if self._response is None:
            self._response = self._ask()
            if not isinstance(self._response.body, bytes):
                self._parts = BodyParts(self._response)
        return self._response

    def skip_head(self) -> None:
        """Give the streamed body only."""
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        response = self.response()
        if self._rest is None:
            whole = response.body if isinstance(response.body, bytes) else b""
            self._rest = memoryview(head_bytes(response) + whole)
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


def _answer(request: Request, timeout: float | None) -> Response:
    return delimited(answer(request, timeout), request.method)


def _refusal() -> Response:
    return BAD_REQUEST
