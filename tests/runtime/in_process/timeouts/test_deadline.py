"""Timeouts, in the main thread and in others."""

from __future__ import annotations

import json
import pdb
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from support.runtime_builders import REQUEST_ID, Loaded, make_function, run
from support.threads import in_main, in_worker

from moto_lambda_urls.runtime.in_process.timeouts import carriers, debuggers, watchdog
from moto_lambda_urls.runtime.patches import install, uninstall

pytestmark = pytest.mark.in_process

TIMED_OUT = {
    "errorType": "Sandbox.Timedout",
    "errorMessage": f"RequestId: {REQUEST_ID} Error: Task timed out after 0.10 seconds",
}


@pytest.fixture(params=[in_main, in_worker])
def anywhere(request: pytest.FixtureRequest) -> Any:
    return request.param


def spin(_event: Any, _context: Any) -> None:
    while True:
        pass


def sleep(_event: Any, _context: Any) -> None:
    time.sleep(1.5)


def wait(_event: Any, _context: Any) -> None:
    threading.Event().wait(1.5)


def stubborn(_event: Any, _context: Any) -> str:
    try:
        while True:
            pass
    except BaseException:
        return "finished all the same"


def careless(_event: Any, _context: Any) -> None:
    while True:
        try:
            while True:
                pass
        except Exception:
            continue


@pytest.mark.parametrize("handler", [spin, sleep, wait, stubborn, careless])
def test_timed_out(handler: Any, anywhere: Any) -> None:
    started = time.monotonic()
    outcome = anywhere(lambda: run(handler, make_function(timeout=0.1)))
    assert time.monotonic() - started < 1
    assert json.loads(outcome.payload) == TIMED_OUT
    assert f"Z {REQUEST_ID} Task timed out after 0.10 seconds\n\nEND RequestId: {REQUEST_ID}\nREPORT" in outcome.logs
    assert outcome.logs.endswith("Status: timeout\t\n")


def test_in_time(anywhere: Any) -> None:
    assert anywhere(lambda: run(lambda _event, _context: time.sleep(0.05), make_function(timeout=1)).payload) == b"null"


def test_nothing_is_raised_after_the_handler(anywhere: Any) -> None:
    """Handlers that end when their time does, many times over."""

    def just(_event: Any, _context: Any) -> None:
        end = time.monotonic() + 0.002
        while time.monotonic() < end:
            pass

    def many() -> int:
        function = make_function(timeout=0.002)
        for _ in range(100):
            run(just, function)
        return sum(range(100_000))

    install()
    try:
        assert anywhere(many) == 4999950000
    finally:
        uninstall()


def test_inner_function_times_out_alone(anywhere: Any) -> None:
    inner = make_function(name="inner", timeout=0.1)

    def outer(_event: Any, _context: Any) -> Any:
        return json.loads(run(sleep, inner).payload)

    assert json.loads(anywhere(lambda: run(outer, make_function(timeout=2)).payload)) == TIMED_OUT


def test_outer_function_times_out_in_an_inner_one() -> None:
    inner = make_function(name="inner", timeout=1)

    def outer(_event: Any, _context: Any) -> Any:
        return run(sleep, inner).error

    started = time.monotonic()
    assert json.loads(run(outer, make_function(timeout=0.1)).payload) == TIMED_OUT
    assert time.monotonic() - started < 1


def test_debugger_is_never_cut_off(anywhere: Any) -> None:
    class AtPrompt(pdb.Pdb):
        def interaction(self, *_args: Any) -> None:
            time.sleep(0.2)

    def debugged(_event: Any, _context: Any) -> str:
        before = sys.gettrace()
        AtPrompt().set_trace()
        sys.settrace(before)
        return "stepped"

    assert anywhere(lambda: run(debugged, make_function(timeout=0.1)).payload) == b'"stepped"'


def test_coverage_is_no_debugger(anywhere: Any) -> None:
    class Tracer:
        __module__ = "coverage.pytracer"

        def trace(self, *_args: Any) -> None:
            return None

    def traced() -> Any:
        before = sys.gettrace()
        sys.settrace(Tracer().trace)
        try:
            return debuggers.debugger_attached(), run(spin, make_function(timeout=0.1))
        finally:
            sys.settrace(before)

    attached, outcome = anywhere(traced)
    assert not attached
    assert json.loads(outcome.payload) == TIMED_OUT


def test_no_thread_outlives_the_last_mock(anywhere: Any) -> None:
    before = set(threading.enumerate())
    install()
    anywhere(lambda: run(sleep, make_function(timeout=0.1)))
    anywhere(lambda: run(Loaded(lambda _event, _context: None)))
    uninstall()
    deadline = time.monotonic() + 4
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert set(threading.enumerate()) - before == set()


def test_threads_of_a_burst_end_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carriers, "IDLE_SECONDS", 0.1)
    barrier = threading.Barrier(12, timeout=10)

    def handler(_event: Any, _context: Any) -> int:
        barrier.wait()
        return threading.get_ident()

    install()
    try:
        before = set(threading.enumerate())
        callers = [threading.Thread(target=lambda: run(Loaded(handler), make_function(timeout=9))) for _ in range(12)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        deadline = time.monotonic() + 4
        while set(threading.enumerate()) - before and time.monotonic() < deadline:
            time.sleep(0.02)
        assert set(threading.enumerate()) - before == set()
        assert in_worker(lambda: run(lambda _event, _context: "again").payload) == b'"again"'
    finally:
        uninstall()


NESTED_IN_ADD = """
import faulthandler, threading
from moto_lambda_urls.runtime.in_process.timeouts import watchdog

faulthandler.dump_traceback_later(5, exit=True)

class Thread(threading.Thread):
    def __init__(self, **options):
        threading.Thread = Thread.__base__
        watchdog.call_watched(lambda: print("inner"), 1)
        super().__init__(**options)

assert watchdog.usable()
threading.Thread = Thread
watchdog.call_watched(lambda: print("outer"), 1)
"""
"""The watchdog makes its thread with its lock held: where the garbage collector may end a stream that was abandoned."""


@pytest.mark.skipif(watchdog.INTERRUPT is None, reason="Windows has no such signal")
def test_watched_call_while_another_one_begins() -> None:
    ran = subprocess.run([sys.executable, "-c", NESTED_IN_ADD], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["inner", "outer"]
