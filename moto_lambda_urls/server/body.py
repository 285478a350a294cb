"""The body of one request on a connection that others share: bounded, and not asked for before it is wanted."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from werkzeug.serving import DechunkedInput

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BrokenBodyError(OSError):
    """The body is not what its headers said: a bad chunk, too many bytes, or the client left."""


class RequestBody(io.RawIOBase):
    """Reads up to the end of the body and no further.

    ``length`` is its Content-Length, None when it is chunked; ``most`` the bound of a chunked one in bytes. ``ask``
    is called before the first byte is read: it sends ``100 Continue`` to a client that waits for it.
    """

    def __init__(
        self, source: BinaryIO, *, length: int | None, most: int, ask: Callable[[], None] | None = None
    ) -> None:
        self._source = source if length is not None else DechunkedInput(source)
        self._chunked = length is None
        self._left = most if length is None else length
        self._ask = ask
        self.at_end = length == 0

    @property
    def asked_for(self) -> bool:
        """Whether the client has been told to send, or never waited for that."""
        return self._ask is None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        if self.at_end or not len(view):
            return 0
        if self._ask is not None:
            ask, self._ask = self._ask, None
            ask()
        got = self._read(view if self._chunked else view[: self._left])
        self._left -= got
        self.at_end = not got if self._chunked else not self._left
        if self._left < 0:
            raise BrokenBodyError("the request's body is too large")
        if not got and not self._chunked:
            raise BrokenBodyError("the client left in the middle of its body")
        return got

    def _read(self, view: memoryview) -> int:
        try:
            return self._source.readinto(view) or 0  # type: ignore[attr-defined]  # typeshed's BinaryIO lacks it
        except (ConnectionError, TimeoutError):
            raise
        except OSError as error:
            raise BrokenBodyError(str(error)) from error

    def discard(self, most: int) -> bool:
        """Read what is left, at most ``most`` bytes of it; whether that was all."""
        scratch = bytearray(65_536)
        while not self.at_end and most > 0:
            most -= self.readinto(memoryview(scratch)[:most])
        return self.at_end
