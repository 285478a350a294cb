"""Requirements of a deployment package, installed by pip into a folder that is cached for equal requirements."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from .cache import cache_folder, made_whole

Requirements = str | os.PathLike[str] | Sequence[str]
"""The path of a requirements file, or its lines."""

_logger = logging.getLogger("moto_lambda_urls")
_NESTED = re.compile(r"\s*(?:-r|-c|--requirement|--constraint)(?:\s+|=)?(?P<file>[^\s#]+)")
_LOCAL = re.compile(r"\s*(?:-e\b|--editable\b|[./~]|[A-Za-z]:\\|file:|[^#]*@\s*file:)")
"""A line for what can change while its text stays: a project on this disk."""


@contextmanager
def installed(requirements: Requirements, *, beside: Path) -> Iterator[Path]:
    """The folder with what ``requirements`` name and require, for this Python and platform, during the block.

    It is kept in the user's cache folder unless it holds projects of this disk. A relative path is one from the working
    directory, else from the folder ``beside``.

    :raises FileNotFoundError: there is no such requirements file.
    :raises ValueError: pip cannot install them; the message ends with pip's.
    """
    given = _Given(requirements, beside)
    if given.has_local_projects:
        with tempfile.TemporaryDirectory(prefix="moto-lambda-urls-") as folder:
            _install(given, Path(folder))
            yield Path(folder)
        return
    kept = cache_folder() / "requirements" / given.key()
    if not kept.is_dir():
        with made_whole(kept) as made:
            _install(given, made)
    yield kept


class _Given:
    """``requirements`` as pip takes them, in the folder where relative paths begin, and all their text."""

    def __init__(self, requirements: Requirements, beside: Path) -> None:
        if isinstance(requirements, str | os.PathLike):
            file = _found(Path(requirements), beside)
            lines = _lines_of(file)
            self.name, self.folder, self.arguments = str(file), file.parent, ["--requirement", str(file)]
        else:
            lines = list(requirements)
            self.name, self.folder, self.arguments = ", ".join(lines), Path.cwd(), list(_arguments(lines))
        self._lines = [*lines, *_included(lines, self.folder, frozenset())]

    @property
    def has_local_projects(self) -> bool:
        return any(map(_LOCAL.match, self._lines))

    def key(self) -> str:
        """The same for what gives the same folder."""
        made_for = (self._lines, sys.version, sysconfig.get_config_var("EXT_SUFFIX"), sysconfig.get_platform())
        return sha256(repr(made_for).encode()).hexdigest()[:32]


def _arguments(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from shlex.split(line) if line.startswith("-") else [line]


def _found(file: Path, beside: Path) -> Path:
    for each in (file, beside / file):
        if each.is_file():
            return each.resolve()
    raise FileNotFoundError(f"there is no requirements file {str(file)!r}, here or in {str(beside)!r}")


def _lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8-sig").splitlines()


def _included(lines: Sequence[str], folder: Path, within: frozenset[Path]) -> Iterator[str]:
    """The lines of the files that ``lines`` include; of the files ``within`` which they stand, none."""
    for line in lines:
        nested = _NESTED.match(line)
        if nested is None:
            continue
        file = folder / nested["file"]
        if file.is_file() and file.resolve() not in within:  # pip says what is not there
            inner = _lines_of(file)
            yield from (*inner, *_included(inner, file.parent, within | {file.resolve()}))


def _install(given: _Given, folder: Path) -> None:
    if importlib.util.find_spec("pip") is None:
        raise ValueError(f"installing {given.name} needs pip, which this environment lacks: python -m ensurepip")
    _logger.warning("Installing %s with pip into %s", given.name, folder.parent)
    command = [sys.executable, "-W", "ignore", "-m", "pip", "install", "--quiet", "--no-input"]
    ran = subprocess.run(
        [*command, "--disable-pip-version-check", "--target", str(folder), *given.arguments],
        cwd=given.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ran.returncode != 0:
        raise ValueError(f"pip cannot install {given.name}:\n{ran.stdout.strip()}")
