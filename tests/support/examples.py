"""The projects below examples/, run as who copies one runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

from support.documentation import ROOT, environment

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/test_*.py"))
DOWNLOADING = [each for each in EXAMPLES if list(each.rglob("requirements.txt"))]
"""Those whose tests ask PyPI, so that ``nox -s packages`` runs them."""
_PLUGIN = "moto_lambda_urls.pytest_plugin"
_LOADED = [] if any(each.value == _PLUGIN for each in entry_points(group="pytest11")) else ["-p", _PLUGIN]


def run_example(example: Path, folder: Path) -> None:
    """Run the tests of a copy of ``example`` in ``folder``, with nothing but the package at hand."""
    project = shutil.copytree(example, folder / example.name)
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio", *_LOADED],
        cwd=project,
        env=environment(folder),
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
