"""Tracebacks without this package's own frames."""

from __future__ import annotations

import importlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

_PACKAGE = __name__.partition(".")[0]
OWN_FILES = str(Path(__file__).parents[1]) + os.sep
"""How the names of this package's files begin."""

OWN_FRAMES = (OWN_FILES, "<frozen importlib", str(importlib.__file__))
"""How the file names of frames begin that tell a reader nothing: this package's, and those of Python's imports."""


def trim(exception: BaseException) -> None:
    """Take the frames of this package out of the traceback of ``exception``, in place, and of all that it names: its
    causes, contexts and, in a group, members.

    A failure of the package's own keeps them: an exception of Python's own classes that it raised itself.
    """
    pending, seen = [(exception, False)], set()
    while pending:
        each, is_told = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        entries = list(_entries(each.__traceback__))
        is_told = is_told or type(each).__module__.startswith(f"{_PACKAGE}.")
        if is_told or not _is_own_failure(each):
            _link(each, entries)
        pending += [(named, is_told) for named in _named(each)]


def is_raised_here(exception: BaseException) -> bool:
    """Whether the innermost frame of ``exception`` that is no library's is this package's."""
    filenames = [_filename(each) for each in _entries(exception.__traceback__)]
    innermost = next((each for each in reversed(filenames) if not is_library(each)), "")
    return innermost.startswith(OWN_FILES)


def _named(exception: BaseException) -> list[BaseException]:
    members = getattr(exception, "exceptions", ())  # BaseExceptionGroup is Python 3.11's
    found = [exception.__cause__, exception.__context__, *(members if isinstance(members, tuple) else ())]
    return [each for each in found if isinstance(each, BaseException)]


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _filename(entry: TracebackType) -> str:
    return entry.tb_frame.f_code.co_filename


def _is_own_failure(exception: BaseException) -> bool:
    """Whether this package raised it, or a library that it called, and the class is none of a client library."""
    is_of_python = type(exception).__module__.partition(".")[0] in sys.stdlib_module_names
    return is_of_python and is_raised_here(exception)


def _link(exception: BaseException, entries: list[TracebackType]) -> None:
    kept = [each for each in entries if not _filename(each).startswith(OWN_FRAMES)]
    if len(kept) == len(entries):
        return
    for each, following in zip(kept, [*kept[1:], None], strict=False):
        each.tb_next = following
    exception.__traceback__ = kept[0] if kept else None


@cache
def is_library(filename: str) -> bool:
    """Whether ``filename`` is one of Python's own or of an installed package's other than this one."""
    return filename.startswith(_library_folders()) and not filename.startswith(OWN_FILES)


@cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return ("<frozen", *{f"{paths[name]}{os.sep}" for name in names})
