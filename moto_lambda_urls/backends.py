"""Put the backend with function URLs in moto's place, and take it out again."""

from __future__ import annotations

import importlib
from types import ModuleType

from .counted import Counted


def install() -> None:
    """Make moto's Lambda ours, existing backends and functions included; each call wants an ``uninstall``."""
    _ours.install()


def uninstall(*, keep: bool = False) -> None:
    """Give moto its own Lambda back when the last user leaves. Functions stay; URLs and policies are forgotten, or with
    ``keep`` only put aside, for the next ``install`` to find them with their functions.

    :raises RuntimeError: there is no ``install`` to undo.
    """
    _ours.uninstall(keep)


def _adopt() -> None:
    _adoption().adopt_all()


def _release(keep: bool) -> None:
    _adoption().release_all(keep=keep)


def _adoption() -> ModuleType:
    # moto.awslambda and all that it imports are loaded with the first mock, not with this package.
    return importlib.import_module(".adoption", __package__)


_ours = Counted(_adopt, _release)
