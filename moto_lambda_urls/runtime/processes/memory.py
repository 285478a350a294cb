"""Peak memory of another process, in MB."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

_PEAK = re.compile(rb"VmHWM:\s*(\d+) kB")


def peak_mb(pid: int) -> int:
    """The peak of the process ``pid`` in MB, or what it uses now where the system keeps no peak; 0 if it is gone."""
    try:
        status = _read(f"/proc/{pid}/status")
    except OSError:
        return 0 if Path("/proc/self/status").exists() else _resident_mb(pid)
    found = _PEAK.search(status)
    return int(found[1]) // 1024 if found else 0


def _read(path: str) -> bytes:
    """The file, which is small, in three calls of the system: it is read in many invocations."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 65536)
    finally:
        os.close(descriptor)


def _resident_mb(pid: int) -> int:
    try:
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, check=False).stdout.strip()
    except OSError:
        return 0
    return int(shown) // 1024 if shown.isdigit() else 0
