"""Invocations in progress, held against reserved concurrency, and counts for CloudWatch metrics, by second."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock

from .concurrency import Throttled
from .metrics import Spread, Tallies, Target

_LEVELS = range(4)
"""How many parts of a ``Target`` tell a metric: none, its function, also its qualifier, also its version."""
_OF_FUNCTION = 1


@dataclass(slots=True)
class InvocationTally:
    """The invocations of one target that began in one second: ``durations`` in milliseconds; ``concurrent`` how many
    were in progress as each began, for every level of ``Target``."""

    errors: int = 0
    throttles: int = 0
    durations: Spread = field(default_factory=Spread)
    concurrent: Sequence[Spread] = field(default_factory=lambda: [Spread() for _ in _LEVELS])


@dataclass(slots=True)
class _Level:
    """The invocations in progress of all targets that have the same first parts."""

    in_progress: int = 0


class InvocationMetrics(Tallies[InvocationTally]):
    """The invocations of functions, and how many are in progress."""

    def __init__(self) -> None:
        super().__init__(InvocationTally)
        self._level: defaultdict[tuple[str | None, ...], _Level] = defaultdict(_Level)
        self._levels: dict[Target, list[_Level]] = {}

    def begin(self, target: Target, limit: int | None = None) -> CountedInvocation:
        """Count an invocation that begins, to be released when it has ended.

        :param limit: the function's reserved concurrency, over all its versions; None if it has none.
        :raises Throttled: as many are in progress.
        """
        with self._lock:
            levels, tally = self._levels_of(target), self._tally(target, int(time.time()))
            if limit is not None and levels[_OF_FUNCTION].in_progress >= limit:
                tally.throttles += 1
                raise Throttled(target.function_name, limit)
            for level, seen in zip(levels, tally.concurrent, strict=True):
                level.in_progress += 1
                seen.add(level.in_progress)
        return CountedInvocation(self._lock, tally, levels)

    def _levels_of(self, target: Target) -> list[_Level]:
        levels = self._levels.get(target)
        if levels is None:
            levels = self._levels[target] = [self._level[target[:parts]] for parts in _LEVELS]
        return levels


class CountedInvocation(AbstractContextManager["CountedInvocation"]):
    """An invocation in progress, in its function's metrics until the block ends, or ``release``."""

    def __init__(self, lock: Lock, tally: InvocationTally, levels: list[_Level]) -> None:
        self._lock = lock
        self._tally = tally
        self._levels = levels

    def end(self, *, failed: bool, duration_ms: float) -> None:
        """The handler has ended after ``duration_ms``: count that in the second in which it began."""
        with self._lock:
            self._tally.errors += failed
            self._tally.durations.add(duration_ms)

    def release(self) -> None:
        """End its time in progress."""
        with self._lock:
            for level in self._levels:
                level.in_progress -= 1

    def __exit__(self, *_: object) -> None:
        self.release()
