"""Temporary folders, removed at the end of the process, or by a later process when it was killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from glob import escape, glob

from ....patching.counted import Counted

if sys.platform != "win32":
    import fcntl

_PREFIX = "moto-lambda-urls-"


@dataclass
class _Home:
    """This process's own folder, and its lock on a file there: who gets that lock knows that the process is gone."""

    path: str
    lock: int


class _Folders:
    """The folders in this process's own, which is there as long as one of them is."""

    def __init__(self) -> None:
        self._swept = False
        self.begin()

    def begin(self) -> None:
        """Begin without a home: in a forked child, whose parent's it would be."""
        self._home: _Home | None = None
        self._use = Counted(self._open, self._close)

    def make(self) -> str:
        self._use.install()
        assert self._home is not None
        return tempfile.mkdtemp(dir=self._home.path)

    def remove(self, folder: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        if self._home is not None and os.path.dirname(folder) == self._home.path:
            self._use.uninstall()

    def _open(self) -> None:
        if not self._swept:
            _sweep()
            self._swept = True
        self._home = _make_home()

    def _close(self) -> None:
        home, self._home = self._home, None
        assert home is not None
        os.close(home.lock)
        shutil.rmtree(home.path, ignore_errors=True)


_folders = _Folders()
"""Of the process, whose end the folder goes with."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_folders.begin)


def make_folder() -> str:
    """A new empty folder, to be given back to ``remove_folder``; folders of processes that were killed go first."""
    return _folders.make()


def remove_folder(folder: str) -> None:
    """Remove what ``make_folder`` made, with all that is in it."""
    _folders.remove(folder)


def _make_home() -> _Home:
    path = os.path.realpath(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(os.path.join(path, "locking"), os.O_CREAT | os.O_RDWR, 0o600)
    if _take(lock):
        os.rename(os.path.join(path, "locking"), os.path.join(path, "lock"))
    return _Home(path, lock)


def _sweep() -> None:
    for name in glob(os.path.join(escape(tempfile.gettempdir()), f"{_PREFIX}*", "lock")):
        with suppress(OSError):  # another user's
            lock = os.open(name, os.O_RDWR)
            if _take(lock):
                shutil.rmtree(os.path.dirname(name), ignore_errors=True)
            os.close(lock)


def _take(lock: int) -> bool:
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
