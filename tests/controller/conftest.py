"""A cache folder and an index of pip's that no other test knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.wheels import write_wheel


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the wheels of ``tree``, which requires ``leaf``, and of ``leaf``; pip knows nothing else."""
    folder = tmp_path / "wheels"
    write_wheel(folder, "leaf", code="NAME = 'leaf'")
    write_wheel(folder, "tree", code="import leaf", requires="leaf>=1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "cache"))
    return tmp_path / "cache"
