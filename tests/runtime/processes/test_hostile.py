"""Functions that do not want to end, and runtimes that speak no HTTP: nothing is left, and the next call works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.processes import call, children, error, function_of, result, runs
from support.runtime_builders import make_call

from moto_lambda_urls.runtime.in_process.timeouts import deadline
from moto_lambda_urls.runtime.processes import Environments

pytestmark = pytest.mark.in_process

NEEDS_PROC = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are found in /proc")
SAY = "def say():\n    with open(FILE, 'a') as file: file.write(f'{os.getpid()}\\n')\n"
LEAVES: dict[str, str] = {
    "setsid": "subprocess.Popen(['sh', '-c', f'echo $$ >> {FILE}; exec sleep 60'], start_new_session=True)",
    "daemon": (
        "if not os.fork():\n        os.setsid()\n        if os.fork(): os._exit(0)\n"
        "        for number in range(3): os.close(number)\n        say(); time.sleep(60); os._exit(0)"
    ),
    "SIGTERM": (
        "if not os.fork():\n        for each in range(1, 32):\n            try: signal.signal(each, signal.SIG_IGN)\n"
        "            except OSError: pass\n        say(); time.sleep(60); os._exit(0)"
    ),
    "many": (
        "for _ in range(20):\n        if not os.fork():\n            os.setsid() if _ % 2 else None\n"
        "            say()\n            while True: time.sleep(0.001)"
    ),
}


def leaving(how: str, file: Path) -> Any:
    """A function that starts processes in some way, which write their numbers to ``file``."""
    count = 20 if how == "many" else 1
    source = (
        f"import os, signal, subprocess, time\nFILE = {str(file)!r}\n{SAY}"
        f"def handler(event, context):\n    {LEAVES[how]}\n"
        f"    while not os.path.exists(FILE) or len(open(FILE).readlines()) < {count}: time.sleep(0.01)\n"
        "    if event.get('wait'): time.sleep(60)\n    return os.getpid()"
    )
    return function_of(source, timeout=20)


def left(file: Path) -> list[int]:
    return [pid for pid in map(int, file.read_text().split()) if runs(pid)]


def until_none_is_left(file: Path) -> None:
    latest = time.monotonic() + 10
    while left(file) and time.monotonic() < latest:
        time.sleep(0.01)
    assert left(file) == []


@NEEDS_PROC
@pytest.mark.parametrize("how", LEAVES)
def test_ends_with_the_pool(pool: Environments, tmp_path: Path, how: str) -> None:
    result(pool, leaving(how, tmp_path / "pids"))
    assert left(tmp_path / "pids")
    pool.close()
    until_none_is_left(tmp_path / "pids")


@NEEDS_PROC
@pytest.mark.parametrize("how", LEAVES)
def test_ends_with_the_timeout(pool: Environments, tmp_path: Path, how: str) -> None:
    function = leaving(how, tmp_path / "pids")
    function.timeout = 3
    assert error(pool, function, {"wait": True})["errorType"] == "Sandbox.Timedout"
    until_none_is_left(tmp_path / "pids")


@NEEDS_PROC
@pytest.mark.parametrize("how", LEAVES)
def test_ends_with_a_test_process_that_is_killed(tmp_path: Path, how: str) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from pathlib import Path\nfrom support.processes import result\n"
        "from runtime.processes.test_hostile import leaving\n"
        "from moto_lambda_urls.runtime.processes import Environments\n"
        "pool = Environments(max_processes=1)\n"
        f"print(result(pool, leaving({how!r}, Path({str(tmp_path / 'pids')!r}))), flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    until_none_is_left(tmp_path / "pids")
    latest = time.monotonic() + 5
    while runs(pid) and time.monotonic() < latest:
        time.sleep(0.01)
    assert not runs(pid)


def test_other_processes_of_the_function_stay(pool: Environments) -> None:
    function = function_of(
        "import os\ndef handler(event, context):\n    if event.get('exit'): os._exit(1)\n"
        "    def items():\n        yield str(os.getpid())\n        yield b'rest'\n    return items()"
    )
    stream = pool.stream(make_call(None, function))
    pid = int(next(stream))
    assert error(pool, function, {"exit": 1})["errorType"] == "Runtime.ExitError"
    assert runs(pid)
    assert list(stream) == [b"rest"]


def test_no_zombies(pool: Environments) -> None:
    before = children()
    function = function_of("import os\ndef handler(event, context): os._exit(1)")
    for _ in range(5):
        error(pool, function)
    assert all(runs(pid) for pid in children() - before)


@pytest.mark.parametrize(
    "close", ["os.close(0)", "os.close(1); os.close(2)", "for number in (0, 1, 2): os.close(number)"]
)
def test_closed_standard_files(pool: Environments, close: str) -> None:
    function = function_of(f"import os\n{close}\ndef handler(event, context): return event")
    assert [result(pool, function, {"n": n}) for n in (1, 2)] == [{"n": 1}, {"n": 2}]


def test_flood_of_output_between_calls(pool: Environments) -> None:
    source = (
        "import sys, threading\ndef flood():\n    while True: sys.stdout.write('x' * 100_000)\n"
        "threading.Thread(target=flood, daemon=True).start()\ndef handler(event, context): return event"
    )
    function = function_of(source, timeout=20)
    for n in range(3):
        outcome = call(pool, function, {"n": n})
        assert json.loads(outcome.payload) == {"n": n}
        assert len(outcome.logs) < 2_200_000


GARBAGE = """#!{python} -S
import os, socket, sys, time
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
connection = socket.create_connection((host, int(port)))
NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: %s:%s\\r\\n\\r\\n" % (host.encode(), port.encode())
{speak}
"""
ANSWER = """
connection.sendall(NEXT)
head = connection.recv(65536).decode("latin-1")
request_id = head.partition("Lambda-Runtime-Aws-Request-Id: ")[2].split()[0]
POST = f"POST /2018-06-01/runtime/invocation/{request_id}/response HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n"
connection.sendall((POST + %r).encode("latin-1"))
time.sleep(60)
"""


@pytest.mark.parametrize(
    "speak",
    [
        "connection.sendall(b'\\x16\\x03\\x01 no HTTP at all\\r\\n\\r\\n'); time.sleep(60)",
        "connection.sendall(os.urandom(100_000)); time.sleep(60)",
        "connection.sendall(b'GET ' + b'x' * 3_000_000); time.sleep(60)",
        "connection.sendall(NEXT[:-2]); time.sleep(60)",
        "connection.close(); time.sleep(60)",
        ANSWER % "Content-Length: -1\r\n\r\nx",
        ANSWER % "Content-Length: 99999999999999999999\r\n\r\nx",
        ANSWER % "Transfer-Encoding: chunked\r\n\r\nzz\r\nx",
        ANSWER % "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
        ANSWER % "Bad Header\r\n\r\n",
    ],
    ids=["TLS", "random", "endless head", "half a head", "closed", "negative", "huge", "chunk", "huge chunk", "header"],
)
def test_bootstrap_that_speaks_garbage(pool: Environments, speak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "MAX_INIT_SECONDS", 1)
    bootstrap = GARBAGE.replace("{python}", sys.executable).replace("{speak}", speak)
    function = function_of({"bootstrap": bootstrap}, runtime="provided.al2023", executable=("bootstrap",), timeout=1)
    assert error(pool, function)["errorType"] in ("Sandbox.Timedout", "Runtime.TruncatedResponse")
    monkeypatch.undo()
    assert result(pool, function_of("def handler(event, context): return 1")) == 1


def test_hundreds_of_connections(pool: Environments) -> None:
    source = (
        "import os, socket\nhost, port = os.environ['AWS_LAMBDA_RUNTIME_API'].split(':')\n"
        "kept = [socket.create_connection((host, int(port))) for _ in range(300)]\n"
        "def handler(event, context): return event"
    )
    assert result(pool, function_of(source, timeout=20), {"n": 1}) == {"n": 1}


@NEEDS_PROC
def test_forks_are_bounded_by_the_timeout(pool: Environments, tmp_path: Path) -> None:
    """Each fork is replaced as it ends, so that there would be no end of them; at most 20 are there at once."""
    file = tmp_path / "pids"
    source = (
        f"import os, time\nFILE = {str(file)!r}\n{SAY}"
        "def handler(event, context):\n    say()\n    for _ in range(19):\n        if not os.fork(): break\n"
        "    os.setsid() if os.getpid() != os.getpgrp() else None\n"
        "    for _ in range(200):\n        if not os.fork():\n            say()\n            os._exit(0)\n"
        "        os.wait()\n        time.sleep(0.05)\n    time.sleep(60)"
    )
    assert error(pool, function_of(source, timeout=1))["errorType"] == "Sandbox.Timedout"
    until_none_is_left(file)
    assert result(pool, function_of("def handler(event, context): return 1")) == 1


FORKS = """
import os
def handler(event, context):
    child = os.fork()
    if child == 0:
        {child}
    if {waits}:
        return [os.getpid(), os.waitpid(child, 0)[1] >> 8]
    return [os.getpid(), 1]
"""
COMES_BACK = {
    "returns": "return 'from the child'",
    "raises": "raise ValueError('in the child')",
}


@pytest.mark.parametrize("child", COMES_BACK)
@pytest.mark.parametrize("waits", [True, False], ids=["waits", "goes on"])
def test_child_that_comes_back_does_not_answer_for_its_parent(pool: Environments, child: str, waits: bool) -> None:
    function = function_of(FORKS.format(child=COMES_BACK[child], waits=waits), timeout=60)
    outcomes = [call(pool, function) for _ in range(5)]
    assert [outcome.error for outcome in outcomes] == [None] * 5
    answers = [json.loads(outcome.payload) for outcome in outcomes]
    assert [status for _, status in answers] == [1] * 5
    assert len({pid for pid, _ in answers}) == 1
    if waits:
        told = "[ERROR] A child that os.fork() made came back from the function's code, and is ended: "
        assert all(told in outcome.logs for outcome in outcomes)


def test_child_of_a_stream_does_not_write_for_its_parent(pool: Environments) -> None:
    source = (
        "import os\ndef handler(event, context):\n    yield 'a'\n    child = os.fork()\n"
        "    if child: os.waitpid(child, 0)\n    yield str(bool(child))"
    )
    function = function_of(source, timeout=60)
    for _ in range(2):
        assert b"".join(pool.stream(make_call(None, function))) == b"aTrue"


def test_child_of_an_import_does_not_ask_for_its_parent(pool: Environments) -> None:
    source = (
        "import os\nchild = os.fork()\nif child: status = os.waitpid(child, 0)[1] >> 8\n"
        "def handler(event, context): return status"
    )
    function = function_of(source, timeout=60)
    outcomes = [call(pool, function) for _ in range(2)]
    assert [outcome.payload for outcome in outcomes] == [b"1", b"1"]
    assert "[ERROR] A child that os.fork() made came back" in outcomes[0].logs


@NEEDS_PROC
def test_daemon_with_another_environment_escapes(pool: Environments, tmp_path: Path) -> None:
    """docs/processes.md says so: it has left the group, and nothing in its environment tells whose it is."""
    file = tmp_path / "pids"
    source = (
        f"import os, sys, time\nFILE = {str(file)!r}\n"
        "def handler(event, context):\n    if not os.fork():\n        os.setsid()\n        if os.fork(): os._exit(0)\n"
        "        os.execve('/bin/sh', ['sh', '-c', f'echo $$ > {FILE}.new; mv {FILE}.new {FILE}; exec sleep 30'],"
        " {'PATH': os.environ['PATH']})\n"
        "    while not os.path.exists(FILE): time.sleep(0.01)\n    return 1"
    )
    assert result(pool, function_of(source, timeout=20)) == 1
    pool.close()
    (escaped,) = left(file)
    os.kill(escaped, signal.SIGKILL)
