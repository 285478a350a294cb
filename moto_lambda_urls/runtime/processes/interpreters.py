"""Which interpreter runs a function of a managed runtime."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PythonVersion = tuple[int, int]

LOWEST_NODE = 18
_PYTHON = re.compile(r"python(3\.\d+)")
_logger = logging.getLogger("moto_lambda_urls")


class NoInterpreter(Exception):  # noqa: N818 - a matter of the machine
    """This machine has nothing that can run the function; the message says what would."""


@cache
def python_for(runtime: str) -> str:
    """The Python that ``runtime``, like ``python3.12``, names: this one, or one on PATH, under pyenv or under uv.

    Where there is none it is this one, and the log says so, once.
    """
    named = _PYTHON.fullmatch(runtime)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if named is None or named[1] == here:
        return sys.executable
    found = next(_pythons(named[1]), None)
    if found is None:
        _logger.warning(
            "There is no %s on PATH, under pyenv or under uv: functions of that runtime run on Python %s", runtime, here
        )
        return sys.executable
    return found


def python_version(runtime: str) -> PythonVersion:
    """The version of what ``python_for`` finds."""
    named = _PYTHON.fullmatch(runtime)
    if named is None or python_for(runtime) == sys.executable:
        return sys.version_info[:2]
    return 3, int(named[1].partition(".")[2])


def library_of(runtime: str) -> str:
    """The folder of the standard library of what ``python_for`` finds; a guess where that is a script."""
    python = python_for(runtime)
    if python == sys.executable:
        return os.path.dirname(os.__file__)
    major, minor = python_version(runtime)
    return str(Path(python).resolve().parents[1] / "lib" / f"python{major}.{minor}")


class Node(NamedTuple):
    """A Node.js, and the first number of its version."""

    path: str
    major: int


@cache
def node() -> Node:
    """The Node.js on PATH.

    :raises NoInterpreter: there is none, or it is older than 18.
    """
    found = shutil.which("node")
    if found is None:
        raise NoInterpreter(f"there is no node on PATH; version {LOWEST_NODE} or newer runs functions of Node.js")
    shown = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    number = re.match(r"v(\d+)\.", shown)
    if number is None or int(number[1]) < LOWEST_NODE:
        raise NoInterpreter(f"{found} is {shown or 'of no version'}; functions of Node.js need {LOWEST_NODE} or newer")
    return Node(found, int(number[1]))


def _pythons(version: str) -> Iterator[str]:
    name = f"python{version}"
    shims = _pyenv_root() / "shims"
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        # A shim of pyenv is a script that starts slowly, and fails for what is not pyenv's global version.
        if entry and Path(entry) != shims and (found := shutil.which(name, path=entry)):
            yield found
    for root, pattern in ((_pyenv_root() / "versions", f"{version}.*"), (_uv_root(), f"cpython-{version}.*")):
        for folder in sorted(root.glob(pattern), key=_newest_last, reverse=True):
            if found := shutil.which(name, path=str(folder / "bin")):
                yield found


def _pyenv_root() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _uv_root() -> Path:
    if own := os.environ.get("UV_PYTHON_INSTALL_DIR"):
        return Path(own)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "uv" / "python"


def _newest_last(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", folder.name)[:3]]
