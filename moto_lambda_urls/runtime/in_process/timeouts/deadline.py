"""Calls with a deadline, made in whichever way the calling thread allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..isolation.event_loops import call_in_sandbox, loop_is_running
from ..isolation.running import current
from . import watchdog
from .carriers import call_carried
from .debuggers import debugger_attached
from .greenlets import call_in_greenlet, threads_are_greenlets

T = TypeVar("T")

MAX_INIT_SECONDS = 10.0
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib"""


def call_within(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, or raises, unless ``seconds`` pass first; while a debugger is at work they never do.

    In the main thread it is called there, and a signal ends it, also a blocking call like ``time.sleep``. In any other
    thread, and inside an event loop, it is called in another one, and what blocks outside Python goes on there after
    the caller has its answer. Where gevent has patched threads, it is called in the same greenlet.

    :raises DeadlinePassed: the time is over.
    """
    if debugger_attached():
        return function()
    if threads_are_greenlets():
        return call_in_greenlet(function, seconds)
    if watchdog.usable() and not loop_is_running():
        return watchdog.call_watched(function, seconds)
    return call_carried(function, seconds)


def within_init(step: Callable[[], T]) -> T:
    """What ``step`` returns, which runs module code of the current invocation, in the seconds that this has for it.

    :raises DeadlinePassed: they are over.
    """
    running = current()
    if running is None:
        return step()
    return call_within(lambda: call_in_sandbox(running, step), running.init_seconds)
