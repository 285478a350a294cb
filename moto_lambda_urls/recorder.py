"""What was invoked: one Invocation a call, kept in a bounded sequence."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, overload

from .messages import Response

MOST_KEPT = 1_000


@dataclass(frozen=True, kw_only=True)
class HandlerError:
    """Why an invocation failed, as Lambda names it (``type``, ``message``), with Python's traceback text."""

    type: str
    message: str
    traceback: str = ""
    exception: BaseException | None = None


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of a handler: by a function URL (``url_id`` and ``response`` set), by Invoke, or by another service.

    ``event`` and ``result`` are the JSON values that went in and came out; ``error`` is None when the handler returned.
    ``logs`` is what CloudWatch Logs shows, ``duration_ms`` the time in the handler in milliseconds.
    """

    request_id: str
    function_name: str
    qualifier: str | None = None
    url_id: str | None = None
    event: Any = None
    result: Any = None
    response: Response | None = None
    error: HandlerError | None = None
    logs: str = ""
    duration_ms: float = 0.0


class Invocations(Sequence[Invocation]):
    """The newest invocations of a mock, oldest first; those past the bound are forgotten."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._kept: deque[Invocation] = deque(maxlen=most_kept)
        self._lock = Lock()

    def add(self, invocation: Invocation) -> None:
        """Remember ``invocation`` as the newest; safe from any thread."""
        with self._lock:
            self._kept.append(invocation)

    def clear(self) -> None:
        """Forget all invocations."""
        with self._lock:
            self._kept.clear()

    @overload
    def __getitem__(self, index: int) -> Invocation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Invocation]: ...
    def __getitem__(self, index: int | slice) -> Invocation | list[Invocation]:
        with self._lock:
            return list(self._kept)[index]

    def __iter__(self) -> Iterator[Invocation]:
        with self._lock:
            return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)
