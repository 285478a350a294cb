"""No process of a function outlives the one that started it, however and whenever that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.in_process,
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are found in /proc"),
]

TESTS = Path(__file__).parents[2]
DEAF = "#!/bin/sh\nwhile true; do sleep 0.05; done\n"
"""A runtime that does not see when the Runtime API is gone."""
SCRIPT = """
import os, signal, sys, threading, time
sys.path.insert(0, {tests!r})
from support.processes import call, function_of, result
from moto_lambda_urls.runtime.processes import Environments, environment, reaper

pool = Environments(max_processes=32)
python = [function_of("def handler(event, context): return 1", name={name!r}) for _ in range(10)]
deaf = [
    function_of({{"bootstrap": {deaf!r}}}, runtime="provided.al2", executable=("bootstrap",), name={name!r})
    for _ in range(10)
]

def start_all():
    for each in (*python, *deaf):
        threading.Thread(target=call, args=(pool, each), daemon=True).start()

{body}
"""
ENDS = {
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "SIGKILL-of-the-group": "os.killpg(0, signal.SIGKILL)",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "_exit": "os._exit(3)",
    "exit": "sys.exit(3)",
}
FORKING = """
def live_on():
    for _ in range(40):
        if not os.fork():
            time.sleep(20)
            os._exit(0)
        time.sleep(0.05)
threading.Thread(target=live_on, daemon=True).start()
"""


def processes_of(name: str) -> list[int]:
    """The processes of the function of that name."""
    mark, found = f"AWS_LAMBDA_FUNCTION_NAME={name}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def assert_nothing_is_left_by(body: str) -> None:
    """Run a process of ``body`` to its end: processes that it forked may live on, those of functions may not."""
    name = f"f-{uuid.uuid4()}"
    script = SCRIPT.format(tests=str(TESTS), name=name, deaf=DEAF, body=body)
    with subprocess.Popen([sys.executable, "-c", script], start_new_session=True) as process:
        process.wait(timeout=60)
    latest = time.monotonic() + 10
    while (left := processes_of(name)) and time.monotonic() < latest:
        time.sleep(0.05)
    for group in (process.pid, *left):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    assert left == []


STARTING = "for each in python[:3]: result(pool, each)\nstart_all()\ntime.sleep(0.05)\n"


@pytest.mark.parametrize("end", ENDS)
def test_ends_while_twenty_start_and_some_are_idle(end: str) -> None:
    assert_nothing_is_left_by(STARTING + ENDS[end])


@pytest.mark.parametrize("end", ["SIGKILL", "_exit"])
def test_ends_before_children_that_it_forked(end: str) -> None:
    assert_nothing_is_left_by(FORKING + STARTING + ENDS[end])


def test_killed_as_soon_as_a_process_runs() -> None:
    """Before anything else is done with the process."""
    assert_nothing_is_left_by(
        "popen = environment.subprocess.Popen\n"
        "def start(arguments, **options):\n"
        "    process = popen(arguments, **options)\n"
        "    if 'env' in options: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return process\n"
        "environment.subprocess.Popen = start\n"
        "call(pool, deaf[0])"
    )


def test_forked_while_the_reaper_starts() -> None:
    """A child must not keep what tells the reaper that its parent has ended."""
    assert_nothing_is_left_by(
        "def live_on():\n"
        "    if not os.fork():\n"
        "        time.sleep(60)\n"
        "        os._exit(0)\n"
        "forking = threading.Thread(target=live_on)\n"
        "popen = reaper.subprocess.Popen\n"
        "def start(*arguments, **options):\n"
        "    process = popen(*arguments, **options)\n"
        "    if 'env' not in options and not forking.ident:\n"
        "        forking.start()\n"
        "        forking.join(0.3)\n"
        "    return process\n"
        "reaper.subprocess.Popen = start\n"
        "threading.Thread(target=call, args=(pool, deaf[0]), daemon=True).start()\n"
        "while not pool.pids(): time.sleep(0.01)\n"
        "forking.join()\n"
        "os._exit(0)"
    )


def test_reaper_outlives_a_signal_to_all_children() -> None:
    """As of who ends a tree of processes from its leaves."""
    assert_nothing_is_left_by(
        "threading.Thread(target=call, args=(pool, deaf[0]), daemon=True).start()\n"
        "while pool._reaper._shell is None or not pool.pids(): time.sleep(0.01)\n"
        "time.sleep(0.2)\n"
        "os.kill(pool._reaper._shell.pid, signal.SIGTERM)\n"
        "time.sleep(0.2)\n"
        "os._exit(0)"
    )


KILL_THE_REAPER = (
    "threading.Thread(target=call, args=(pool, deaf[0]), daemon=True).start()\n"
    "while pool._reaper._shell is None or not pool.pids(): time.sleep(0.01)\n"
    "time.sleep(0.2)\n"
    "reaper = pool._reaper._shell\n"
    "os.kill(reaper.pid, signal.SIGKILL)\n"
    "os.waitid(os.P_PID, reaper.pid, os.WEXITED | os.WNOWAIT)\n"
)


def test_killed_reaper_is_replaced_with_the_next_process() -> None:
    assert_nothing_is_left_by(
        f"{KILL_THE_REAPER}"
        "pool._stop_tending.set()\n"
        "threading.Thread(target=call, args=(pool, deaf[1]), daemon=True).start()\n"
        "while len(pool.pids()) < 2: time.sleep(0.01)\n"
        "assert pool._reaper._shell is not reaper\n"
        "os._exit(0)"
    )


def test_killed_reaper_is_replaced_when_nothing_starts() -> None:
    assert_nothing_is_left_by(
        f"{KILL_THE_REAPER}while pool._reaper._shell is reaper: time.sleep(0.01)\ntime.sleep(0.2)\nos._exit(0)"
    )


def test_killed_reaper_ends_nothing() -> None:
    assert_nothing_is_left_by(
        "pid = result(pool, function_of('import os\\ndef handler(event, context): return os.getpid()'))\n"
        "os.kill(pool._reaper._shell.pid, signal.SIGKILL)\n"
        "time.sleep(0.3)\n"
        "os.kill(pid, 0)\n"
        "os._exit(0)"
    )


XDIST = """
import os, pathlib, signal, threading, time
import boto3, pytest
from moto_lambda_urls import mock_lambda_urls
from support.builders import make_zip

SLEEP = "import time\\ndef handler(event, context): time.sleep(60)"
FOLDER = pathlib.Path({folder!r})

@pytest.mark.parametrize("number", range(2))
def test_function(number, worker_id):
    with mock_lambda_urls(processes="always") as urls:
        urls.deploy(make_zip(SLEEP), name={name!r}, timeout=60)
        client = urls.client("lambda")
        threading.Thread(target=client.invoke, kwargs={{"FunctionName": {name!r}}}, daemon=True).start()
        (FOLDER / worker_id).write_text(str(os.getpid()))
        time.sleep(60)
"""


@pytest.mark.parametrize("end", ["workers", "session", "group"])
def test_xdist_that_is_killed(end: str, tmp_path: Path) -> None:
    """Killed workers, and workers whose session is killed, leave no process of a function."""
    pytest.importorskip("xdist")
    name = f"f-{uuid.uuid4()}"
    test, folder = tmp_path / "test_xdist_sample.py", tmp_path / "pids"
    folder.mkdir()
    test.write_text(XDIST.format(name=name, folder=str(folder)))
    path = os.pathsep.join(filter(None, [str(TESTS), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-q", "-p", "xdist.plugin", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, "-n", "2", "--max-worker-restart=0", str(test)],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as session:
        try:
            wait_for(lambda: session.poll() is not None or len(processes_of(name)) == 2, 180)
            assert session.poll() is None
            workers = [int(file.read_text()) for file in folder.iterdir()]
            if end == "group":
                os.killpg(session.pid, signal.SIGKILL)
            else:
                for pid in workers if end == "workers" else [session.pid]:
                    os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not processes_of(name), 30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(session.pid, signal.SIGKILL)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    latest = time.monotonic() + seconds
    while not condition() and time.monotonic() < latest:
        time.sleep(0.05)
    assert condition()
