"""Each example passes as a project of its own: its folder copied elsewhere, with nothing but the package at hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from support.documentation import ROOT, environment

pytestmark = pytest.mark.in_process

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/test_*.py"))
PLUGIN = "moto_lambda_urls.pytest_plugin"
LOADED = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, tmp_path: Path) -> None:
    project = shutil.copytree(example, tmp_path / example.name)

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio", *LOADED],
        cwd=project,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_demo(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py")],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 0, finished.stderr
    assert "< 201 " in finished.stdout
    assert '< {"accepted": "book", "by": "orders"}' in finished.stdout


def test_every_example_is_listed() -> None:
    listed = (ROOT / "examples" / "README.md").read_text()
    assert [each.name for each in EXAMPLES if f"]({each.name})" not in listed] == []
