"""Counts for the CloudWatch metrics of function URLs, by second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

MAX_TALLIES = 20_000
"""How many seconds with requests are kept, over all URLs of an account and region; older ones are forgotten."""


class Target(NamedTuple):
    """What was asked for: a function, the alias or version that was named (None for the function alone), and the
    version that was executed, None when a request did not get as far as the function."""

    function_name: str
    qualifier: str | None = None
    version: str | None = None


@dataclass(slots=True)
class Tally:
    """The requests that one target answered in one second, latencies in milliseconds."""

    requests: int = 0
    client_errors: int = 0
    server_errors: int = 0
    latency: float = 0.0
    shortest: float = field(default=float("inf"))
    longest: float = 0.0

    def add(self, status: int, latency_ms: float) -> None:
        """Count a request that was answered with ``status``."""
        self.requests += 1
        self.client_errors += 400 <= status < 500
        self.server_errors += status >= 500
        self.latency += latency_ms
        self.shortest = min(self.shortest, latency_ms)
        self.longest = max(self.longest, latency_ms)


class UrlMetrics:
    """The tallies of the function URLs of one account and region; safe from any thread."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[Target, int], Tally] = {}
        self._lock = Lock()

    def count(self, target: Target, status: int, latency_ms: float) -> None:
        """Count a request to a URL, answered with ``status`` now, ``latency_ms`` after it came."""
        key = (target, int(time.time()))
        with self._lock:
            tally = self._tallies.get(key)
            if tally is None:
                tally = self._tallies[key] = Tally()
                if len(self._tallies) > MAX_TALLIES:
                    del self._tallies[next(iter(self._tallies))]
            tally.add(status, latency_ms)

    def __iter__(self) -> Iterator[tuple[Target, int, Tally]]:
        """The tallies with their target and second (Unix time), oldest first."""
        with self._lock:
            tallies = list(self._tallies.items())
        return ((target, second, tally) for (target, second), tally in tallies)
