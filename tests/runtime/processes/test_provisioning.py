"""Environments that are made before the first invocation, and stay when they are idle."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.processes import call, environments, function_of, needs_node, result, runs
from support.runtime_builders import make_call

from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes import pool as pool_module

pytestmark = pytest.mark.in_process
PID = "import os\nprint('made')\ndef handler(event, context): return os.getpid()"
TYPE = "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']"


@contextmanager
def made(**options: Any) -> Iterator[Environments]:
    yield from environments(**options)


def until(condition: Callable[[], object]) -> None:
    latest = time.monotonic() + 20
    while not condition() and time.monotonic() < latest:
        time.sleep(0.01)
    assert condition()


def test_made_before_the_first_call(pool: Environments) -> None:
    function = function_of(PID)
    assert pool.provision(make_call(None, function), 3)
    pids = set(pool.pids())
    assert len(pids) == 3
    outcome = call(pool, function)
    assert int(outcome.payload) in pids
    assert "made" not in outcome.logs
    assert "\tInit Duration: " in outcome.logs  # as on AWS: in the first report of the environment
    assert "Init Duration" not in call(pool, function).logs
    assert set(pool.pids()) == pids


def test_initialization_type(pool: Environments) -> None:
    function = function_of(TYPE)
    assert pool.provision(make_call(None, function), 1)
    assert result(pool, function) == "provisioned-concurrency"
    assert result(pool, function_of(TYPE)) == "on-demand"


def test_node(pool: Environments) -> None:
    needs_node()
    function = function_of({"app.js": "exports.handler = async () => process.pid"}, runtime="nodejs22.x")
    assert pool.provision(make_call(None, function), 2)
    assert result(pool, function) in pool.pids()


def test_they_stay_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    with made(idle_seconds=0.2) as pool:
        function, other = function_of(PID), function_of(PID)
        assert pool.provision(make_call(None, function), 2)
        kept = set(pool.pids())
        result(pool, other)
        until(lambda: set(pool.pids()) == kept)  # the other's has gone
        assert result(pool, function) in kept
        pool.provision(make_call(None, function), 0)
        until(lambda: not pool.pids())


def test_more_fewer_and_one_that_was_killed(pool: Environments) -> None:
    function = function_of(PID)
    request = make_call(None, function)
    assert pool.provision(request, 1)
    (first,) = pool.pids()
    assert pool.provision(request, 3)
    assert first in pool.pids()
    assert len(pool.pids()) == 3
    assert pool.provision(request, 2)
    os.kill(first, 9)
    until(lambda: not runs(first))
    assert all(result(pool, function) != first for _ in range(3))


def test_at_most_half_of_the_processes_and_others_make_them_give_way() -> None:
    with made(max_processes=4) as pool:
        function, other = function_of(PID), function_of(PID)
        assert pool.provision(make_call(None, function), 100)
        assert len(pool.pids()) == 2
        streams = [
            pool.stream(make_call(None, function_of("def handler(event, context):\n    yield b'1'\n    yield b'2'")))
            for _ in range(3)
        ]
        assert len(pool.pids()) == 4
        assert result(pool, other) > 0
        assert [list(each) for each in streams] == [[b"1", b"2"]] * 3


def test_new_code_is_not_served_by_them(pool: Environments) -> None:
    function = function_of(PID)
    assert pool.provision(make_call(None, function), 2)
    old = pool.pids()
    function.code_sha_256 = "other"
    assert result(pool, function) not in old
    assert not any(map(runs, old))


@pytest.mark.parametrize(
    ("source", "handler"),
    [("import nowhere", "app.handler"), ("raise SystemExit(3)", "app.handler"), ("", "app.handler")],
    ids=["import", "exit", "no handler"],
)
def test_init_that_fails(pool: Environments, source: str, handler: str) -> None:
    function = function_of(source, handler=handler)
    assert not pool.provision(make_call(None, function), 2)
    until(lambda: not pool.pids())
    assert call(pool, function).error is not None


def test_interrupted_while_they_start(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("moto_lambda_urls.runtime.processes.provisioning.wait_until_ready", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pool.provision(make_call(None, function_of(PID)), 3)
    assert pool.pids() == []
    assert result(pool, function_of(PID)) > 0
