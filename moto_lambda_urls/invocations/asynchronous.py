"""Delivery of asynchronous events: their order, retries, and results."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import partial
from threading import Lock

from . import destinations
from .destinations import Attempts, Condition, Delivery

DEFAULT_RETRIES = 2
Task = Callable[[], None]
_logger = logging.getLogger("moto_lambda_urls")


class Held:
    """Events that handlers send, held back until the handler that was called first has ended.

    A decision: AWS answers 202 first and runs later, at the same time as the sender. Here an event has been handled
    when the test's own call returns, in the order of sending and in the test's thread, so that a test sees the effect
    without waiting; a function may send events to itself, and no invocation waits for another one's concurrency.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._tasks: dict[Task, None] = {}  # in the order of adding
        self._closed = False

    def active(self) -> AbstractContextManager[None]:
        """Hold events that are sent inside the block; inside another such block they are held there."""
        return _Holding(self)

    def add(self, task: Task) -> bool:
        """Hold the delivery that ``task`` makes, once if an equal one waits; False when the held events were already
        delivered."""
        with self._lock:
            if not self._closed:
                self._tasks.setdefault(task)
            return not self._closed

    def deliver_all(self) -> None:
        """Deliver the held events, and those sent meanwhile; later ones are not held."""
        first = self._next()
        if first is None:
            return
        with self.active():
            first()
            while task := self._next():
                task()

    def _next(self) -> Task | None:
        with self._lock:
            self._closed = not self._tasks
            task = next(iter(self._tasks), None)
            if task is not None:
                del self._tasks[task]
            return task


class _Holding(AbstractContextManager[None]):
    def __init__(self, held: Held) -> None:
        self._held = held

    def __enter__(self) -> None:
        self._token = _held.set(self._held) if _held.get() is None else None

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _held.reset(self._token)


# Of the calling context: each handler, in whichever thread, holds what it sends.
_held: ContextVar[Held | None] = ContextVar("moto_lambda_urls.held", default=None)


def deliver(delivery: Delivery) -> None:
    """Run ``delivery`` now, or when the handler that sends it has ended."""
    soon(partial(_deliver, delivery))


def soon(task: Task) -> None:
    """Run ``task``, which delivers events, now, or when the handler that causes it has ended."""
    outer = _held.get()
    if outer is not None and outer.add(task):
        return
    token = _held.set(None)  # a thread that outlived the handler which started it is on its own
    try:
        held = Held()
        held.add(task)
        held.deliver_all()
    finally:
        _held.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """Deliver at the end of the block what is sent inside it."""
    held = Held()
    try:
        with held.active():
            yield
    finally:
        held.deliver_all()


def _deliver(delivery: Delivery) -> None:
    attempts = _attempt(delivery)
    try:
        destinations.send_result(delivery, attempts)
    except Exception:  # as on AWS, the sender never learns of it
        _logger.exception("The result of the event %s could not be sent on", delivery.request_id)


def _attempt(delivery: Delivery) -> Attempts:
    outcome, count = None, 0
    retries = delivery.settings.get("MaximumRetryAttempts", DEFAULT_RETRIES)
    while count <= retries:
        outcome = delivery.run()
        if outcome is None:
            return Attempts(Condition.ZERO_RESERVED_CONCURRENCY, outcome, count)
        count += 1
        if outcome.error is None:
            return Attempts(Condition.SUCCESS, outcome, count)
    return Attempts(Condition.RETRIES_EXHAUSTED, outcome, count)
