"""No process of a function outlives the one that started it, however and whenever that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
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

pool = Environments()
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
