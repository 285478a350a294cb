"""Handlers called where gevent has made threads greenlets, which share one thread of the system."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from ...clocks import monotonic
from ...exceptions import DeadlinePassed, TimedOut
from .debuggers import debugger_in
from .watchdog import INTERRUPT

T = TypeVar("T")

_AGAIN_SECONDS = 0.05
"""How long after a signal that found another greenlet at work, or a debugger, the next one follows."""


def threads_are_greenlets() -> bool:
    """Whether gevent has patched ``threading``."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and monkey.is_module_patched("threading")


def call_in_greenlet(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, called in this greenlet.

    gevent interrupts it where it waits for something, and in the main thread a signal where it computes or blocks.
    What computes in another thread is found to be late when it ends.

    :raises DeadlinePassed: ``seconds`` passed first, also when the function went on to return or raise.
    :raises TimedOut: the deadline of a call around this one passed.
    """
    deadline = monotonic() + seconds
    alarm = _Alarm(seconds)
    with sys.modules["gevent"].Timeout(seconds, TimedOut()) as timeout:
        try:
            alarm.set()
            returned = function()
        except BaseException as error:
            alarm.over = True
            if alarm.raised or not timeout.pending:
                raise DeadlinePassed from error
            raise
        finally:
            alarm.over = True
            alarm.clear()
    if monotonic() > deadline:
        raise DeadlinePassed
    return returned


class _Alarm:
    """Raises TimedOut in the greenlet that sets it, ``seconds`` later, where that is at work and not ``over``."""

    def __init__(self, seconds: float) -> None:
        self.raised = False
        self.rings = False
        self.over = False
        self.greenlet = sys.modules["gevent"].getcurrent()
        self._seconds = min(max(0.0, seconds), threading.TIMEOUT_MAX)
        # Those of the system, which gevent has its own in the place of.
        names = ["start_new_thread", "get_ident", "allocate_lock"]
        self._start, self._get_ident, allocate_lock = sys.modules["gevent.monkey"].get_original("_thread", names)
        self._set = allocate_lock()

    def set(self) -> None:
        """Begin to wait, where a signal can be had."""
        if _alarms.add(self):
            self._set.acquire()
            self._start(self._signal, (self._get_ident(),))

    def clear(self) -> None:
        """Wait no longer."""
        _alarms.remove(self)
        if self._set.locked():
            self._set.release()

    def _signal(self, thread: int) -> None:
        wait = self._seconds
        while not self._set.acquire(timeout=wait):
            if INTERRUPT is not None and not debugger_in(thread):
                self.rings = True
                signal.pthread_kill(thread, INTERRUPT)
            wait = _AGAIN_SECONDS


class _Alarms:
    """The alarms of all greenlets, and the signal's handler while there are any."""

    def __init__(self) -> None:
        self._alarms: list[_Alarm] = []
        self._previous: Any = None

    def add(self, alarm: _Alarm) -> bool:
        """Whether it was added: in the main thread of the system, which signals reach, if this one is free."""
        if INTERRUPT is None or not sys.modules["gevent"].get_hub().main_hub:
            return False
        if not self._alarms:
            if signal.getsignal(INTERRUPT) not in (signal.SIG_DFL, signal.SIG_IGN):
                return False
            self._previous = signal.signal(INTERRUPT, self._on_signal)
        self._alarms.append(alarm)
        return True

    def remove(self, alarm: _Alarm) -> None:
        if alarm in self._alarms:
            self._alarms.remove(alarm)
            if not self._alarms and INTERRUPT is not None:
                signal.signal(INTERRUPT, self._previous)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        at_work = sys.modules["gevent"].getcurrent()
        for alarm in self._alarms:
            if alarm.rings and not alarm.raised and not alarm.over and alarm.greenlet is at_work:
                alarm.raised = True
                raise TimedOut


_alarms = _Alarms()
"""Of the process, which has one main thread and one handler a signal."""
