"""Descendants of a function's process, found by the environment variables that they have inherited."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

_ROUNDS = 200
"""A decision: as often they are looked for, since who is being killed may still start another."""
_PAUSE = 0.002


def kill_descendants(variables: dict[str, str]) -> None:
    """Kill all processes that have ``variables`` in the environment they began with; those of Linux only.

    A process that has left its group, with setsid, is found so, and one whose parent has ended.
    """
    marks = [os.fsencode(f"\0{name}={value}\0") for name, value in variables.items()]
    for _ in range(_ROUNDS):
        found = list(_with_all(marks))
        if not found:
            return
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _with_all(marks: list[bytes]) -> Iterator[int]:
    if not os.path.isdir("/proc/self"):
        return
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with suppress(OSError), open(f"/proc/{name}/environ", "rb", buffering=0) as file:
                environ = b"\0" + file.read()
                if all(mark in environ for mark in marks):
                    yield int(name)
