"""Each example whose tests ask PyPI passes as a project of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.examples import DOWNLOADING, run_example


@pytest.mark.parametrize("example", DOWNLOADING, ids=lambda example: example.name)
def test_example(example: Path, tmp_path: Path) -> None:
    run_example(example, tmp_path)
