"""ddtrace wraps the clients for good: in processes of their own, by ``ddtrace-run`` and by ``patch_all``."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.beside import OwnProcess, without

RUN = (str(Path(sys.executable).with_name("ddtrace-run")), sys.executable, "-m", "support.beside")


@pytest.fixture
def quiet(server: str) -> dict[str, str]:
    """What keeps it from writing and from asking an agent, but for spans, which the server takes."""
    return {
        "DD_TRACE_AGENT_URL": server.rstrip("/"),
        "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
        "DD_REMOTE_CONFIGURATION_ENABLED": "false",
        "DD_TRACE_STARTUP_LOGS": "false",
    }


@contextmanager
def patched() -> Iterator[None]:
    """All that it knows patched, between other imports."""
    import ddtrace

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of patch_all itself
        ddtrace.patch_all()
    yield


def test_ddtrace_run(own_process: OwnProcess, quiet: dict[str, str]) -> None:
    # anyio's connections to real hosts fail below it on Python 3.11, without the mock too.
    own_process(None, launcher=RUN, reaching=without("httpx-asyncio"), **quiet)


def test_patch_all(own_process: OwnProcess, quiet: dict[str, str]) -> None:
    own_process(patched, **quiet)
