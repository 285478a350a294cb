"""Threads that run handlers for callers who must not, or will not for ever, wait."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread

Job = Callable[[], None]


class Workers:
    """Threads started as they are needed and kept for the next job; there is no bound, so that jobs may wait for jobs.

    They are daemons: a handler that its caller has given up ends by itself, or with the process.
    """

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Job | None]] = []
        self._lock = Lock()
        self._closed = False

    def start(self, job: Job) -> None:
        """Run ``job``, which must not raise, in a thread of its own."""
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            Thread(target=self._serve, args=(inbox,), name="lambda-url", daemon=True).start()
        inbox.put(job)

    def close(self) -> None:
        """Let the idle threads end now, the busy ones after their job."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _serve(self, inbox: SimpleQueue[Job | None]) -> None:
        while (job := inbox.get()) is not None:
            job()
            del job
            with self._lock:
                if self._closed:
                    return
                self._idle.append(inbox)
