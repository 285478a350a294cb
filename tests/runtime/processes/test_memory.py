"""Peak memory of processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from moto_lambda_urls.runtime.processes.memory import peak_mb


def own_peak_mb() -> int:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) // 1024


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no peak of another process")
def test_peak_of_a_process_that_runs() -> None:
    before = own_peak_mb()
    assert 0 < before - 1 <= peak_mb(os.getpid()) <= own_peak_mb() + 1  # the kernel counts in batches


def test_process_that_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert peak_mb(ended.pid) == 0
