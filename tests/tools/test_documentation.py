"""docs/tools.md has a row for each tool that is tested here, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = re.findall(r"^\| (\S+) \| (.+?) \| (.+?) \|", (HERE.parents[1] / "docs/tools.md").read_text(), re.M)[1:]


def test_each_tool_has_a_row_and_a_test() -> None:
    named = {f"test_{re.sub('[.-]', '_', tool)}.py".replace("opentelemetry_sdk", "opentelemetry") for tool, *_ in ROWS}
    assert named == {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}


@pytest.mark.parametrize(("tool", "version", "verdict"), ROWS)
def test_row(tool: str, version: str, verdict: str) -> None:
    assert version
    assert verdict in ("works", "with this setting", "cannot")
