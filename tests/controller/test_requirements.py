from __future__ import annotations

import importlib.util
import logging
import re
import sys
from pathlib import Path

import pytest
from support.wheels import write_wheel

from moto_lambda_urls.controller.requirements import Requirements, _Given, installed


def names(requirements: Requirements, *, beside: Path = Path()) -> set[str]:
    """What is installed for ``requirements``."""
    with installed(requirements, beside=beside) as folder:
        return {path.name for path in folder.iterdir()} - {"__pycache__"}


def test_lines(wheels: Path) -> None:
    expected = {"tree.py", "tree-1.0.dist-info", "leaf.py", "leaf-1.0.dist-info"}
    assert names(["tree==1.0", "leaf; python_version > '3'"]) == expected


def test_file_beside_the_code_with_another(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r more/base.txt\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.txt").write_text("leaf==1.0\n")
    first = names(tmp_path / "requirements.txt")
    (tmp_path / "more" / "base.txt").write_text("tree==1.0\n")
    assert first == {"leaf.py", "leaf-1.0.dist-info"}
    assert names("requirements.txt", beside=tmp_path) > first


def test_files_that_include_each_other(wheels: Path, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r base.txt\nleaf==1.0\n")
    (tmp_path / "base.txt").write_text("-r requirements.txt\n")
    with pytest.raises(ValueError, match=r"(?s)^pip cannot install .*requirements\.txt:\n.*recursi"):
        names(tmp_path / "requirements.txt")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    message = f"there is no requirements file 'none.txt', here or in '{tmp_path}'"
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        names("none.txt", beside=tmp_path)


def test_installed_once_and_said(wheels: Path, caplog: pytest.LogCaptureFixture) -> None:
    with installed(["leaf==1.0"], beside=Path()) as first:
        pass
    with installed(["leaf==1.0"], beside=Path()) as again:
        assert again == first
    said = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in said] == [f"Installing leaf==1.0 with pip into {first.parent}"]


def test_project_on_this_disk_is_installed_anew(wheels: Path, cache: Path) -> None:
    wheel = write_wheel(wheels, "leaf", code="NAME = 'leaf'")
    assert names([str(wheel)]) == {"leaf.py", "leaf-1.0.dist-info"}
    assert not (cache / "moto-lambda-urls").exists()


def test_pips_own_words(wheels: Path, cache: Path) -> None:
    with pytest.raises(
        ValueError, match=r"(?s)^pip cannot install leaf==7:\n.*No matching distribution found for leaf==7"
    ):
        names(["leaf==7"])
    assert list((cache / "moto-lambda-urls" / "requirements").iterdir()) == []


def test_without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(
        ValueError, match=r"^installing leaf needs pip, which this environment lacks: python -m ensurepip$"
    ):
        names(["leaf"])


def test_each_python_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = _Given(["leaf"], Path()).key()
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert _Given(["leaf"], Path()).key() != mine
