"""Calls with a deadline under gevent, whose own timer interrupts a greenlet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from ...clocks import monotonic
from ...exceptions import DeadlinePassed, TimedOut

T = TypeVar("T")


def threads_are_greenlets() -> bool:
    """Whether gevent has patched ``threading``."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and monkey.is_module_patched("threading")


def call_in_greenlet(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, called in this greenlet, where gevent interrupts what waits for something.

    gevent cannot interrupt what computes: that is found to be late when it ends.

    :raises DeadlinePassed: ``seconds`` passed first, also when the function went on to return or raise.
    :raises TimedOut: the deadline of a call around this one passed.
    """
    deadline = monotonic() + seconds
    with sys.modules["gevent"].Timeout(seconds, TimedOut()) as timeout:
        try:
            returned = function()
        except BaseException as error:
            if not timeout.pending:
                raise DeadlinePassed from error
            raise
    if monotonic() > deadline:
        raise DeadlinePassed
    return returned
