"""docs/tools.md has a row for each tool that is tested here, and no other, with the version that is tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/tools.md").read_text()
ROWS = re.findall(r"^\| (\S+) \| (.+?) \| (.+?) \|", PAGE, re.M)[1:]
ELSEWHERE = {"aioboto3": os.environ.get("AIOBOTO3_PYTHON")}
"""The Pythons of tools that have an environment of their own."""
VERSION = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"


def installed(tool: str) -> str:
    if tool == "unittest.mock":
        return f"of Python {sys.version_info[0]}.{sys.version_info[1]}"
    if tool not in ELSEWHERE:
        return version(tool)
    python = ELSEWHERE[tool] or pytest.skip(f"there is no Python that has {tool}")
    return subprocess.run([python, "-c", VERSION, tool], capture_output=True, text=True, check=True).stdout.strip()


def test_each_tool_has_a_row_and_a_test() -> None:
    named = {f"test_{re.sub('[.-]', '_', tool)}.py".replace("opentelemetry_sdk", "opentelemetry") for tool, *_ in ROWS}
    assert named == {path.name for path in HERE.glob("test_*.py")} - {Path(__file__).name}


@pytest.mark.parametrize(("tool", "tested", "verdict"), ROWS)
def test_row(tool: str, tested: str, verdict: str) -> None:
    assert verdict in ("works", "with this setting", "cannot")
    if "TOOLS_NEWEST" not in os.environ:
        assert tested == installed(tool)


@pytest.mark.skipif("TOOLS_NEWEST" in os.environ, reason="the newest releases are being tried")
def test_versions_of_the_instrumentation() -> None:
    found = re.search(r"instrumentation (\S+) of requests, urllib3, httpx and botocore", PAGE)
    assert found is not None
    for client in ("requests", "urllib3", "httpx", "botocore"):
        assert version(f"opentelemetry-instrumentation-{client}") == found[1]
