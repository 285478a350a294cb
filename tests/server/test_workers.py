"""Threads that serve connections."""

from __future__ import annotations

import time
from contextvars import ContextVar
from queue import SimpleQueue
from threading import Event, Thread, current_thread
from typing import Any

import pytest

from moto_lambda_urls.server import workers
from moto_lambda_urls.server.workers import Workers

pytestmark = pytest.mark.in_process


def until(condition: Any) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_thread_serves_again() -> None:
    served: SimpleQueue[Thread] = SimpleQueue()
    pool = Workers(lambda _connection, _address: served.put(current_thread()))
    threads = []
    for _ in range(3):
        pool.take(None, None)
        threads.append(served.get(timeout=5))
        until(lambda: pool._idle)
    assert threads == [threads[0]] * 3
    pool.end(5)
    assert not threads[0].is_alive()


def test_connections_at_once_have_a_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_IDLE", 2)
    served: SimpleQueue[Thread] = SimpleQueue()
    leave = Event()

    def serve(_connection: object, _address: object) -> None:
        served.put(current_thread())
        leave.wait(5)

    pool = Workers(serve)
    for _ in range(5):
        pool.take(None, None)
    threads = {served.get(timeout=5) for _ in range(5)}
    assert len(threads) == 5
    leave.set()
    until(lambda: sum(each.is_alive() for each in threads) == 2)
    pool.end(5)
    assert not any(each.is_alive() for each in threads)


def test_end_waits_no_longer_than_told() -> None:
    leave, began = Event(), Event()

    def serve(_connection: object, _address: object) -> None:
        began.set()
        leave.wait(5)

    pool = Workers(serve)
    pool.take(None, None)
    assert began.wait(5)
    started = time.monotonic()
    pool.end(0.05)
    assert time.monotonic() - started < 2
    [busy] = pool._all
    leave.set()
    busy.join(5)
    assert not busy.is_alive()


def test_context_variables_of_one_connection_are_not_the_next_ones() -> None:
    variable: ContextVar[str] = ContextVar("variable", default="nothing")
    seen: SimpleQueue[str] = SimpleQueue()

    def serve(_connection: object, _address: object) -> None:
        seen.put(variable.get())
        variable.set("left behind")

    pool = Workers(serve)
    for _ in range(2):
        pool.take(None, None)
        assert seen.get(timeout=5) == "nothing"
        until(lambda: pool._idle)
    pool.end(5)
