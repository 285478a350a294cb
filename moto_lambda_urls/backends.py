"""Put the backend with function URLs in moto's place, and take it out again."""

from __future__ import annotations

import importlib
from threading import Lock
from types import ModuleType

_lock = Lock()
_users = 0


def install() -> None:
    """Make moto's Lambda ours, existing backends and functions included; each call wants an ``uninstall``."""
    global _users
    with _lock:
        if _users == 0:
            _adoption().adopt_all()
        _users += 1


def uninstall(*, keep: bool = False) -> None:
    """Give moto its own Lambda back when the last user leaves. Functions stay; URLs and policies are forgotten, or with
    ``keep`` only put aside, for the next ``install`` to find them with their functions.

    :raises RuntimeError: there is no ``install`` to undo.
    """
    global _users
    with _lock:
        if _users == 0:
            raise RuntimeError("uninstall() without install()")
        _users -= 1
        if _users == 0:
            _adoption().release_all(keep=keep)


def _adoption() -> ModuleType:
    # moto.awslambda and all that it imports are loaded with the first mock, not with this package.
    return importlib.import_module(".adoption", __package__)
