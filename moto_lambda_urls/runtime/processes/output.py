"""The output of a process: text as it is, and log messages in the frames of Lambda's own runtimes.

A frame is four bytes of type, four of length, eight of time in microseconds, all big-endian, and the message. Its type
begins with a byte that no text in UTF-8 begins with, so that both can share a pipe and keep their order.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable

_MAX_FRAME_BYTES = 16 * 1024 * 1024
_MARK = b"\xa5\x5a\x00"
_HEAD = struct.Struct(">IIQ")


class OutputReader:
    """Output as it comes in: ``write`` is called with text, ``add`` with whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes, write: Callable[[str], None], add: Callable[[str], None]) -> None:
        """Pass on what ``data`` completes."""
        self._buffer += data
        while self._buffer:
            at = self._buffer.find(_MARK)
            if at < 0:
                self._text(len(self._buffer) - _length_of_begun_mark(self._buffer), write)
                return
            self._text(at, write)
            if len(self._buffer) < _HEAD.size:
                return
            _, length, _ = _HEAD.unpack_from(self._buffer)
            if length > _MAX_FRAME_BYTES:
                self._text(len(_MARK), write)
                continue
            end = _HEAD.size + length
            if len(self._buffer) < end:
                return
            message = self._buffer[_HEAD.size : end].decode("utf-8", "replace")
            del self._buffer[:end]
            add(message)

    def _text(self, length: int, write: Callable[[str], None]) -> None:
        if length:
            text = self._decoder.decode(bytes(self._buffer[:length]))
            del self._buffer[:length]
            write(text)


def _length_of_begun_mark(data: bytearray) -> int:
    return next((length for length in (2, 1) if data.endswith(_MARK[:length])), 0)
