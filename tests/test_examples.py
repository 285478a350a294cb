"""Each example passes as a project of its own: its folder copied elsewhere, with nothing but the package at hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.documentation import ROOT, environment
from support.examples import DOWNLOADING, EXAMPLES, run_example

pytestmark = pytest.mark.in_process


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each not in DOWNLOADING], ids=lambda example: example.name
)
def test_example(example: Path, tmp_path: Path) -> None:
    run_example(example, tmp_path)


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
