"""Interleaved timing: a path and its floor take turns in one process, so that noise meets both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Work = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table: median seconds a call of the path and of its floor, and the goal for their ratio."""

    name: str
    floor: str
    seconds: float
    floor_seconds: float
    goal: float

    @property
    def ratio(self) -> float:
        """How many times the floor's time the path takes."""
        return self.seconds / self.floor_seconds

    def within(self, margin: float) -> bool:
        """Is the ratio at most the goal times ``margin``?"""
        return self.ratio <= self.goal * margin

    def as_json(self) -> dict[str, Any]:
        """The figure as a JSON object, ratio included."""
        return {**asdict(self), "ratio": self.ratio}


def compare(
    name: str, work: Work, *, floor: Work, floor_name: str, goal: float, calls: int, rounds: int = 11
) -> Figure:
    """Time ``calls`` calls of each in turn, ``rounds`` times; the figure holds the medians of the rounds.

    The first round warms up and is dropped; garbage is collected between rounds, not in them.
    """
    path_times, floor_times = [], []
    for number in range(rounds + 1):
        pair = ((work, path_times), (floor, floor_times))
        for each, times in pair if number % 2 else reversed(pair):
            times.append(_time(each, calls))
    return Figure(
        name=name,
        floor=floor_name,
        seconds=median(path_times[1:]),
        floor_seconds=median(floor_times[1:]),
        goal=goal,
    )


def _time(work: Work, calls: int) -> float:
    gc.collect()
    gc.disable()
    try:
        begin = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - begin) / calls
    finally:
        gc.enable()
