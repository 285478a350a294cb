"""Handlers that stream, and what one may stream first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

RAW_PRELUDE = b'{"headers": {"x-a": "b"}, "statusCode": 418}' + bytes(8)
"""Status and headers as the Python runtime writes them before a body."""


class Watched:
    """A handler that streams ``pieces``, and tells how it ended."""

    def __init__(self, *pieces: Any) -> None:
        self.pieces = pieces
        self.made = 0
        self.ended_by: list[type[BaseException] | None] = []

    def __call__(self, _event: Any, _context: Any) -> Iterator[Any]:
        try:
            for piece in self.pieces:
                self.made += 1
                yield piece
        except BaseException as error:
            self.ended_by.append(type(error))
            raise
        else:
            self.ended_by.append(None)
