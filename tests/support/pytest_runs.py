"""pytest in a process of its own, as somebody runs it who has installed the package."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
PLUGIN = "moto_lambda_urls.pytest_plugin"
LOADED = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]


def run_pytest(folder: Path, *options: str, in_ci: bool) -> str:
    """What pytest prints of the tests in ``folder``."""
    plugins = ["-p", "no:cacheprovider", "-p", "no:randomly", *LOADED]
    return run(folder, "pytest", "--rootdir", str(folder), *plugins, *options, str(folder), in_ci=in_ci)


def run(folder: Path, module: str, *arguments: str, in_ci: bool) -> str:
    """What ``python -m module`` prints in ``folder``, errors too."""
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": ROOT, "PYTHONUTF8": "1"}
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS"):  # the first two let pytest print its summary in full
        environment.pop(name, None)
    if in_ci:
        environment["CI"] = "true"
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=240,
    ).stdout
