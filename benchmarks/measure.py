"""Interleaved timing: a path and its floor take turns in one process, so that noise meets both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Work = Callable[[], object]
Subject = Callable[[], AbstractContextManager[Work]]
"""Sets up what is to be timed, once a round, and takes it down: neither is timed."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table: medians of the path and of its floor, and of their ratio, which the goal is for, if any.

    ``value`` and ``floor_value`` are in ``unit``: "s" for seconds a call, "MB" for memory. ``cpu_ratio`` compares the
    processor time of this process instead of the clock's; None where others work for it, or where it is no time.
    ``held_at`` is what the ratio may be where the README says why the goal is out of reach.
    """

    name: str
    floor: str
    value: float
    floor_value: float
    ratio: float
    goal: float | None
    cpu_ratio: float | None = None
    unit: str = "s"
    held_at: float | None = None

    @property
    def limit(self) -> float | None:
        """The ratio that must not be passed, None if any may be."""
        return self.held_at or self.goal

    def meets_goal(self) -> bool:
        """Is the ratio at most the goal, if there is one?"""
        return self.goal is None or self.ratio <= self.goal

    def within(self, margin: float) -> bool:
        """Is the ratio at most the limit, if there is one, times ``margin``?"""
        return self.limit is None or self.ratio <= self.limit * margin

    def as_json(self) -> dict[str, Any]:
        """The figure as a JSON object."""
        return asdict(self)


def ready(work: Work) -> Subject:
    """``work`` as a subject that needs no setting up."""
    return lambda: nullcontext(work)


def compare(
    name: str,
    subject: Subject,
    *,
    floor: Subject,
    floor_name: str,
    goal: float | None,
    held_at: float | None = None,
    calls: int,
    batch: int = 1,
    rounds: int = 11,
    prepare: Work | None = None,
    warm_up: int | None = None,
    in_process: bool = True,
) -> Figure:
    """Time ``calls`` calls of each in turn, ``rounds`` times.

    Who begins changes from round to round. In every round each is called ``warm_up`` times first (a tenth of ``calls``
    by default); the first round is dropped; garbage is collected between turns, not in them. ``prepare`` is called,
    untimed, before every call. What is timed makes ``batch`` calls at a time.
    """
    warm_up = max(1, calls // 10) if warm_up is None else warm_up
    turns: list[tuple[_Spent, _Spent]] = []
    for number in range(rounds + 1):
        if number % 2:
            ours, theirs = _turn(subject, calls, warm_up, prepare), _turn(floor, calls, warm_up, prepare)
        else:
            theirs, ours = _turn(floor, calls, warm_up, prepare), _turn(subject, calls, warm_up, prepare)
        turns.append((ours, theirs))
    kept = turns[1:]
    return Figure(
        name=name,
        floor=floor_name,
        value=median(ours.clock for ours, _ in kept) / batch,
        floor_value=median(theirs.clock for _, theirs in kept) / batch,
        ratio=median(ours.clock / theirs.clock for ours, theirs in kept),
        cpu_ratio=median(ours.processor / theirs.processor for ours, theirs in kept) if in_process else None,
        goal=goal,
        held_at=held_at,
    )


@dataclass(frozen=True)
class _Spent:
    clock: float
    processor: float


def _turn(subject: Subject, calls: int, warm_up: int, prepare: Work | None) -> _Spent:
    with subject() as work:
        for _ in range(warm_up):
            if prepare:
                prepare()
            work()
        gc.collect()
        gc.disable()
        try:
            return _timed_apart(work, calls, prepare) if prepare else _timed(work, calls)
        finally:
            gc.enable()


def _timed(work: Work, calls: int) -> _Spent:
    clock, processor = time.perf_counter(), time.process_time()
    for _ in range(calls):
        work()
    return _Spent((time.perf_counter() - clock) / calls, (time.process_time() - processor) / calls)


def _timed_apart(work: Work, calls: int, prepare: Work) -> _Spent:
    clock = processor = 0.0
    for _ in range(calls):
        prepare()
        spent = _timed(work, 1)
        clock, processor = clock + spent.clock, processor + spent.processor
    return _Spent(clock / calls, processor / calls)
