"""Handlers called from threads other than the main one: Python cannot end their blocking calls, but can stop waiting.

Such a handler runs in a carrier, a thread that is used again. Past its deadline it gets an exception, and its caller
gets its answer at once, even while the handler is still blocked.
"""

from __future__ import annotations

import contextvars
import ctypes
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from .debuggers import debugger_in
from .errors import DeadlinePassed, TimedOut

T = TypeVar("T")

GRACE_SECONDS = 0.05
"""How long an interrupted handler may take to clean up before its caller goes on without it."""

_set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
_set_exception.argtypes = (ctypes.c_ulong, ctypes.py_object)


class _Job:
    """One call; it gets at most one exception from outside, and none once it is finished."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.context = contextvars.copy_context()
        self.returned: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()
        self._lock = threading.Lock()
        self._finished = False
        self._interrupted = False

    def interrupt(self, thread: int) -> bool:
        """Raise TimedOut in ``thread``; False when the call is over."""
        with self._lock:
            if not self._finished:
                self._interrupted = True
                _set_exception(thread, TimedOut)
            return self._interrupted

    def finish(self, thread: int) -> None:
        """No exception from now on, and none that waits."""
        with self._lock:
            self._finished = True
            if self._interrupted:
                _set_exception(thread, ctypes.py_object())


class _Carrier(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="moto-lambda-urls-handler", daemon=True)
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()

    def run(self) -> None:
        thread = threading.get_ident()
        while (job := self.jobs.get()) is not None:
            try:
                _work(job, thread)
            except TimedOut:  # it came between the handler's end and ours
                job.finish(thread)
            _put_back(self)
            job.done.release()
            del job


def _work(job: _Job, thread: int) -> None:
    try:
        try:
            job.returned = job.context.run(job.function)
        finally:
            job.finish(thread)
    except BaseException as error:  # carried to the caller
        job.error = error
        job.finish(thread)


_idle: list[_Carrier] = []
_lock = threading.Lock()


def _put_back(carrier: _Carrier) -> None:
    with _lock:
        _idle.append(carrier)


def _take() -> _Carrier:
    with _lock:
        if _idle:
            return _idle.pop()
    carrier = _Carrier()
    threading.Thread.start(carrier)
    return carrier


def call_carried(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, called in a carrier with a copy of the caller's context variables.

    :raises DeadlinePassed: ``seconds`` passed first.
    """
    job, carrier = _Job(function), _take()
    carrier.jobs.put(job)
    thread = carrier.ident or 0
    if not job.done.acquire(timeout=min(seconds, threading.TIMEOUT_MAX)):
        if debugger_in(thread):
            job.done.acquire()
        elif job.interrupt(thread):
            job.done.acquire(timeout=GRACE_SECONDS)
            raise DeadlinePassed from job.error
        else:
            job.done.acquire()
    if job.error is not None:
        raise job.error
    returned: T = job.returned
    return returned


def stop_carriers() -> None:
    """End the idle threads."""
    with _lock:
        stopped = _idle[:]
        _idle.clear()
    for carrier in stopped:
        carrier.jobs.put(None)
    for carrier in stopped:
        carrier.join()
