"""Output of the commands: logs and what handlers print, without control characters that would steer a terminal."""

from __future__ import annotations

import codecs
import io
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, TextIO

from ..messages.printable import CONTROLS

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_logger = logging.getLogger("moto_lambda_urls")


@contextmanager
def printable() -> Iterator[None]:
    """Escape, in what is written to ``sys.stdout`` and ``sys.stderr``, control characters but newline and tab.

    Logs quote requests, and handlers print them.
    """
    with redirect_stdout(_escaping(sys.stdout)), redirect_stderr(_escaping(sys.stderr)):
        yield


def log(*, verbose: bool, quiet: Sequence[str]) -> None:
    """Show the package's log on ``sys.stderr``; of the loggers in ``quiet``, warnings only unless ``verbose``."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    _logger.addHandler(handler)
    _logger.propagate = False
    _logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in () if verbose else quiet:
        logging.getLogger(name).setLevel(logging.WARNING)


def _escaping(stream: TextIO | None) -> TextIO | None:
    if stream is None:  # Python's own word for a closed one
        return None
    output = io.BufferedWriter(_Escaping(stream))
    return io.TextIOWrapper(output, stream.encoding, errors="backslashreplace", newline="", line_buffering=True)


class _Escaping(io.RawIOBase):
    """The binary side of ``stream``: the text that the bytes are is written to it, escaped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(stream.encoding)("backslashreplace")

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, data: ReadableBuffer, /) -> int:
        content = bytes(data)
        self._stream.write(self._decoder.decode(content).translate(CONTROLS))
        self._stream.flush()
        return len(content)
