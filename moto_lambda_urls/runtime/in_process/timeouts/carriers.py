"""Calls with a deadline from threads other than the main one, made in worker threads (carriers).

Python cannot end a blocking call in such a thread. So the handler runs in a carrier, a thread that is used again. Past
its deadline it gets an exception, and its caller gets its answer at once, even while the handler is still blocked.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from ...exceptions import DeadlinePassed, TimedOut
from .debuggers import debugger_in

T = TypeVar("T")

IDLE_SECONDS = 10.0
"""How long a carrier waits for another call before it ends."""

GRACE_SECONDS = 0.05
"""How long an interrupted handler may take to clean up before its caller goes on without it."""


def _raise_timed_out(thread: int) -> None:
    import ctypes  # few runs have a handler that must be stopped, and it takes its time to load

    set_exception = ctypes.pythonapi.PyThreadState_SetAsyncExc
    set_exception.argtypes = (ctypes.c_ulong, ctypes.py_object)
    set_exception(thread, TimedOut)


class _Job:
    """One call; it gets at most one exception from outside, and none once it is finished."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.context = copy_context()
        self.returned: Any = None
        self.error: BaseException | None = None
        self.done = threading.Lock()
        self.done.acquire()
        self._lock = threading.Lock()
        self._running = False
        self._interrupted = False

    def begin(self) -> bool:
        """From now on exceptions may be raised; False when the caller has not even waited for that."""
        with self._lock:
            self._running = not self._interrupted
            return self._running

    def interrupt(self, thread: int) -> None:
        """Raise TimedOut in ``thread``, unless the call is over or has not begun: then it never will."""
        with self._lock:
            self._interrupted = True
            if self._running and _receives(thread):
                _raise_timed_out(thread)

    def finish(self) -> None:
        """No exception will be raised from now on; one may still be on its way."""
        with self._lock:
            self._running = False


def _receives(thread: int) -> bool:
    """Whether an exception may be sent to ``thread``.

    One that waits for a blocked thread stops every other thread that is traced, by coverage say, in Python 3.11: the
    interpreter starts their next function over and over. So there only a thread that computes gets one.
    """
    if not _WAITING_EXCEPTION_STOPS_TRACING or not hasattr(time, "pthread_getcpuclockid"):
        return True
    clock = time.pthread_getcpuclockid(thread)
    used = time.clock_gettime(clock)
    for _ in range(_SAMPLES):
        time.sleep(_SAMPLE_SECONDS)
        if time.clock_gettime(clock) - used > _COMPUTING_SECONDS:
            return True
    return False


_WAITING_EXCEPTION_STOPS_TRACING = tuple(sys.version_info[:2]) == (3, 11)
_SAMPLES = 5
_SAMPLE_SECONDS = 0.004
_COMPUTING_SECONDS = 0.0005


class _Carrier(threading.Thread):
    def __init__(self, pool: _Carriers) -> None:
        super().__init__(name="moto-lambda-urls-handler", daemon=True)
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._pool = pool

    def run(self) -> None:
        while (job := self._next()) is not None:
            try:
                if job.begin():
                    _work(job)
                    _receive_late()
            except TimedOut:
                job.finish()
            kept = self._pool.put_back(self)
            job.done.release()
            if not kept:
                return
            del job

    def _next(self) -> _Job | None:
        while True:
            try:
                return self.jobs.get(timeout=IDLE_SECONDS)
            except Empty:
                if self._pool.forget(self):
                    return None


def _work(job: _Job) -> None:
    try:
        try:
            job.returned = job.context.run(job.function)
        finally:
            job.finish()
    except BaseException as error:  # carried to the caller
        job.error = error
        job.finish()


def _receive_late() -> None:
    # Python raises a waiting exception where a loop goes round. Taking it back (a NULL exception) would leave the
    # interpreter of Python 3.11 looking for one for ever.
    for _ in range(3):
        pass


class _Carriers:
    """The idle carriers; those that served a burst of calls end when they have been idle for a while."""

    def __init__(self) -> None:
        self._idle: list[_Carrier] = []
        self._lock = threading.Lock()
        self._stopped = False

    def take(self) -> _Carrier:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        carrier = _Carrier(self)
        Context().run(carrier.start)
        return carrier

    def put_back(self, carrier: _Carrier) -> bool:
        """Whether ``carrier`` is to wait for another call."""
        with self._lock:
            if not self._stopped:
                self._idle.append(carrier)
            return not self._stopped

    def forget(self, carrier: _Carrier) -> bool:
        """Whether ``carrier`` may end: nobody has taken it."""
        with self._lock:
            idle = carrier in self._idle
            if idle:
                self._idle.remove(carrier)
            return idle

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            idle, self._idle = self._idle, []
        for carrier in idle:
            carrier.jobs.put(None)
        for carrier in idle:
            carrier.join()


class _Process:
    """Of the process, as threads are: starting one for each call takes longer than most calls."""

    def __init__(self) -> None:
        self.carriers = _Carriers()

    def replace(self) -> None:
        """Begin anew: after a fork, whose child has none of the threads."""
        self.carriers = _Carriers()


_process = _Process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_process.replace)


def call_carried(function: Callable[[], T], seconds: float) -> T:
    """What ``function`` returns, called in a carrier with a copy of the caller's context variables.

    :raises DeadlinePassed: ``seconds`` passed first.
    """
    job, carrier = _Job(function), _process.carriers.take()
    carrier.jobs.put(job)
    thread = carrier.ident or 0
    if not job.done.acquire(timeout=min(max(0.0, seconds), threading.TIMEOUT_MAX)):
        if not debugger_in(thread):
            job.interrupt(thread)
            job.done.acquire(timeout=GRACE_SECONDS)
            raise DeadlinePassed from job.error
        job.done.acquire()
    if job.error is not None:
        raise job.error
    returned: T = job.returned
    return returned


def stop_carriers() -> None:
    """End the idle threads, and those that are in a handler once it has ended."""
    stopped = _process.carriers
    _process.replace()
    stopped.stop()
