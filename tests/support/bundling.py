"""Distributions of PyPI in folders, and deployment packages with them inside, as ``pip --target`` makes them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-compile", "--no-warn-conflicts", "--only-binary", ":all:")
_REQUIRED = re.compile(r"[\w.-]+")
_UNPACKAGED = {"tests", "__pycache__"}
"""Folders that deployment packages leave out, which may be of 250 MB."""


def installed(cache: Path, requirements: Iterable[str]) -> Path:
    """A folder with ``requirements`` and what they require, for this Python; one in ``cache`` is used again."""
    wanted = sorted(requirements)
    key = hashlib.sha256(repr((sys.version_info[:2], wanted)).encode()).hexdigest()[:16]
    folder = cache / key
    if not folder.exists():
        unfinished = cache / f"{key}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "pip",
            "install",
            *_OPTIONS,
            "--target",
            str(unfinished),
            *wanted,
        ]
        subprocess.run(command, check=True, timeout=600)
        unfinished.rename(folder)
    return folder


def version_in(folder: Path, name: str) -> str:
    """The version of the distribution ``name`` in ``folder``."""
    return _found_in(folder)[_normal(name)].version


def package_with(folder: Path, names: Iterable[str], files: Mapping[str, str]) -> bytes:
    """A zip of ``files``, and of the distributions ``names`` of ``folder`` with all that they require."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for path in _files_of(folder, names):
            package.write(folder / path, str(path))
        for name, content in files.items():
            package.writestr(name, content)
    return packed.getvalue()


def _files_of(folder: Path, names: Iterable[str]) -> set[PurePosixPath]:
    found = _found_in(folder)
    left, taken = {_normal(name) for name in names}, set[str]()
    files: set[PurePosixPath] = set()
    while left:
        name = left.pop()
        taken.add(name)
        distribution = found[name]
        files.update(
            PurePosixPath(file) for file in distribution.files or () if not _UNPACKAGED.intersection(file.parts)
        )
        left |= (_requirements(distribution) & found.keys()) - taken
    return {file for file in files if ".." not in file.parts and (folder / file).is_file()}


def _requirements(distribution: importlib.metadata.Distribution) -> set[str]:
    required = [each for each in distribution.requires or () if "extra ==" not in each]
    return {_normal(found[0]) for each in required if (found := _REQUIRED.match(each))}


@cache
def _found_in(folder: Path) -> dict[str, importlib.metadata.Distribution]:
    distributions = importlib.metadata.distributions(path=[str(folder)])
    return {_normal(each.metadata["Name"]): each for each in distributions}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
