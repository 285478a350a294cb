"""What a handler changes of the process: the test run has its own back, and the function its own in the next call."""

from __future__ import annotations

import asyncio
import json
import logging
import logging.config
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.runtime_builders import Loaded, make_function, run

from moto_lambda_urls.runtime.in_process.isolation import process_state
from moto_lambda_urls.runtime.in_process.isolation.event_loops import current_policy
from moto_lambda_urls.runtime.in_process.isolation.running import in_handler
from moto_lambda_urls.runtime.patches import install, uninstall

pytestmark = pytest.mark.in_process

TESTS = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    install()
    yield
    uninstall()
    assert not {"disabled", "propagate"} & set(vars(logging.Logger))


def settings() -> list[Any]:
    return [
        os.getcwd(),
        sys.getrecursionlimit(),
        socket.getdefaulttimeout(),
        sys.excepthook,
        sys.unraisablehook,
        threading.excepthook,
        logging.root.manager.disable,
        logging.getLogRecordFactory(),
        list(warnings.filters),
        warnings.showwarning,
        current_policy(),
        signal.getsignal(signal.SIGINT),
        signal.getsignal(signal.SIGTERM),
    ]


def hook(*_: object) -> None:
    """Stands for any hook."""


class Record(logging.LogRecord):
    """Stands for any kind of record."""


def set_another_policy() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.14
        asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())


def change() -> None:
    os.chdir(tempfile.gettempdir())
    sys.setrecursionlimit(4321)
    socket.setdefaulttimeout(12.5)
    sys.excepthook = hook
    sys.unraisablehook = hook
    threading.excepthook = hook
    logging.disable(logging.ERROR)
    logging.setLogRecordFactory(Record)
    logging.captureWarnings(True)
    set_another_policy()
    warnings.filterwarnings("ignore", message="of the handler")
    signal.signal(signal.SIGINT, hook)
    signal.signal(signal.SIGTERM, hook)


def test_given_back_after_the_invocation_and_there_in_the_next() -> None:
    seen: list[list[Any]] = []

    def handler(event: Any, _context: Any) -> None:
        if event["first"]:
            change()
        seen.append(settings())

    loaded, function, before = Loaded(handler), make_function(), settings()
    assert run(loaded, function, b'{"first": true}').error is None
    assert settings() == before
    assert run(loaded, function, b'{"first": false}').error is None
    assert settings() == before
    assert seen[0] == seen[1]
    changed = [after != earlier for after, earlier in zip(seen[0], before, strict=True)]
    assert changed == [True] * len(before)


def test_filters_work_as_they_are_listed() -> None:
    def handler(_event: Any, _context: Any) -> None:
        warnings.simplefilter("ignore")
        warnings.warn("of the handler", UserWarning, stacklevel=1)

    def warn() -> None:
        warnings.warn("of the test", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning, match="of the test"):
        warn()
    assert run(handler).error is None
    with pytest.warns(UserWarning, match="of the test"):
        warn()


def test_another_function_has_the_tests_own() -> None:
    before = os.getcwd()

    def inner(_event: Any, _context: Any) -> str:
        return os.getcwd()

    assert run(lambda _event, _context: os.chdir(tempfile.gettempdir()), make_function(name="first")).error is None
    assert json.loads(run(inner, make_function(name="second")).payload) == before


def test_what_a_test_changes_itself_stays() -> None:
    kept = socket.getdefaulttimeout()
    try:
        socket.setdefaulttimeout(7.5)
        assert run(lambda _event, _context: None).error is None
        assert socket.getdefaulttimeout() == 7.5
    finally:
        socket.setdefaulttimeout(kept)


def test_warnings_that_a_handler_has_logged_can_be_captured_by_the_test() -> None:
    assert run(lambda _event, _context: logging.captureWarnings(True)).error is None
    shown, kept = warnings.showwarning, Kept()
    logging.getLogger("py.warnings").addHandler(kept)
    try:
        logging.captureWarnings(True)
        warnings.showwarning("of the test", UserWarning, "test.py", 7)
    finally:
        logging.captureWarnings(False)
        logging.getLogger("py.warnings").removeHandler(kept)
    assert warnings.showwarning is shown
    assert kept.messages == ["test.py:7: UserWarning: of the test\n"]


@pytest.mark.skipif(os.name != "posix", reason="there are no alarms")
@pytest.mark.parametrize("alarm", ["signal.alarm(1)", "signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)"])
def test_an_alarm_that_a_handler_has_left_ends_nobody(alarm: str) -> None:
    code = f"""
import signal, time
from support.runtime_builders import run

def handler(_event, _context):
    signal.signal(signal.SIGALRM, lambda *_: None)
    {alarm}

assert run(handler).error is None
assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
time.sleep(1.2)
print("alive")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr


@pytest.mark.skipif(os.name != "posix", reason="there are no alarms")
def test_an_alarm_that_rings_as_the_invocation_ends_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class RangError(Exception):
        pass

    def ring(*_: object) -> None:
        raise RangError

    def handler(_event: Any, _context: Any) -> None:
        change()
        signal.signal(signal.SIGALRM, ring)

    def ringing() -> tuple[Any, ...]:
        if signal.getsignal(signal.SIGALRM) is ring and next(rings, False):
            signal.raise_signal(signal.SIGALRM)
        return read()

    read, rings, before, streams = process_state._read, iter([True]), settings(), (sys.stdout, sys.stderr)
    monkeypatch.setattr(process_state, "_read", ringing)
    with pytest.raises(RangError):
        run(handler)
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert settings() == before
    assert not in_handler()
    assert (sys.stdout, sys.stderr) == streams
    assert "AWS_LAMBDA_FUNCTION_NAME" not in os.environ


@pytest.mark.skipif(os.name != "posix", reason="there are no alarms")
def test_an_alarm_of_the_test_stays() -> None:
    rang: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: rang.append(number))
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        assert run(lambda _event, _context: None).error is None
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rang == []


def test_overlapping_invocations_end_with_the_tests_own() -> None:
    barrier = threading.Barrier(2, timeout=10)
    before = os.getcwd()

    def handler(event: Any, _context: Any) -> None:
        barrier.wait()
        if event["changes"]:
            os.chdir(tempfile.gettempdir())
        barrier.wait()

    functions = [make_function(name=name, timeout=20) for name in "ab"]
    callers = [
        threading.Thread(
            target=lambda n=number: run(Loaded(handler), functions[n], json.dumps({"changes": n}).encode())
        )
        for number in range(2)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert os.getcwd() == before


class Kept(logging.Handler):
    """A handler of the test's own."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.closed = False

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def close(self) -> None:
        self.closed = True
        super().close()


def test_dict_config_of_a_handler_leaves_the_tests_loggers_alone() -> None:
    mine, kept = logging.getLogger("tests.own.logger"), Kept()
    mine.addHandler(kept)
    mine.setLevel(logging.INFO)

    def handler(event: Any, _context: Any) -> list[bool]:
        if event["first"]:
            logging.config.dictConfig(
                {
                    "version": 1,
                    "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
                    "loggers": {"app": {"handlers": ["console"], "level": "INFO", "propagate": False}},
                }
            )
        logging.getLogger("app").info("of the function")
        return [logging.getLogger("tests.own.logger").disabled, logging.getLogger("app").propagate]

    loaded, function = Loaded(handler), make_function()
    try:
        first = run(loaded, function, b'{"first": true}')
        assert (json.loads(first.payload), mine.disabled) == ([True, False], False)
        assert first.logs.splitlines()[1] == "of the function"
        assert json.loads(run(loaded, function, b'{"first": false}').payload) == [True, False]
        mine.info("of the test")
        assert (kept.messages, kept.closed) == (["of the test"], False)
        assert not logging.getLogger("moto_lambda_urls").disabled
    finally:
        mine.removeHandler(kept)
