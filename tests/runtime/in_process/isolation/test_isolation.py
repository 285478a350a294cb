"""Environment, output and logging of invocations that run at once, and of the test run around them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.runtime_builders import Loaded, make_function, run

from moto_lambda_urls.runtime.patches import install, uninstall

pytestmark = pytest.mark.in_process


def state() -> tuple[object, ...]:
    """What the runtime changes while a mock is active."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return type(os.environ), variables, threading.Thread.start, ThreadPoolExecutor.submit, subprocess.Popen.__init__


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    before = state()
    root = logging.getLogger()
    install()
    yield
    uninstall()
    assert state() == before
    assert not [handler for handler in root.handlers if type(handler).__module__.startswith("moto_lambda_urls")]
    assert type(os.environb).__module__ == "os"


def test_functions_with_clashing_variables_at_once() -> None:
    barrier = threading.Barrier(16, timeout=10)

    def handler(_event: Any, _context: Any) -> list[Any]:
        barrier.wait()
        os.environ["WRITTEN"] = os.environ["STAGE"]
        print(os.environ["STAGE"], "says hello")
        with ThreadPoolExecutor(2) as pool:
            in_pool = list(pool.map(os.environ.get, ["STAGE", "WRITTEN"]))
        seen: list[str] = []

        def look() -> None:
            print("from a thread")
            seen.append(os.environ["STAGE"])

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        barrier.wait()
        return [os.environ["STAGE"], os.environ["WRITTEN"], *in_pool, *seen, os.environ["AWS_LAMBDA_FUNCTION_NAME"]]

    functions = [
        make_function(name=f"f{number}", environment={"STAGE": f"s{number}"}, timeout=20) for number in range(4)
    ]
    outcomes: list[Any] = [None] * 16

    def call(number: int) -> None:
        outcomes[number] = run(Loaded(handler), functions[number % 4])

    threads = [threading.Thread(target=call, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, outcome in enumerate(outcomes):
        stage = f"s{number % 4}"
        assert json.loads(outcome.payload) == [stage] * 5 + [f"f{number % 4}"]
        assert outcome.logs.splitlines()[1:3] == [f"{stage} says hello", "from a thread"]
    assert "STAGE" not in os.environ
    assert "WRITTEN" not in os.environ


def test_environment_as_a_mapping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTSIDE", "1")

    def handler(_event: Any, _context: Any) -> list[Any]:
        del os.environ["OUTSIDE"]
        os.environ.update(A="new")
        os.environb[b"BYTES"] = b"b"
        gone = os.environ.pop("GONE")
        with pytest.raises(KeyError, match="OUTSIDE"):
            os.environ["OUTSIDE"]
        with pytest.raises(TypeError):
            os.environ["A"] = 1  # type: ignore[assignment]
        copied = os.environ.copy()
        assert len(os.environ) == len(copied) == len(list(os.environ))
        return [
            "OUTSIDE" in os.environ,
            os.getenv("A"),
            os.environ["BYTES"],
            os.environb[b"A"].decode(),
            gone,
            os.environ.setdefault("GONE", "again"),
            copied["A"],
            "GONE" in copied,
        ]

    function = make_function(environment={"A": "a", "GONE": "g"})
    outcome = run(handler, function)
    assert json.loads(outcome.payload) == [False, "new", "b", "new", "g", "again", "new", False]
    assert os.environ["OUTSIDE"] == "1"
    assert run(lambda _event, _context: os.environ["A"], function).payload == b'"new"'


def test_reserved_variables() -> None:
    names = ["_HANDLER", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "TZ", "_X_AMZN_TRACE_ID"]
    outcome = run(lambda _event, _context: [os.environ[name] for name in names], trace_id="Root=1-2")
    assert json.loads(outcome.payload) == [
        "app.handler",
        "us-east-1",
        "AWS_Lambda_python3.12",
        "128",
        ":UTC",
        "Root=1-2",
    ]


def test_subprocess_and_to_thread() -> None:
    def handler(_event: Any, _context: Any) -> list[str | None]:
        shell = subprocess.run(["/bin/sh", "-c", "echo $STAGE"], capture_output=True, text=True, check=True)
        return [shell.stdout.strip(), asyncio.run(asyncio.to_thread(os.getenv, "STAGE"))]

    assert run(handler, make_function(environment={"STAGE": "x"})).payload == b'["x", "x"]'


def test_pool_that_was_started_by_another_invocation() -> None:
    pool = ThreadPoolExecutor(1)

    def handler(_event: Any, _context: Any) -> Any:
        return pool.submit(os.getenv, "STAGE").result()

    with pool:
        assert run(handler, make_function(environment={"STAGE": "a"})).payload == b'"a"'
        assert run(handler, make_function(environment={"STAGE": "b"})).payload == b'"b"'
        assert pool.submit(os.getenv, "STAGE").result() is None


def test_output_passes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: Any, _context: Any) -> None:
        print("out")
        print("err", file=sys.stderr)
        sys.stdout.buffer.write(b"bytes\n")

    logs = run(handler).logs
    assert logs.splitlines()[1:4] == ["out", "err", "bytes"]
    captured = capsys.readouterr()
    assert captured.err == "err\n"
    assert sorted(captured.out.split()) == ["bytes", "out"]


def test_logging_levels_are_each_functions_own(caplog: pytest.LogCaptureFixture) -> None:
    def chatty(_event: Any, _context: Any) -> None:
        logging.getLogger().setLevel("INFO")
        logging.getLogger("lib").info("hello")

    def quiet(_event: Any, _context: Any) -> None:
        logging.getLogger("lib").info("hidden")
        logging.getLogger("lib").warning("shown")

    before = logging.getLogger().level
    assert "\thello\n" in run(chatty).logs
    logs = run(quiet).logs
    assert "hidden" not in logs
    assert "\tshown\n" in logs
    assert logging.getLogger().level == before
    assert [record.message for record in caplog.records] == ["hello", "shown"]


def test_handlers_of_a_function_stay_in_it() -> None:
    def handler(_event: Any, _context: Any) -> None:
        root = logging.getLogger()
        for each in list(root.handlers):
            root.removeHandler(each)
        own = logging.StreamHandler(sys.stdout)
        own.setFormatter(logging.Formatter("own %(message)s"))
        root.addHandler(own)
        logging.warning("text")

    handlers = list(logging.getLogger().handlers)
    assert run(handler).logs.splitlines()[1:-2] == ["own text"]
    assert set(handlers) <= set(logging.getLogger().handlers)
    assert "own" not in run(lambda _event, _context: logging.warning("other"), make_function(name="other")).logs
