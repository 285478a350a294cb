"""Counts for the CloudWatch metrics of functions, by second."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from . import metrics
from .metrics import Target

_LEVELS = range(4)
"""How many parts of a ``Target`` tell a metric: none, its function, also its qualifier, also its version."""


@dataclass(slots=True)
class Spread:
    """Values that were seen: how many, and what CloudWatch tells of them."""

    count: int = 0
    total: float = 0.0
    smallest: float = field(default=float("inf"))
    largest: float = 0.0

    def add(self, value: float) -> None:
        """Count ``value``."""
        self.count += 1
        self.total += value
        if value < self.smallest:  # min and max would take three times as long
            self.smallest = value
        if value > self.largest:
            self.largest = value


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


class InvocationMetrics:
    """The tallies of the functions of one account and region; safe from any thread."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[Target, int], InvocationTally] = {}
        self._level: defaultdict[tuple[str | None, ...], _Level] = defaultdict(_Level)
        self._levels: dict[Target, list[_Level]] = {}
        self._lock = Lock()

    def begin(self, target: Target) -> CountedInvocation:
        """Count an invocation that begins, to be released when it has ended."""
        second = int(time.time())
        with self._lock:
            for level, seen in zip(self._levels_of(target), self._tally(target, second).concurrent, strict=True):
                level.in_progress += 1
                seen.add(level.in_progress)
        return CountedInvocation(self, target, second)

    def throttle(self, target: Target) -> None:
        """Count an invocation that was refused."""
        with self._lock:
            self._tally(target, int(time.time())).throttles += 1

    def end(self, target: Target, second: int, *, failed: bool, duration_ms: float) -> None:
        """Count the end of an invocation that began in ``second``."""
        with self._lock:
            tally = self._tally(target, second)
            tally.errors += failed
            tally.durations.add(duration_ms)

    def release(self, target: Target) -> None:
        """One invocation fewer is in progress."""
        with self._lock:
            for level in self._levels_of(target):
                level.in_progress -= 1

    def __iter__(self) -> Iterator[tuple[Target, int, InvocationTally]]:
        """The tallies with their target and second (Unix time), oldest first."""
        with self._lock:
            tallies = list(self._tallies.items())
        return ((target, second, tally) for (target, second), tally in tallies)

    def _levels_of(self, target: Target) -> list[_Level]:
        levels = self._levels.get(target)
        if levels is None:
            levels = self._levels[target] = [self._level[target[:parts]] for parts in _LEVELS]
        return levels

    def _tally(self, target: Target, second: int) -> InvocationTally:
        key = (target, second)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = InvocationTally()
            if len(self._tallies) > metrics.MAX_TALLIES:
                del self._tallies[next(iter(self._tallies))]
        return tally


class CountedInvocation:
    """An invocation in progress, for its function's metrics."""

    def __init__(self, counted_in: InvocationMetrics, target: Target, second: int) -> None:
        self._metrics = counted_in
        self._target = target
        self._second = second

    def end(self, *, failed: bool, duration_ms: float) -> None:
        """The handler has ended after ``duration_ms``."""
        self._metrics.end(self._target, self._second, failed=failed, duration_ms=duration_ms)

    def release(self) -> None:
        """It is no longer in progress."""
        self._metrics.release(self._target)
