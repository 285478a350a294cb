"""Counts for the CloudWatch metrics of function URLs, by second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

MAX_TALLIES = 20_000
"""How many are kept of URLs, and of functions, over all of an account and region; older ones are forgotten."""


class Target(NamedTuple):
    """What was asked for: a function, the alias or version that was named (None for the function alone), and the
    version that was executed, None when a request did not get as far as the function."""

    function_name: str
    qualifier: str | None = None
    version: str | None = None


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
class Tally:
    """The requests that one target answered in one second, each with its ``latency`` in milliseconds."""

    client_errors: int = 0
    server_errors: int = 0
    latency: Spread = field(default_factory=Spread)

    def add(self, status: int, latency_ms: float) -> None:
        """Count a request that was answered with ``status``."""
        self.client_errors += 400 <= status < 500
        self.server_errors += status >= 500
        self.latency.add(latency_ms)


class Tallies(Generic[T]):
    """A tally for each target and second, as ``make`` gives it, of one account and region; safe from any thread."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._tallies: dict[tuple[Target, int], T] = {}
        self._lock = Lock()

    def __iter__(self) -> Iterator[tuple[Target, int, T]]:
        """The tallies with their target and second (Unix time), oldest first."""
        with self._lock:
            tallies = list(self._tallies.items())
        return ((target, second, tally) for (target, second), tally in tallies)

    def _tally(self, target: Target, second: int) -> T:
        """The tally to count in, while the lock is held."""
        key = (target, second)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = self._make()
            if len(self._tallies) > MAX_TALLIES:
                del self._tallies[next(iter(self._tallies))]
        return tally


class UrlMetrics(Tallies[Tally]):
    """The requests to function URLs."""

    def __init__(self) -> None:
        super().__init__(Tally)

    def count(self, target: Target, status: int, latency_ms: float) -> None:
        """Count a request to a URL, answered with ``status`` now, ``latency_ms`` after it came."""
        second = int(time.time())
        with self._lock:
            self._tally(target, second).add(status, latency_ms)
