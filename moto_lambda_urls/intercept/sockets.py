"""A socket without a network: what is written to it is a request, what is read from it is the gateway's answer."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from functools import cached_property, partial
from http.client import HTTPMessage, HTTPResponse
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeVar, cast

from ..messages import Request, Response
from .calls import Late, answer
from .wire import CONTINUE, BodyParts, RequestReader, framed, head_bytes, reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Connection(Protocol):
    """What this needs of an ``http.client.HTTPConnection``."""

    sock: socket.socket | MemorySocket | None
    timeout: float | None


Shield = Callable[[Exception], BaseException]
Result = TypeVar("Result")


class MemorySocket:
    """One exchange with the function URL ``host``, for ``connection``.

    It serves a single request: when that is complete, ``connection.sock`` is None, as after ``Connection: close``, so
    that the client opens another for the next. ``shield`` turns an exception of the gateway into the one to raise.
    ``planned`` is a request that needs no bytes, and what urllib3 makes of its response.
    """

    def __init__(self, host: str, connection: Connection, shield: Shield | None = None) -> None:
        self.planned: tuple[Request, dict[str, Any]] | None = None
        self._host = host
        self._connection = connection
        self._shield = shield
        self._readable: tuple[socket.socket, socket.socket] | None = None
        self.settimeout(connection.timeout)

    @cached_property
    def _reader(self) -> RequestReader:
        return RequestReader(self._host)

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
        request = self._reader.request()
        if request is None:
            return io.BytesIO()
        self._connection.sock = None
        self.close()
        return cast("BinaryIO", io.BufferedReader(_Answer(request, self._timeout, self._shield)))

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


class MemoryResponse(HTTPResponse):
    """http.client's response, which takes over the lines of an answer from memory: parsing them is most of its time."""

    def __init__(self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None) -> None:
        super().__init__(sock, debuglevel, method, url)
        self._head_only = method == "HEAD"

    def begin(self) -> None:
        """Become the answer; a response from anywhere else is read as ever."""
        source = getattr(self.fp, "raw", None)
        if not isinstance(source, _Answer) or self.headers:
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
        self.chunked = "Transfer-Encoding" in self.headers
        self.chunk_left = None
        self.will_close = False
        empty = self._head_only or response.status < 200 or response.status in (204, 304)
        self.length = 0 if empty else None if self.chunked else int(self.headers["Content-Length"])


def streamed(request: Request, response: Response) -> MemoryResponse:
    """http.client's response for the framed ``response``, whose body streams, to ``request``."""
    source = _Answer(request, None, Passing, response)
    made = MemoryResponse(_Source(source), method=request.method)
    made.begin()
    return made


class _Source:
    def __init__(self, source: _Answer) -> None:
        self._source = source

    def makefile(self, mode: str) -> BinaryIO:  # noqa: ARG002 - as of a socket
        return cast("BinaryIO", io.BufferedReader(self._source))


class _Answer(io.RawIOBase):
    """The bytes of the gateway's answer to ``request``; closing it closes a streamed body.

    :raises Late: (when read) the answer or its next part did not come in time.
    """

    def __init__(
        self, request: Request, timeout: float | None, shield: Shield | None, answered: Response | None = None
    ) -> None:
        self._request = request
        self._answered = answered
        self._timeout = timeout
        self._shield = shield
        self._response: Response | None = None
        self._parts: BodyParts | None = None
        self._rest = memoryview(b"")

    def response(self) -> Response:
        """The framed response, asked for once."""
        if self._response is None:
            response = self._answered or framed(
                self._shielded(lambda: answer(self._request, self._timeout)), self._request.method
            )
            self._rest = memoryview(head_bytes(response))
            if isinstance(response.body, bytes):
                self._rest = memoryview(head_bytes(response) + response.body)
            else:
                self._parts = BodyParts(response)
            self._response = response
        return self._response

    def skip_head(self) -> None:
        """Give the streamed body only."""
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self.response()
        target = memoryview(buffer).cast("B")
        if not self._rest and self._parts:
            self._rest = memoryview(self._shielded(partial(next, self._parts, b"")))
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self._parts:
                self._parts.close()

    def _shielded(self, step: Callable[[], Result]) -> Result:
        try:
            return step()
        except Late:
            raise
        except Exception as error:
            raised = error if self._shield is None else self._shield(error)
        raise raised


class Passing(BaseException):
    """Carries ``error`` through a client's own handlers, to be raised above them."""

    def __init__(self, error: Exception) -> None:
        self.error = error
