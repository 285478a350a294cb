"""The package's commands, as processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import moto_lambda_urls

HERE = str(Path(moto_lambda_urls.__file__).parents[1])
"""What PYTHONPATH holds for a process that uses the package."""


class Command:
    """A running command; ``url`` is the first that it printed."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        # As its own user would have it: no coverage, no plugins.
        variables = {**os.environ, "PYTHONPATH": HERE, **environment}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "moto_lambda_urls", *arguments],
            cwd=folder,
            env=variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.printed = ""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.printed += line
            if "Ctrl-C" in line:
                break
        found = re.search(r"https?://\S+", self.printed)
        assert found is not None, self.printed
        self.url = found[0]

    def stop(self, number: int = signal.SIGTERM) -> int:
        self._process.send_signal(number)
        rest, _ = self._process.communicate(timeout=10)
        self.printed += rest
        return self._process.returncode

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()
