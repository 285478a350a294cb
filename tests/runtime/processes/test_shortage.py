"""What is said of invocations that wait for a process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.processes import call, environments, function_of, result

from moto_lambda_urls.runtime.processes import Environments

pytestmark = pytest.mark.in_process
HELD = (
    "import os, time\ndef handler(event, context):\n"
    "    while 'file' in event and not os.path.exists(event['file']): time.sleep(0.01)\n    return 1"
)
made = contextmanager(environments)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 300
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of those that wait."""
    return [each.getMessage() for each in caplog.records if "waits for a process" in each.getMessage()]


def test_who_waits_for_a_second_is_told_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "moto_lambda_urls")
    stock, orders = (function_of(HELD, name=name, timeout=600) for name in ("stock", "orders"))
    event = {"file": str(tmp_path / "go on")}
    with made(max_processes=3) as pool, ThreadPoolExecutor(4) as threads:
        held = [threads.submit(result, pool, each, event) for each in (stock, orders, stock)]
        until(lambda: len(pool.pids()) == 3)
        assert pool.shortage == ""
        waiting = threads.submit(result, pool, orders, {})
        until(lambda: said(caplog))
        until(lambda: pool.shortage)
        shortage = pool.shortage
        began = time.monotonic()
        until(lambda: time.monotonic() > began + 2)
        (tmp_path / "go on").touch()
        assert [each.result() for each in (*held, waiting)] == [1] * 4
        assert pool.shortage == ""
    text = "All 3 processes are busy: stock (2), orders (1). The option max_processes allows more."
    assert (shortage, said(caplog)) == (text, [f"Function orders waits for a process. {text}"])


def test_many_functions_are_counted(tmp_path: Path) -> None:
    event = {"file": str(tmp_path / "go on")}
    with made(max_processes=6) as pool, ThreadPoolExecutor(7) as threads:
        functions = [function_of(HELD, name=f"f{number}", timeout=600) for number in range(6)]
        held = [threads.submit(result, pool, each, event) for each in functions]
        until(lambda: len(pool.pids()) == 6)
        held.append(threads.submit(result, pool, functions[0], {}))
        until(lambda: pool.shortage)
        shortage = pool.shortage
        (tmp_path / "go on").touch()
        assert [each.result() for each in held] == [1] * 7
    assert shortage.startswith("All 6 processes are busy: ")
    assert shortage.count(" (1)") == 5
    assert ", 1 other function. " in shortage


@pytest.mark.parametrize("others", [True, False])
def test_timeout_says_that_others_wait(monkeypatch: pytest.MonkeyPatch, others: bool) -> None:
    function = function_of("import time\ndef handler(event, context): time.sleep(60)", name="orders", timeout=0.3)
    with made(max_processes=1) as pool:
        if others:
            monkeypatch.setattr(pool._shortage, "_waiting", 1)
        outcome = call(pool, function)
    hint = "The one process is busy: orders (1). The option max_processes allows more." if others else ""
    assert outcome.error is not None
    assert (outcome.error.type, outcome.error.hint) == ("Sandbox.Timedout", hint)


def test_exception_reaches_a_thread_that_waits(tmp_path: Path) -> None:
    """As that of a handler's Timeout, in this process."""
    from ctypes import c_ulong, py_object, pythonapi

    function, event, caught = function_of(HELD, timeout=600), {"file": str(tmp_path / "go on")}, list[Any]()

    def wait(pool: Environments) -> None:
        try:
            result(pool, function)
        except InterruptedError as error:
            caught.append(error)

    with made(max_processes=1) as pool, ThreadPoolExecutor(1) as threads:
        held = threads.submit(result, pool, function, event)
        until(lambda: len(pool.pids()) == 1)
        waiting = threading.Thread(target=wait, args=(pool,))
        waiting.start()
        until(lambda: pool.shortage)
        pythonapi.PyThreadState_SetAsyncExc(c_ulong(waiting.ident or 0), py_object(InterruptedError))
        waiting.join(300)
        assert (len(caught), waiting.is_alive()) == (1, False)
        (tmp_path / "go on").touch()
        assert held.result() == 1
        assert result(pool, function) == 1
