"""Many processes: used again, at most so many, replaced, and ended with whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from support.processes import call, children, environments, function_of, needs_node, result, runs
from support.runtime_builders import make_call

from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes import pool as pool_module
from moto_lambda_urls.runtime.processes.environment import Environment

pytestmark = pytest.mark.in_process
PID = "import os, time\ndef handler(event, context):\n    time.sleep(event.get('sleep', 0))\n    return os.getpid()"


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


@contextmanager
def made(**options: Any) -> Iterator[Environments]:
    yield from environments(**options)


def at_once(pool: Environments, functions: list[Any], event: Any) -> list[Any]:
    with ThreadPoolExecutor(len(functions)) as threads:
        return list(threads.map(lambda function: result(pool, function, event), functions))


def test_one_process_serves_one_invocation_at_a_time(pool: Environments) -> None:
    function = function_of(PID)
    assert len(set(at_once(pool, [function] * 4, {"sleep": 0.5}))) == 4
    assert len(pool.pids()) == 4
    again = {result(pool, function) for _ in range(4)}
    assert len(again) == 1
    assert again < set(pool.pids())


def test_more_than_max_processes_wait() -> None:
    with made(max_processes=2) as pool:
        started = time.monotonic()
        pids = at_once(pool, [function_of(PID, timeout=20)] * 6, {"sleep": 0.3})
        assert len(set(pids)) == 2
        assert time.monotonic() - started >= 0.9


def test_idle_process_of_another_function_makes_room() -> None:
    with made(max_processes=2) as pool:
        functions = [function_of(PID, name=f"f{n}") for n in range(3)]
        pids = [result(pool, function) for function in functions]
        assert set(pool.pids()) == set(pids[1:])
        assert result(pool, functions[1]) == pids[1]
        assert result(pool, functions[0]) not in pids


def test_idle_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    with made(idle_seconds=0.3) as pool:
        function = function_of(PID)
        pid = result(pool, function)
        until(lambda: not pool.pids())
        until(lambda: not runs(pid))
        assert result(pool, function) != pid


def test_idle_process_ends_after_five_minutes(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    later, looks = 0.0, 0

    def monotonic() -> float:
        nonlocal looks
        looks += 1
        return time.monotonic() + later

    def looked_since(number: int) -> bool:
        return looks > number + 3

    function = function_of(PID)
    monkeypatch.setattr(pool_module, "monotonic", monotonic)
    pid = result(pool, function)
    for seconds in (100.0, 200.0):
        later = seconds
        until(partial(looked_since, looks))
        assert runs(pid)
    later = 301.0
    until(lambda: not runs(pid))
    assert pool.pids() == []


@pytest.mark.parametrize(
    "change",
    [
        {"code_sha_256": "other"},
        {"environment_vars": {"A": "1"}},
        {"timeout": 9},
        {"memory_size": 256},
        {"role": "other"},
        {"description": "other"},
    ],
)
def test_new_code_or_configuration_replaces_processes(pool: Environments, change: dict[str, Any]) -> None:
    function = function_of(PID)
    function.role = function.description = ""
    pid = result(pool, function)
    assert result(pool, function) == pid
    for name, value in change.items():
        setattr(function, name, value)
    assert result(pool, function) != pid
    assert not runs(pid)


def test_update_during_a_call(pool: Environments) -> None:
    function = function_of(PID)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(result, pool, function, {"sleep": 1})
        until(lambda: len(pool.pids()) == 1)
        time.sleep(0.3)
        function.code_bytes = function_of(PID.replace("os.getpid()", "'new'")).code_bytes
        function.code_sha_256 = "new"
        assert result(pool, function) == "new"
        old = slow.result()
    assert not runs(old)
    assert len(pool.pids()) == 1


def test_runtime_that_does_not_read_its_answers_holds_nobody_up(
    pool: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    function, other = function_of(PID), function_of(PID)
    pid, serve = result(pool, function), Environment.serve
    held, go_on = threading.Event(), threading.Event()

    def serve_slowly(environment: Environment, seconds: float) -> bool:
        if environment.pid == pid and not go_on.is_set():
            held.set()
            go_on.wait(30)
        return serve(environment, seconds)

    monkeypatch.setattr(Environment, "serve", serve_slowly)
    monkeypatch.setattr(Environment, "is_asking", property(lambda each: each.pid == pid and not go_on.is_set()))
    assert held.wait(20)
    assert result(pool, other) not in (pid, None)
    assert pid in pool.pids()
    go_on.set()
    until(lambda: not pool._busy)
    assert result(pool, function) == pid


def test_closing_ends_a_runtime_that_is_being_answered(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    function, held = function_of(PID), threading.Event()
    pid = result(pool, function)
    monkeypatch.setattr(Environment, "is_asking", property(lambda each: not held.is_set()))

    def serve(*_: object) -> bool:
        held.set()
        until(lambda: not runs(pid))
        return True

    monkeypatch.setattr(Environment, "serve", serve)
    assert held.wait(20)
    pool.close()
    assert not runs(pid)


def test_function_that_is_gone_takes_its_processes_along(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "_TEND_SECONDS", 0.05)
    function = function_of(PID)
    pid = result(pool, function)
    del function
    until(lambda: not pool.pids())
    until(lambda: not runs(pid))


def test_folders_go_with_the_processes(pool: Environments) -> None:
    source = "import os\ndef handler(event, context): return os.environ['LAMBDA_TASK_ROOT']"
    function = function_of(source)
    folder = Path(result(pool, function))
    assert folder.is_dir()
    pool.close()
    until(lambda: not folder.exists())


def test_closing_ends_a_call_in_progress(pool: Environments) -> None:
    function = function_of(PID, timeout=60)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(call, pool, function, {"sleep": 30})
        until(pool.pids)
        time.sleep(0.3)
        pool.close()
        outcome = slow.result(timeout=10)
    assert outcome.error is not None
    assert outcome.error.message.endswith("signal: killed")
    assert result(pool, function) > 0


def test_closing_ends_calls_that_wait_or_are_about_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held, go_on, start = threading.Event(), threading.Event(), Environment.start
    function, waiting = function_of(PID, timeout=600), function_of(PID, name="other", timeout=600)

    def start_slowly(environment: Environment) -> None:
        held.set()
        go_on.wait(300)
        start(environment)

    with made(max_processes=1) as pool, ThreadPoolExecutor(2) as threads:
        monkeypatch.setattr(Environment, "start", start_slowly)
        calls = [threads.submit(call, pool, function)]
        assert held.wait(300)
        calls.append(threads.submit(call, pool, waiting))
        until(lambda: pool.shortage, 300)
        pool.close()
        go_on.set()
        errors = [each.result(300).error for each in calls]
        assert [error and error.message.endswith("signal: killed") for error in errors] == [True, True]
        assert pool.pids() == []
        assert (pool._count, result(pool, function) > 0) == (0, True)


def test_process_that_starts_while_all_are_ended(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    function, spawn, closing = function_of(PID, timeout=600), Environment._spawn, threading.Thread(target=pool.close)

    def close_meanwhile(environment: Environment, *arguments: Any) -> Any:
        process = spawn(environment, *arguments)
        closing.start()
        until(environment._retired.is_set, 60)
        return process

    with monkeypatch.context() as patched:
        patched.setattr(Environment, "_spawn", close_meanwhile)
        outcome = call(pool, function)
        closing.join(60)
    assert outcome.error is not None
    assert outcome.error.message.endswith("signal: killed")
    assert pool.pids() == []
    assert result(pool, function) > 0


def test_a_thousand_calls_leave_nothing_behind(pool: Environments) -> None:
    function = function_of(PID)
    result(pool, function)
    before, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(1000):
        result(pool, function)
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == (before, threads)


def test_many_functions_in_many_threads(pool: Environments) -> None:
    functions = [function_of(f"def handler(event, context): return [{n}, event['n']]", name=f"f{n}") for n in range(20)]

    def one(number: int) -> bool:
        which = number % len(functions)
        return bool(result(pool, functions[which], {"n": number}) == [which, number])

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(one, range(400)))
    assert len(pool.pids()) <= 32


def test_no_call_is_lost_while_code_is_updated(pool: Environments) -> None:
    function = function_of("def handler(event, context): return [0, event['n']]")
    lock, done = threading.Lock(), threading.Event()

    def update() -> None:
        for version in range(1, 8):
            code = function_of(f"def handler(event, context): return [{version}, event['n']]").code_bytes
            with lock:
                function.code_bytes = code
            function.code_sha_256 = str(version)
            time.sleep(0.15)
        done.set()

    def one(number: int) -> list[int]:
        seen: list[int] = result(pool, function, {"n": number})
        return seen

    updater = threading.Thread(target=update)
    updater.start()
    numbers = iter(range(10_000))
    with ThreadPoolExecutor(16) as threads:
        answers: list[tuple[int, list[int]]] = []
        while not done.is_set():
            batch = [next(numbers) for _ in range(32)]
            answers += zip(batch, threads.map(one, batch), strict=True)
    updater.join()
    assert all(number == seen[1] for number, seen in answers)
    assert result(pool, function, {"n": -1}) == [7, -1]
    until(lambda: len(pool.pids()) <= 16)


SCRIPT = """
import os, sys, time
sys.path.insert(0, {tests!r})
from support.processes import function_of, result
from moto_lambda_urls.runtime.processes import Environments
pool = Environments(max_processes=3)
{body}
"""


def run_script(body: str) -> subprocess.Popen[str]:
    script = SCRIPT.format(tests=str(Path(__file__).parents[2]), body=body)
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)


PYTHON = "import os, time; print(os.getpid(), flush=True)\ndef handler(event, context): time.sleep(60)"
SHELL = "#!/bin/sh\necho $$\nexec sleep 60\n"
NODE = "process.stdout.write(`${process.pid}\\n`); exports.handler = () => { while (true); }"
BUSY = {
    "python": f"function_of({PYTHON!r}, timeout=60)",
    "shell": f"function_of({{'bootstrap': {SHELL!r}}}, runtime='provided.al2', executable=('bootstrap',))",
    "node": f"function_of({{'app.js': {NODE!r}}}, runtime='nodejs20.x', timeout=60)",
}


@pytest.mark.parametrize("kind", BUSY)
def test_killed_parent_takes_its_processes_along(kind: str) -> None:
    if kind == "node":
        needs_node()
    parent = run_script(f"result(pool, {BUSY[kind]})")
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
        time.sleep(0.3)
        parent.kill()
        parent.wait()
    until(lambda: not runs(pid))


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 15)", "raise SystemExit(3)", "1 / 0"])
def test_parent_that_ends_takes_its_processes_along(end: str) -> None:
    source = "import os\\ndef handler(event, context): return os.getpid()"
    parent = run_script(f"f = function_of('{source}')\nprint(result(pool, f), flush=True)\nsys.stderr = None\n{end}")
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
    parent.wait()
    until(lambda: not runs(pid))


def test_forked_child_leaves_the_processes_to_its_parent(pool: Environments) -> None:
    function = function_of(PID)
    pid = result(pool, function)
    child = os.fork()
    if not child:
        own = result(pool, function)
        pool.close()
        os._exit(0 if own != pid and not runs(own) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert runs(pid)
    assert result(pool, function) == pid


def test_nothing_is_started_before_the_first_call() -> None:
    before = children(), threading.active_count()
    Environments(max_processes=1).close()
    assert (children(), threading.active_count()) == before


def test_stream_that_is_not_read_holds_its_process(pool: Environments) -> None:
    source = "import os\ndef handler(event, context):\n    yield str(os.getpid())\n    yield b'rest'"
    function = function_of(source)
    first = pool.stream(make_call(None, function))
    second = pool.stream(make_call(None, function))
    assert next(first) != next(second)
    assert [list(first), list(second)] == [[b"rest"], [b"rest"]]


def test_own_signals_do_not_reach_processes(pool: Environments) -> None:
    function = function_of(PID)
    pid = result(pool, function)
    assert os.getpgid(pid) == pid
    assert os.getsid(pid) == pid
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL


TENANT = "import os\ndef handler(event, context):\n    return [context.tenant_id, os.getpid()]"


def test_each_tenant_has_processes_of_its_own(pool: Environments) -> None:
    function = function_of(TENANT)
    answers = [result(pool, function, tenant_id=tenant_id) for tenant_id in ("blue", "green", "blue", None, "green")]
    pids = dict(answers)
    assert [tenant_id for tenant_id, _ in answers] == ["blue", "green", "blue", None, "green"]
    assert all(pids[tenant_id] == pid for tenant_id, pid in answers)
    assert len(set(pids.values())) == 3


def test_process_of_a_tenant_makes_room_for_that_of_another() -> None:
    with made(max_processes=1) as pool:
        function = function_of(TENANT)
        tenants = ("blue", "green", "blue")
        answers = [result(pool, function, tenant_id=tenant_id) for tenant_id in tenants]
        assert [tenant_id for tenant_id, _ in answers] == list(tenants)
        assert len({pid for _, pid in answers}) == 3


def test_process_of_a_tenant_that_has_ended(pool: Environments) -> None:
    function = function_of(TENANT)
    _, blue = result(pool, function, tenant_id="blue")
    _, green = result(pool, function, tenant_id="green")
    os.kill(blue, signal.SIGKILL)
    until(lambda: not runs(blue))
    _, again = result(pool, function, tenant_id="blue")
    assert again not in (blue, green)
    assert result(pool, function, tenant_id="green") == ["green", green]
