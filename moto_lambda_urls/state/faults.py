"""Planned faults: answers and delays that a test asked for, of function URLs and of Lambda's API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from re import Pattern
from threading import Lock

from ..messages import Response
from ..patching import call_site

MAX_DELAY = 86_400
"""Seconds of the longest delay, a day: a decision."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of one request: ``delay`` in seconds, then ``response``; None lets the function answer.

    The response is complete but for the headers that every response carries (Date, request id, connection). ``plans``
    are those that the request's fault was made of.
    """

    delay: float = 0.0
    response: Response | None = None
    plans: tuple[PlannedFault, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        parts = [f"delayed {self.delay:g} s"] if self.delay else []
        return ", ".join([*parts, "answered by a fault"] if self.response else parts)


class PlannedFault:
    """A fault as it was asked for; as a context manager, it ends with the block.

    ``used`` is how many requests had it. ``path`` is that of the requests it is for, None for any.
    """

    def __init__(self, fault: Fault, times: int | None, path: str | Pattern[str] | None = None) -> None:
        if times is not None and (isinstance(times, bool) or not isinstance(times, int)):
            raise TypeError(f"times={times!r} is no whole number: give a number from 1, or None for every time")
        if times is not None and times < 1:
            raise ValueError(f"times={times}: give a number from 1, or None for every time")
        if path is not None:
            _check_path(path)
        self.fault = fault
        self.used = 0
        self._times = times
        self._path = path
        self._cancelled = False
        self._planned_at = call_site.line()

    def __str__(self) -> str:
        """A clause: ``an answer of 429, 1 of 2 times, at /orders, planned at test_orders.py:12``."""
        what = (
            f"an answer of {self.fault.response.status}"
            if self.fault.response
            else f"a delay of {self.fault.delay:g} s"
        )
        often = (
            f"time {self.used}, and every further one" if self._times is None else f"{self.used} of {self._times} times"
        )
        where = [] if self._path is None else [f"at {self._shown_path}"]
        line = self._planned_at
        planned = [] if line is None else [f"planned at {Path(line.filename).name}:{line.number}"]
        return ", ".join([what, often, *where, *planned])

    @property
    def _shown_path(self) -> str:
        return self._path.pattern if isinstance(self._path, Pattern) else str(self._path)

    @property
    def remaining(self) -> int | None:
        """How many more requests will have it; None for no limit."""
        if self._cancelled:
            return 0
        return None if self._times is None else self._times - self.used

    def is_for(self, path: str | None) -> bool:
        """Whether a request at ``path`` may have it: the whole path, or a pattern for the whole."""
        if self._path is None or isinstance(self._path, str):
            return self._path is None or self._path == path
        return path is not None and self._path.fullmatch(path) is not None

    def assert_used(self, times: int | None = None) -> None:
        """Requests had the fault.

        :param times: how many; by default as many as it was planned for, or any number if that was no limit.
        :raises AssertionError: there were not as many.
        """
        __tracebackhide__ = True
        wanted = self._times if times is None else times
        if self.used == wanted or (wanted is None and self.used):
            return
        expected = "at least 1 request" if wanted is None else f"{wanted} request{'' if wanted == 1 else 's'}"
        where = "" if self._path is None else f" at {self._shown_path}"
        raise AssertionError(f"Expected the fault to be used for {expected}{where}, it was for {self.used}.")

    def cancel(self) -> None:
        """End the fault: no more requests have it."""
        self._cancelled = True

    def __enter__(self) -> PlannedFault:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


def _check_path(path: str | Pattern[str]) -> None:
    if isinstance(path, Pattern):
        if not isinstance(path.pattern, str):
            raise TypeError(f"path={path!r} is a pattern of bytes: give one of text")
        return
    if not isinstance(path, str):
        raise TypeError(f"path={path!r} is neither a text nor a compiled pattern")
    if not path.startswith("/") or "?" in path:
        raise ValueError(f'path={path!r} is no whole path, as in path="/orders", without a query')


class Faults:
    """The faults planned in one scope, in the order they were asked for; safe from any thread."""

    def __init__(self) -> None:
        self._planned: dict[str, list[PlannedFault]] = {}
        self._lock = Lock()

    def plan(
        self, target: str, fault: Fault, times: int | None, path: str | Pattern[str] | None = None
    ) -> PlannedFault:
        """Plan ``fault`` for the next ``times`` requests to ``target``, a URL's id or an operation's name, at ``path``.

        Answers come one after the other, and so do delays; a delay and an answer for the same request both happen.

        :raises TypeError: ``times`` is no whole number; ``path`` is neither a text nor a pattern.
        :raises ValueError: ``times`` is less than one; no request can be at ``path``.
        """
        planned = PlannedFault(fault, times, path)
        with self._lock:
            self._planned.setdefault(target, []).append(planned)
        return planned

    def next_for(self, target: str, path: str | None = None) -> Fault | None:
        """The fault of this request to ``target`` at ``path``, which counts as one of its times; None without one."""
        if target not in self._planned:
            return None
        with self._lock:
            waiting = [each for each in self._planned.pop(target, []) if each.remaining != 0]
            delay = _use(each for each in waiting if each.fault.delay and each.is_for(path))
            answer = _use(each for each in waiting if each.fault.response and each.is_for(path))
            if still_waiting := [each for each in waiting if each.remaining != 0]:
                self._planned[target] = still_waiting
        if delay is None and answer is None:
            return None
        return Fault(
            delay=delay.fault.delay if delay else 0.0,
            response=answer.fault.response if answer else None,
            plans=tuple(each for each in (delay, answer) if each is not None),
        )

    def clear(self, target: str) -> None:
        """Forget what was planned for ``target``."""
        with self._lock:
            self._planned.pop(target, None)


def _use(candidates: Iterator[PlannedFault]) -> PlannedFault | None:
    planned = next(candidates, None)
    if planned is not None:
        planned.used += 1
    return planned


def checked_delay(seconds: float) -> float:
    """``seconds``, a delay.

    :raises TypeError: it is no number.
    :raises ValueError: it is not above 0, or over ``MAX_DELAY``.
    """
    takes = f"give a number of seconds above 0, at most {MAX_DELAY} (a day)"
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(f"seconds={seconds!r} is no delay: {takes}")
    if not (isfinite(seconds) and 0 < seconds <= MAX_DELAY):
        raise ValueError(f"seconds={seconds} is no delay: {takes}")
    return seconds
