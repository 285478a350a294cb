"""Temporary folders, removed at the end of the process, or by a later process when it was killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from glob import escape, glob
from threading import RLock

if sys.platform != "win32":
    import fcntl

_PREFIX = "moto-lambda-urls-"


@dataclass
class _Home:
    """This process's own folder, and its lock on a file there: who gets that lock knows that the process is gone."""

    path: str
    lock: int
    users: int = 0


class _Folders:
    def __init__(self) -> None:
        self._home: _Home | None = None
        self._swept = False
        self._guard = RLock()  # reentrant: a collected function removes its folder while this thread may make another's

    def make(self) -> str:
        with self._guard:
            if not self._swept:
                _sweep()
                self._swept = True
            if self._home is None:
                self._home = _make_home()
            self._home.users += 1
            return tempfile.mkdtemp(dir=self._home.path)

    def remove(self, folder: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        with self._guard:
            home = self._home
            if home is not None and os.path.dirname(folder) == home.path:
                home.users -= 1
                if not home.users:
                    os.close(home.lock)
                    shutil.rmtree(home.path, ignore_errors=True)
                    self._home = None

    def after_fork(self) -> None:
        self._home = None  # the parent's
        self._guard = RLock()


_folders = _Folders()
"""Of the process, whose end the folder goes with."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_folders.after_fork)


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
