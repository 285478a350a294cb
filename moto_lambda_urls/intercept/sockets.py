"""A socket without a network: what is written to it is a request, what is read from it is the gateway's answer."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from ..messages import Response
from .calls import answer, close
from .wire import CONTINUE, RequestReader, body_parts, framed, head_bytes

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Connection(Protocol):
    """What this needs of an ``http.client.HTTPConnection``."""

    sock: socket.socket | MemorySocket | None
    timeout: float | None


Shield = Callable[[Exception], BaseException]


class MemorySocket:
    """One exchange with the function URL ``host``, for ``connection``.

    It serves a single request: when that is answered, ``connection.sock`` is None, as after ``Connection: close``, so
    that the client opens another for the next. ``shield`` turns an exception of the gateway into the one to raise.
    """

    def __init__(self, host: str, connection: Connection, shield: Shield | None = None) -> None:
        self._reader = RequestReader(host)
        self._connection = connection
        self._shield = shield
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

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> BinaryIO:  # noqa: ARG002
        """The answer to what was sent, to be read as a file.

        :raises TimeoutError: the answer did not come in time.
        """
        request = self._reader.request()
        if request is None:
            return io.BytesIO(CONTINUE if self._reader.awaits_continue() else b"")
        self._connection.sock = None
        try:
            response = framed(answer(request, self._timeout), request.method)
        except TimeoutError:
            raise
        except Exception as error:
            raise (self._shield(error) if self._shield else error)
        return response_file(response)

    def close(self) -> None:
        """Nothing is open."""

    def shutdown(self, how: int) -> None:
        """Nothing is open."""


def response_file(response: Response) -> BinaryIO:
    """A framed response as a file; closing it closes a streamed body."""
    if isinstance(response.body, bytes):
        return io.BytesIO(head_bytes(response) + response.body)
    return cast("BinaryIO", io.BufferedReader(_StreamedResponse(response)))


class _StreamedResponse(io.RawIOBase):
    def __init__(self, response: Response) -> None:
        self._parts: Iterator[bytes] = body_parts(response)
        self._source = response.body
        self._rest = memoryview(head_bytes(response))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        target = memoryview(buffer).cast("B")
        if not self._rest:
            self._rest = memoryview(next(self._parts, b""))
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            close(self._source)
