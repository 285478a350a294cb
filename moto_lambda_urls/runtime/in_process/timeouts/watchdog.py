"""Calls with a deadline in the main thread, interrupted by a signal, which also ends a blocking call."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from contextvars import Context
from opcode import opmap
from types import FrameType
from typing import Any, TypeVar

from ...clocks import monotonic
from ...exceptions import DeadlinePassed, TimedOut
from ..isolation.threads import is_main_thread
from .debuggers import debugger_in

T = TypeVar("T")

INTERRUPT = getattr(signal, "SIGURG", None)
"""Ignored unless somebody asks for it, so that a late one is harmless. Windows has none."""

_LINGER = 0.5
"""Seconds that the watchdog stays half awake after a watch: waking it costs more than a short call does."""

_PATIENCE = 20
"""How many signals find a call between taking a lock and what gives it back before it is taken to be blocked there."""
_AGAIN = 0.002
"""Seconds to the next signal, when one has not ended the call."""
_MAX_AGAIN = 0.1

_CALL = opmap.get("CALL")
_LOAD_SPECIAL = opmap.get("LOAD_SPECIAL")
"""Python 3.14 calls ``__enter__`` as any function, and may raise after it, before the ``with`` block has begun."""


class _Watch:
    """A call in the main thread; only that thread raises, so that nothing is raised after the call."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.fired = False
        self.raised = False
        self.done = False
        self.spared = 0
        """How often it was left alone."""
        self.again = _AGAIN


class _Watchdog:
    """One thread, started with the first watch; it sleeps until the earliest deadline, if there is one."""

    def __init__(self) -> None:
        # Reentrant: the garbage collector may end an abandoned stream, a watched call, while the lock is held.
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._watches: set[_Watch] = set()
        self._wakes = float("inf")
        self._used = False
        self._thread: threading.Thread | None = None
        self._stopping = False

    def add(self, watch: _Watch) -> None:
        with self._lock:
            self._watches.add(watch)
            self._used = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="moto-lambda-urls-watchdog", daemon=True)
                Context().run(self._thread.start)
            elif watch.deadline < self._wakes:
                self._condition.notify()

    def remove(self, watch: _Watch) -> None:
        with self._lock:
            self._watches.discard(watch)

    def stop(self) -> None:
        with self._lock:
            thread, self._stopping = self._thread, True
            self._condition.notify()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        with self._lock:
            while not self._stopping:
                now = monotonic()
                for watch in [each for each in self._watches if each.deadline <= now]:
                    if watch.raised or not _interrupt(watch):
                        self._watches.discard(watch)
                    else:
                        watch.deadline, watch.again = now + watch.again, min(watch.again * 1.05, _MAX_AGAIN)
                idle = now + _LINGER if self._used else float("inf")
                self._wakes = min((each.deadline for each in self._watches), default=idle)
                self._used = False
                self._condition.wait(None if self._wakes == float("inf") else max(0.0, self._wakes - now))


def _interrupt(watch: _Watch) -> bool:
    """Whether a signal was sent; one that comes too early, or just before a call blocks, ends nothing."""
    main = threading.main_thread().ident
    if main is None or INTERRUPT is None or debugger_in(main):
        return False
    watch.fired = True
    signal.pthread_kill(main, INTERRUPT)
    return True


def _may_hold_a_lock(frame: FrameType | None) -> bool:
    """Whether the code in ``frame`` may have taken a lock that, if it is interrupted now, nobody gives back."""
    # On Python 3.14 coverage.py measures by functions in Python that the interpreter calls between two lines.
    while frame is not None and frame.f_globals.get("__name__", "").startswith("coverage."):
        frame = frame.f_back
    if frame is None:
        return False
    code, at = frame.f_code, frame.f_lasti
    if code.co_name in ("__enter__", "acquire") or frame.f_globals.get("__name__") == "logging":
        return True
    return _LOAD_SPECIAL is not None and at > 1 and (code.co_code[at], code.co_code[at - 2]) == (_CALL, _LOAD_SPECIAL)


class _MainThread:
    """Calls in progress in the main thread, outermost first, and what interrupts them."""

    def __init__(self) -> None:
        self.watches: list[_Watch] = []
        self.watchdog = _Watchdog()
        self._previous: Any = None
        """What handled the signal before us; None while we do not."""

    def take_signal(self) -> bool:
        if self._previous is None and INTERRUPT is not None:
            handler = signal.getsignal(INTERRUPT)
            if handler not in (signal.SIG_DFL, signal.SIG_IGN):
                return False
            self._previous = signal.signal(INTERRUPT, self._on_signal)
        return True

    def stop(self) -> None:
        stopped, self.watchdog = self.watchdog, _Watchdog()
        stopped.stop()
        if INTERRUPT is not None and self._previous is not None and is_main_thread():
            signal.signal(INTERRUPT, self._previous)
            self._previous = None

    def after_fork(self) -> None:
        """Go on in a child process: the watchdog's thread, and a lock that it may have held, are the parent's."""
        self.watchdog = _Watchdog()
        for watch in self.watches:
            self.watchdog.add(watch)

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        for watch in self.watches:
            if watch.fired and not watch.raised and not watch.done:
                if watch.spared < _PATIENCE and _may_hold_a_lock(frame):
                    watch.spared += 1
                    return
                watch.raised = True
                raise TimedOut


_main = _MainThread()
"""Of the process, which has one main thread and one handler a signal."""


def usable() -> bool:
    """Whether a call in this thread can be watched: it is the main one, and nobody else uses the signal."""
    return INTERRUPT is not None and is_main_thread() and _main.take_signal()


def call_watched(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, called in the main thread.

    :raises DeadlinePassed: ``seconds`` passed first, also when the function went on to return or raise.
    :raises TimedOut: the deadline of a call around this one passed.
    """
    watch = _Watch(monotonic() + seconds)
    watches = _main.watches
    depth = len(watches)
    watches.append(watch)
    _main.watchdog.add(watch)
    try:
        returned = function()
    except BaseException as error:
        watch.done = True
        if watch.fired and not any(outer.fired for outer in watches[:depth]):
            raise DeadlinePassed from error
        raise
    finally:
        watch.done = True
        _main.watchdog.remove(watch)
        del watches[depth:]
    if watch.fired:
        raise DeadlinePassed
    return returned


def stop_watchdog() -> None:
    """End the watchdog's thread; the next watch starts one again. Only the main thread can give the signal back."""
    _main.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_main.after_fork)
