"""Streamed invocations in a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..invocation_request import PRELUDE_CONTENT_TYPE, InvocationRequest, Outcome
from ..streaming import MAX_PRELUDE_BYTES, SEPARATOR, STREAM_CONTENT_TYPE, split_prelude
from .session import Lender, ProcessSession


class StreamedFromProcess(Iterator[bytes]):
    """The pieces of the answer to ``call`` as they come from its process: to be read to the end, or closed.

    A runtime that answers as a whole gives one piece. ``prelude`` is what the handler said of status and headers, None
    if nothing; ``outcome`` is None until the handler has ended, its ``error`` may come in mid-stream.
    """

    def __init__(self, call: InvocationRequest, lender: Lender) -> None:
        self.prelude: dict[str, Any] | None = None
        self.outcome: Outcome | None = None
        self._ready: list[bytes] = []
        self._session = ProcessSession(call, lender, streaming=True)
        self._session.begin()
        self._begin()

    @property
    def content_type(self) -> str:
        """What the runtime calls its stream; Lambda's own name for a prelude and a body says nothing of the body.

        Where it stays that name, there is no prelude, though the runtime said so.
        """
        response = self._session.response
        named = response.content_type if response.streamed else ""
        if named.startswith(PRELUDE_CONTENT_TYPE):
            return STREAM_CONTENT_TYPE if self.prelude is not None else PRELUDE_CONTENT_TYPE
        return named or STREAM_CONTENT_TYPE

    def __next__(self) -> bytes:
        while not self._ready:
            if self.outcome is not None:
                raise StopIteration
            self._pull()
        return self._ready.pop(0)

    def close(self) -> None:
        """End the process where it stands, unless it has answered; what it made so far stays in the log."""
        if self.outcome is None:
            self.outcome = self._session.finish()
        self._ready.clear()

    def __del__(self) -> None:
        if getattr(self, "_session", None) is not None and self._session.in_progress:
            self.close()

    def _begin(self) -> None:
        session, response = self._session, self._session.response
        session.wait(lambda: response.streamed and response.pieces)
        if not response.streamed:
            payload = b"".join(response.pieces)
            response.pieces.clear()
            self._finish(payload)
            if session.failure is None and payload:
                self._ready.append(payload)
            return
        self._read_prelude()

    def _read_prelude(self) -> None:
        session, response = self._session, self._session.response
        start, found = b"", None
        while found is None:
            session.wait(lambda: response.pieces)
            if not response.pieces:
                break
            start += response.pieces.popleft()
            found = _split(start, response.content_type)
        self.prelude, body = found or (None, start)
        if body:
            self._ready.append(body)
        self._finish_when_over()

    def _pull(self) -> None:
        session, response = self._session, self._session.response
        session.wait(lambda: response.pieces)
        self._ready.extend(response.pieces)
        response.pieces.clear()
        self._finish_when_over()

    def _finish_when_over(self) -> None:
        response = self._session.response
        if (response.ended or self._session.failure is not None) and not response.pieces:
            self._session.wait(lambda: False)  # for the failure that the end of a response may bring
            self._finish(b"")

    def _finish(self, payload: bytes) -> None:
        self.outcome = self._session.finish(payload)


def _split(start: bytes, content_type: str) -> tuple[dict[str, Any] | None, bytes] | None:
    """As ``split_prelude``; a stream whose content type says that there is a prelude has one."""
    if not content_type.startswith(PRELUDE_CONTENT_TYPE):
        return split_prelude(start)
    head, separator, body = start.partition(SEPARATOR)
    if not separator:
        return None if len(start) <= MAX_PRELUDE_BYTES else (None, start)
    try:
        prelude = json.loads(head)
    except ValueError:
        return None, start
    return (prelude, body) if isinstance(prelude, dict) else (None, start)
