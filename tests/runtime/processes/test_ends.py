"""Processes that end, or have to be ended, before they have answered."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import pytest
from support.processes import call, error, function_of, result, runs
from support.runtime_builders import REQUEST_ID

from moto_lambda_urls.runtime.in_process.timeouts import deadline
from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes.failures import HandlerFailed

pytestmark = pytest.mark.in_process
NAP = "import os, time\ndef handler(event, context):\n    if event.get('sleep'): time.sleep(60)\n    return os.getpid()"


def exit_error(reason: str) -> dict[str, str]:
    message = f"RequestId: {REQUEST_ID} Error: Runtime exited {reason}"
    return {"errorType": "Runtime.ExitError", "errorMessage": message}


@pytest.mark.parametrize(
    ("leave", "reason"),
    [
        ("sys.exit()", "without providing a reason"),
        ("sys.exit(3)", "with error: exit status 3"),
        ("raise SystemExit(True)", "with error: exit status 1"),
        ("os._exit(7)", "with error: exit status 7"),
        ("os.kill(os.getpid(), 9)", "with error: signal: killed"),
        ("os.abort()", "with error: signal: aborted"),
        ("os.close(1); os.close(2); os._exit(7)", "with error: exit status 7"),
        ("os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '60'); os._exit(7)", "with error: exit status 7"),
    ],
)
def test_exit_in_mid_call(pool: Environments, leave: str, reason: str) -> None:
    source = (
        "import os, sys\ndef handler(event, context):\n"
        f"    if event.get('go'):\n        print('bye')\n        {leave}\n    return 1"
    )
    function = function_of(source)
    result(pool, function)
    outcome = call(pool, function, {"go": True})
    assert json.loads(outcome.payload) == exit_error(reason)
    message = exit_error(reason)["errorMessage"]
    assert f"\nbye\n{message}\nRuntime.ExitError\nEND RequestId: {REQUEST_ID}\n" in outcome.logs
    assert "\tStatus: error\t\n" in outcome.logs
    assert "Init Duration" in call(pool, function).logs


def test_exit_in_mid_import(pool: Environments) -> None:
    function = function_of("import sys\nprint('importing')\nsys.exit(4)")
    for _ in range(2):
        outcome = call(pool, function)
        assert json.loads(outcome.payload) == exit_error("with error: exit status 4")
        assert outcome.logs.startswith(f"importing\nSTART RequestId: {REQUEST_ID} ")


def test_timeout(pool: Environments) -> None:
    function = function_of(NAP, timeout=0.5)
    pid = result(pool, function)
    started = time.monotonic()
    outcome = call(pool, function, {"sleep": True})
    assert 0.5 <= time.monotonic() - started < 5
    text = "Task timed out after 0.50 seconds"
    message = f"RequestId: {REQUEST_ID} Error: {text}"
    assert json.loads(outcome.payload) == {"errorType": "Sandbox.Timedout", "errorMessage": message}
    assert re.search(rf"\n\d{{4}}-\S+Z {REQUEST_ID} {text}\n\nEND ", outcome.logs)
    assert "\tStatus: timeout\t\n" in outcome.logs
    assert not runs(pid)
    assert result(pool, function) != pid


def test_timeout_ends_what_the_handler_started(pool: Environments, tmp_path: Path) -> None:
    source = (
        "import subprocess, time\ndef handler(event, context):\n"
        "    child = subprocess.Popen(['sleep', '60'])\n    open(event['file'], 'w').write(str(child.pid))\n"
        "    time.sleep(60)"
    )
    error(pool, function_of(source, timeout=0.5), {"file": str(tmp_path / "pid")})
    deadline = time.monotonic() + 5
    while runs(int((tmp_path / "pid").read_text())) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs(int((tmp_path / "pid").read_text()))


def test_handler_that_ignores_signals_is_ended_too(pool: Environments) -> None:
    source = (
        "import signal\nfor each in (signal.SIGTERM, signal.SIGINT): signal.signal(each, signal.SIG_IGN)\n"
        "def handler(event, context):\n    while True: pass"
    )
    assert error(pool, function_of(source, timeout=0.3))["errorType"] == "Sandbox.Timedout"


def test_import_that_does_not_end_is_tried_once_more(
    pool: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tries(seconds: float) -> int:
        monkeypatch.setattr(deadline, "MAX_INIT_SECONDS", seconds)
        count = tmp_path / f"count-{seconds}"
        source = f"import time\nopen({str(count)!r}, 'a').write('x')\ntime.sleep(60)\ndef handler(event, context): pass"
        assert error(pool, function_of(source, timeout=1.5 * seconds))["errorType"] == "Sandbox.Timedout"
        return len(count.read_text()) if count.exists() else 0

    counts = [tries(0.4)]
    while counts[-1] < 2 and len(counts) < 4:  # a busy machine had not begun the import when its time was over
        counts.append(tries(0.4 * 4 ** len(counts)))
    assert counts[-1] == 2
    assert max(counts) == 2


def test_import_that_ends_within_the_timeout_the_second_time(
    pool: Environments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(pool, function_of("def handler(event, context): return 1"))
    started = time.monotonic()
    call(pool, function_of("def handler(event, context): return 2"))
    monkeypatch.setattr(deadline, "MAX_INIT_SECONDS", 0.5 + 4 * (time.monotonic() - started))
    flag = tmp_path / "flag"
    source = (
        f"import os, time\nif not os.path.exists({str(flag)!r}):\n    open({str(flag)!r}, 'w')\n    time.sleep(60)\n"
        "def handler(event, context): return 1"
    )
    function = function_of(source, timeout=20)
    outcome = call(pool, function)
    assert (outcome.payload, "Init Duration" in outcome.logs) == (b"1", False)
    assert 0 < outcome.duration_ms < 20_000
    assert "Init" not in call(pool, function).logs


def killed_while(pool: Environments, function: Any, event: Any, seen: Path) -> dict[str, Any]:
    """The error of a call whose process is killed once it has written its number to ``seen``."""

    def kill() -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not (seen.exists() and seen.read_text()):
            time.sleep(0.005)
        os.kill(int(seen.read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return error(pool, function, event)
    finally:
        killer.join()


SAY = "import os, time\ndef say(file):\n    with open(file, 'w') as f: f.write(str(os.getpid()))\n"


def test_killed_in_mid_call(pool: Environments, tmp_path: Path) -> None:
    function = function_of(
        f"{SAY}def handler(event, context):\n"
        "    if 'file' in event:\n        say(event['file']); time.sleep(60)\n    return 1",
        timeout=30,
    )
    found = killed_while(pool, function, {"file": str(tmp_path / "pid")}, tmp_path / "pid")
    assert found == exit_error("with error: signal: killed")
    assert result(pool, function) == 1


def test_killed_in_mid_import(pool: Environments, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    source = (
        f"{SAY}if not os.path.exists({str(file)!r}):\n    say({str(file)!r})\n    time.sleep(60)\n"
        "def handler(event, context): return 1"
    )
    function = function_of(source, timeout=30)
    assert killed_while(pool, function, {}, file) == exit_error("with error: signal: killed")
    assert result(pool, function) == 1


def test_killed_between_two_calls(pool: Environments) -> None:
    function = function_of(NAP)
    pid = result(pool, function)
    os.kill(pid, signal.SIGKILL)
    while runs(pid):
        time.sleep(0.005)
    assert result(pool, function) != pid


def test_interrupted_caller_leaves_no_process(pool: Environments) -> None:
    function = function_of(NAP, timeout=30)
    pid = result(pool, function)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        call(pool, function, {"sleep": True})
    assert not runs(pid)
    assert pool.pids() == []
    assert result(pool, function) != pid


def test_output_without_end_fills_no_memory(pool: Environments) -> None:
    function = function_of("def handler(event, context):\n    while True: print('x' * 1000)", timeout=1)
    outcome = call(pool, function)
    assert outcome.error is not None
    assert outcome.error.type == "Sandbox.Timedout"
    assert 2_000_000 < len(outcome.logs) < 2_200_000
    assert re.search(r"^\[\d+ log events of \d+ characters are left out here\]$", outcome.logs, re.MULTILINE)


def test_memory_is_that_of_the_process(pool: Environments) -> None:
    function = function_of("def handler(event, context): return len(b'x' * event['mb'] * 2**20)")
    function.memory_size = 512
    small, large = (
        int(re.findall(r"Max Memory Used: (\d+) MB", call(pool, function, {"mb": mb}).logs)[0]) for mb in (1, 200)
    )
    assert small < 60
    assert 200 < large < 280


@pytest.mark.parametrize(
    ("last", "error_type", "message"),
    [
        ("raise KeyError('k')", "KeyError", "'k'"),
        ("time.sleep(60)", "Sandbox.Timedout", "Task timed out after 0.50 seconds"),
        ("os._exit(2)", "Runtime.ExitError", "Runtime exited with error: exit status 2"),
    ],
)
def test_exception_for_who_wants_it_raised(pool: Environments, last: str, error_type: str, message: str) -> None:
    outcome = call(pool, function_of(f"import os, time\ndef handler(event, context): {last}", timeout=0.5))
    assert outcome.error is not None
    exception = outcome.error.exception
    assert isinstance(exception, HandlerFailed)
    assert (exception.error_type, str(exception)) == (error_type, message)
    if error_type == "KeyError":
        shown = "".join(traceback.format_exception(exception))
        assert '  File "/var/task/app.py", line 2, in handler\n' in shown
