"""Which Python and which Node.js run a function."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import HERE

from moto_lambda_urls.runtime.processes.interpreters import Node, NoInterpreter, node, python_for


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with no interpreter but this one; found ones are forgotten before and after."""
    for name in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for each in (python_for, node):
        each.cache_clear()
    yield tmp_path
    for each in (python_for, node):
        each.cache_clear()


def install(path: Path, script: str = "") -> str:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_this_python() -> None:
    assert python_for(HERE) == sys.executable


def test_path_comes_first_then_pyenv_then_uv(machine: Path) -> None:
    places = [
        machine / "UV_PYTHON_INSTALL_DIR" / "cpython-3.7.9-linux" / "bin",
        machine / "PYENV_ROOT" / "versions" / "3.7.9" / "bin",
        machine / "PYENV_ROOT" / "versions" / "3.7.10" / "bin",
        machine / "PATH",
    ]
    for place in places:
        installed = install(place / "python3.7")
        python_for.cache_clear()
        assert python_for("python3.7") == installed


def test_shims_of_pyenv_are_passed_over(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(machine / "PYENV_ROOT" / "shims" / "python3.7", "exit 1")
    monkeypatch.setenv("PATH", str(machine / "PYENV_ROOT" / "shims"))
    assert python_for("python3.7") == sys.executable


def test_missing_python_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert [python_for("python3.7") for _ in range(3)] == [sys.executable] * 3
    (record,) = caplog.records
    assert record.getMessage().startswith("There is no python3.7 on PATH, under pyenv or under uv: functions of that")


def test_node(machine: Path) -> None:
    path = install(machine / "PATH" / "node", "echo v22.1.0")
    assert node() == Node(path, 22)


def test_no_node() -> None:
    with pytest.raises(NoInterpreter, match="there is no node on PATH; version 18 or newer runs"):
        node()


def test_old_node(machine: Path) -> None:
    path = install(machine / "PATH" / "node", "echo v16.20.0")
    with pytest.raises(NoInterpreter, match=f"{path} is v16.20.0; functions of Node.js need 18 or newer"):
        node()
