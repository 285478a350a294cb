"""Streamed invocations in this process: the pieces of a handler's answer, and the prelude with status and headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from .errors import result_too_large_message
from .exceptions import FaultException
from .in_process.session import Session
from .invocation_request import MAX_STREAMED_BYTES, InvocationRequest, Outcome
from .patches import enter_patched, uninstall

Prelude = dict[str, Any]
"""What a stream says of status and headers before its body: ``statusCode``, ``headers``, ``cookies``."""

SEPARATOR = b"\0" * 8
STREAM_CONTENT_TYPE = "application/octet-stream"
MAX_PRELUDE_BYTES = 64 * 1024
"""A decision: what goes on for longer is the body."""

_FIRST_KEYS = (b'"statusCode"', b'"headers"', b'"cookies"')
_UP_TO_FIRST_KEY = re.compile(rb"\s*\{\s*")
_END = object()


class StreamedOutcome(Iterator[bytes]):
    """The pieces of the answer to ``call``, made as they are asked for: to be read to the end, or closed.

    A handler that returns an iterator streams its items; any other result is one piece, its JSON. The handler has run
    up to its first piece when this is made.

    ``prelude`` has what the handler said first: a dict with ``statusCode``, or AWS's own form, JSON before 8 NUL bytes;
    None if it said nothing. ``outcome`` is None until the handler has ended; its ``error`` may come in mid-stream.
    """

    content_type = STREAM_CONTENT_TYPE

    def __init__(self, call: InvocationRequest) -> None:
        self.prelude: Prelude | None = None
        self.outcome: Outcome | None = None
        self._ready: list[bytes] = []
        self._items: Iterator[Any] | None = None
        self._sent = 0
        self._answer = b""
        enter_patched()
        try:
            self._session = Session(call)
        except BaseException:
            uninstall()
            raise
        self._step(self._begin)

    def __next__(self) -> bytes:
        while not self._ready:
            if self.outcome is not None:
                raise StopIteration
            self._step(self._pull)
        return self._ready.pop(0)

    def close(self) -> None:
        """End the handler's generator where it stands; what it made so far stays in the log."""
        if self.outcome is None:
            self._step(self._close_items)
        self._ready.clear()

    def __del__(self) -> None:
        if getattr(self, "_session", None) is not None:
            self.close()

    def _step(self, step: Callable[[], bool]) -> None:
        """Run ``step`` inside the invocation; it says whether there is more to come."""
        session = self._session
        try:
            with session.active():
                more = session.guarded(step)
        except BaseException:
            self._end()
            raise
        if not more:
            self._end()

    def _end(self) -> None:
        self._items = None
        try:
            self.outcome = self._session.finish(self._answer)
        finally:
            uninstall()

    def _begin(self) -> bool:
        result = self._session.call_handler(streamed=True)
        if not isinstance(result, Iterator):
            self._answer = self._session.answered(result) or b""
            self._ready = [self._answer] if self._answer else []
            return False
        self._items = result
        return self._read_prelude()

    def _read_prelude(self) -> bool:
        item = self._next_item()
        if isinstance(item, dict) and "statusCode" in item:
            self.prelude = item
            return True
        start = b""
        try:
            while item is not _END:
                start += _chunk(item)
                found = split_prelude(start)
                if found is not None:
                    self.prelude, start = found
                    break
                item = self._next_item()
        finally:  # A handler that fails here has made a piece, which may have become a prelude.
            self._add(start)
        return item is not _END

    def _pull(self) -> bool:
        item = self._next_item()
        if item is _END:
            return False
        self._add(_chunk(item))
        return True

    def _add(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._sent > MAX_STREAMED_BYTES:
            raise FaultException("Function.ResponseSizeTooLarge", result_too_large_message(MAX_STREAMED_BYTES))
        if chunk:
            self._ready.append(chunk)

    def _next_item(self) -> Any:
        items = self._items
        assert items is not None
        return self._session.within_deadline(lambda: next(items, _END))

    def _close_items(self) -> bool:
        close = getattr(self._items, "close", None)
        if close is not None:
            self._session.within_deadline(close)
        return False


def _chunk(item: object) -> bytes:
    if isinstance(item, str):
        return item.encode()
    if isinstance(item, bytes | bytearray | memoryview):
        return bytes(item)
    message = f"Unable to marshal response: Object of type {type(item).__name__} is not bytes or str"
    raise FaultException("Runtime.MarshalError", message)


def split_prelude(start: bytes) -> tuple[Prelude | None, bytes] | None:
    """The prelude that a stream starts with, and the body's bytes after it; ``(None, start)`` if it has none.

    None while ``start`` is too short to tell. A decision, since nothing but the bytes says whether there is a prelude:
    one that comes in several pieces begins with one of its keys, so that a body of JSON is not held back.
    """
    head, separator, body = start.partition(SEPARATOR)
    if separator:
        return _object(head, body, start)
    text = start.rstrip(b"\0")
    return None if _may_go_on(text, ended=len(text) < len(start)) else (None, start)


def _may_go_on(text: bytes, *, ended: bool) -> bool:
    """Whether ``text`` may be the beginning of a prelude; ``ended`` when the first of the NUL bytes follow it."""
    opening = _UP_TO_FIRST_KEY.match(text)
    if opening is None or len(text) > MAX_PRELUDE_BYTES:
        return not text
    first = text[opening.end() :]
    if not ended and not any(first.startswith(key) or key.startswith(first) for key in _FIRST_KEYS):
        return first == b"}"
    read = text.decode(errors="replace").lstrip()
    try:
        return json.JSONDecoder().raw_decode(read)[1] == len(read)
    except ValueError:
        return not ended


def _object(head: bytes, body: bytes, start: bytes) -> tuple[Prelude | None, bytes]:
    try:
        prelude = json.loads(head)
    except ValueError:
        return None, start
    return (prelude, body) if isinstance(prelude, dict) else (None, start)
