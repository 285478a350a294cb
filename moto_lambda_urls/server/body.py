"""Reading of a request's body, up to a limit, from a connection that is kept open."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from .request_head import FIELD_LINE, BadRequestError, RequestHead
from .response_writer import Writable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BODY_BYTES = 5 * 1024**3
"""What S3 takes in one PUT: the largest body that any of AWS's APIs has. Decision."""
_MAX_LINE_BYTES = 8_192
_MAX_TRAILERS = 100
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n")


class BrokenBodyError(OSError):
    """The body is not what its headers said: a bad chunk, too many bytes, or the client left."""


class RequestBody(io.RawIOBase):
    """Reads up to the end of the body and no further.

    ``length`` is its Content-Length, None when it is chunked; ``most`` the bound of a chunked one in bytes. ``ask`` is
    called before the first byte is read: it sends ``100 Continue`` to a client that waits for it.
    """

    def __init__(
        self, source: io.BufferedIOBase, *, length: int | None, most: int, ask: Callable[[], object] | None = None
    ) -> None:
        self._source = source
        self._chunked = length is None
        self._left = length or 0  # in this chunk, or in the whole
        self._most = most
        self._ask = ask
        self._first = True
        self.at_end = length == 0

    def is_short(self, most: int) -> bool:
        """Whether what is left will come, in at most ``most`` bytes as far as is known."""
        return self.at_end or (self._ask is None and self._left <= most)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self._ask is not None and not self.at_end:
            ask, self._ask = self._ask, None
            ask()
        if self._chunked and not self._left and not self.at_end:
            self._next_chunk()
        if self.at_end or not len(view):
            return 0
        got = self._source.readinto(view[: self._left]) or 0
        if not got:
            raise BrokenBodyError("the client left in the middle of its body")
        self._left -= got
        self.at_end = not self._left and not self._chunked
        return got

    def discard(self, most: int) -> bool:
        """Read what is left, at most ``most`` bytes of it; whether that was all."""
        scratch = bytearray(65_536)
        while not self.at_end and most > 0:
            most -= self.readinto(memoryview(scratch)[:most])
        return self.at_end

    def _next_chunk(self) -> None:
        if not self._first and self._line() != b"\r\n":
            raise BrokenBodyError("a chunk is longer than it said")
        self._first = False
        found = _CHUNK_LINE.fullmatch(self._line())
        if found is None:
            raise BrokenBodyError("a chunk does not begin with its size")
        self._left = int(found[1], 16)
        self._most -= self._left
        if self._most < 0:
            raise BrokenBodyError("the request's body is too large")
        if not self._left:
            self._skip_trailers()

    def _skip_trailers(self) -> None:
        for _ in range(_MAX_TRAILERS):
            line = self._line()
            if line == b"\r\n":
                self.at_end = True
                return
            if not FIELD_LINE.fullmatch(line):
                raise BrokenBodyError("a trailer is not of the form 'name: value'")
        raise BrokenBodyError("the request's body has too many trailers")

    def _line(self) -> bytes:
        line = self._source.readline(_MAX_LINE_BYTES)
        if not line.endswith(b"\r\n"):
            raise BrokenBodyError("the client left in the middle of its body, or a line of it is malformed")
        return line


def body_of(head: RequestHead, source: io.BufferedIOBase, out: Writable) -> RequestBody:
    """The body that follows ``head`` in ``source``; a client that waits for ``100 Continue`` gets it through ``out``.

    :raises BadRequestError: it will have more than ``MAX_BODY_BYTES``.
    """
    if head.length is not None and head.length > MAX_BODY_BYTES:
        raise BadRequestError(f"At most {MAX_BODY_BYTES} bytes", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    waits = head.expects_continue and head.length != 0
    ask = (lambda: out.write(_CONTINUE)) if waits else None
    return RequestBody(source, length=head.length, most=MAX_BODY_BYTES, ask=ask)
