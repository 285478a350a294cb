"""Interrupts of the main thread: nothing that is held stays held, and what is blocked ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from moto_lambda_urls.runtime.exceptions import DeadlinePassed
from moto_lambda_urls.runtime.in_process.timeouts import watchdog

pytestmark = pytest.mark.in_process


def interrupted(function: Callable[[], Any], seconds: float = 0.01) -> float:
    """How long ``function`` ran, which its deadline ended."""
    assert watchdog.usable()
    began = time.monotonic()
    with pytest.raises(DeadlinePassed):
        watchdog.call_watched(function, seconds)
    return time.monotonic() - began


def test_lock_that_is_taken_again_and_again() -> None:
    lock = threading.Lock()

    def busy() -> None:
        while True:
            with lock:
                pass

    for _ in range(60):
        interrupted(busy)
        assert not lock.locked()


def test_block_that_is_being_entered() -> None:
    class Held:
        entered = left = 0

        def __enter__(self) -> None:
            while not watchdog._main.watches[-1].fired:
                pass
            Held.entered += 1

        def __exit__(self, *_: object) -> None:
            Held.left += 1

    def enter() -> None:
        with Held():
            time.sleep(60)

    interrupted(enter)
    assert (Held.entered, Held.left) == (1, 1)


@pytest.mark.parametrize("kind", [threading.Lock, threading.Semaphore, threading.Condition])
def test_lock_that_is_never_given_back(kind: Callable[[], Any]) -> None:
    lock = kind()
    holder = threading.Thread(target=lock.acquire)  # a condition's lock is its thread's own
    holder.start()
    holder.join()

    def blocked() -> None:
        with lock:
            raise AssertionError("somebody else has it")

    assert interrupted(blocked) < 30


def test_handler_that_goes_on_gets_no_second_exception() -> None:
    caught: list[BaseException] = []

    def careless() -> None:
        until = time.monotonic() + 0.1
        while time.monotonic() < until:
            try:
                time.sleep(0.001)
            except BaseException as error:
                caught.append(error)

    interrupted(careless)
    assert [type(each).__name__ for each in caught] == ["TimedOut"]
