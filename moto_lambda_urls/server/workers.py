"""A pool of threads that serve one connection each at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from ..runtime.clocks import monotonic

MAX_IDLE = 32
"""Threads that are kept for connections to come; there is no bound to those at work."""


class Workers:
    """Runs ``serve`` for each connection, in a thread of its own for as long as that takes.

    :param serve: called with a connection's socket and address; it raises nothing.
    """

    def __init__(self, serve: Callable[[Any, Any], None]) -> None:
        self._serve = serve
        self._lock = Lock()
        self._all: set[_Worker] = set()
        self._idle: list[_Worker] = []
        self._ending = False

    def take(self, connection: Any, address: Any) -> None:
        """Have the connection served.

        :raises RuntimeError: no thread is idle, and the system gives no new one.
        """
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None:
            worker = _Worker(self._serve, self._put_back)
            worker.start()
            with self._lock:
                self._all.add(worker)
        worker.jobs.put((connection, address))

    def end(self, seconds: float) -> None:
        """End every thread, those at work when their connection has ended; wait at most ``seconds`` for that."""
        with self._lock:
            self._ending = True
            everyone, idle, self._idle = list(self._all), self._idle, []
        for worker in idle:
            worker.jobs.put(None)
        until = monotonic() + seconds
        for worker in everyone:
            worker.join(max(0.0, until - monotonic()))

    def _put_back(self, worker: _Worker) -> bool:
        """Keep ``worker`` for another connection; whether it is wanted."""
        with self._lock:
            wanted = not self._ending and len(self._idle) < MAX_IDLE
            if wanted:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
            return wanted


class _Worker(Thread):
    def __init__(self, serve: Callable[[Any, Any], None], put_back: Callable[[_Worker], bool]) -> None:
        super().__init__(name="moto-lambda-urls-connection", daemon=True)
        self.jobs: SimpleQueue[tuple[Any, Any] | None] = SimpleQueue()
        self._serve = serve
        self._put_back = put_back

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            Context().run(self._serve, *job)
            del job
            if not self._put_back(self):
                return
