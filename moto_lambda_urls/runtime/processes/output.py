"""What a process writes: text as it is, and log messages in the frames of Lambda's own runtimes.

A frame is four bytes of type, four of length, eight of time in microseconds, all big-endian, and the message. Its type
begins with a byte that no text in UTF-8 begins with, so that both can share a pipe and keep their order.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Callable

MAX_CHARACTERS = 4 * 1024 * 1024
"""A decision: of one invocation's output, so that a function that never stops printing fills no memory."""

_MAX_FRAME_BYTES = 4 * MAX_CHARACTERS
_MARK = b"\xa5\x5a\x00"
_HEAD = struct.Struct(">IIQ")


class OutputReader:
    """Output as it comes in: ``write`` is called with text, ``add`` with whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._left = MAX_CHARACTERS

    def begin(self) -> None:
        """An invocation begins, whose output is counted anew."""
        self._left = MAX_CHARACTERS

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
            self._pass(message, add)

    def _text(self, length: int, write: Callable[[str], None]) -> None:
        if length:
            text = self._decoder.decode(bytes(self._buffer[:length]))
            del self._buffer[:length]
            self._pass(text, write)

    def _pass(self, text: str, to: Callable[[str], None]) -> None:
        if self._left > 0:
            kept = text[: self._left]
            self._left -= len(text)
            to(kept if self._left > 0 else f"{kept}\n[output over {MAX_CHARACTERS} characters is left out]\n")


def _length_of_begun_mark(data: bytearray) -> int:
    return next((length for length in (2, 1) if data.endswith(_MARK[:length])), 0)
