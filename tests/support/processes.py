"""Functions that run in processes of their own, and what is left of these."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from moto_lambda_urls.runtime.invocation_request import Outcome
from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes.interpreters import NoInterpreter, node, python_for
from moto_lambda_urls.state.scope import DEFAULT_MAX_PROCESSES
from support.builders import make_zip
from support.runtime_builders import make_call, make_function

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = tuple(f"python3.{minor}" for minor in range(8, 15))


def function_of(
    files: dict[str, str | bytes] | str, *, runtime: str = HERE, handler: str = "app.handler", **fields: Any
) -> Any:
    """A function with these files (a string alone is app.py); ``executable`` names those that are programs."""
    executable = fields.pop("executable", ())
    function = make_function(runtime=runtime, **fields)
    function.handler = handler
    function.code_bytes = package_of(files, executable) if executable else make_zip(files)
    return function


def package_of(files: dict[str, str | bytes] | str, executable: tuple[str, ...]) -> bytes:
    """A zip that says of some files that they are programs."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in ({"app.py": files} if isinstance(files, str) else files).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100755 if name in executable else 0o100644) << 16
            package.writestr(info, content)
    return packed.getvalue()


def call(pool: Environments, function: Any, event: Any = None, **fields: Any) -> Outcome:
    """The outcome of one invocation."""
    return pool.invoke(make_call(None, function, payload=json.dumps(event or {}).encode(), **fields))


def result(pool: Environments, function: Any, event: Any = None, **fields: Any) -> Any:
    """What the handler returned."""
    outcome = call(pool, function, event, **fields)
    assert outcome.error is None, outcome
    return json.loads(outcome.payload)


def error(pool: Environments, function: Any, event: Any = None, **fields: Any) -> dict[str, Any]:
    """The error object of an invocation that failed."""
    outcome = call(pool, function, event, **fields)
    assert outcome.error is not None
    found: dict[str, Any] = json.loads(outcome.payload)
    return found


def environments(*, max_processes: int = DEFAULT_MAX_PROCESSES, **options: Any) -> Iterator[Environments]:
    """A pool for one test, which leaves no process behind."""
    pool = Environments(max_processes=max_processes, **options)
    before = children()
    try:
        yield pool
    finally:
        pool.close()
    assert pool.pids() == []
    assert children() <= before


def children() -> set[int]:
    """The processes that this one has started, those that it has not waited for too."""
    found: set[int] = set()
    for thread in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # the thread has ended, and its children are another's
            found.update(map(int, thread.read_text().split()))
    return found


def runs(pid: int) -> bool:
    """Whether ``pid`` is a process that has not ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def needs_python(runtime: str) -> None:
    """Skip the test on a machine without the Python of ``runtime``."""
    if runtime != HERE and python_for(runtime) == sys.executable:
        pytest.skip(f"there is no {runtime}")


def needs_node() -> None:
    """Skip the test on a machine without Node.js."""
    try:
        node()
    except NoInterpreter as missing:
        pytest.skip(str(missing))


def needs(program: str) -> None:
    """Skip the test on a machine without ``program``."""
    if shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
