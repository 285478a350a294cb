"""A monotonic clock that freezegun and its like do not stop: by it invocations are timed and time out."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec


def _functions_of_their_own() -> object:
    # freezegun replaces ``time.monotonic`` wherever a module holds that very object, and this module may be imported
    # while time is frozen: a second instance of the built-in module has functions that it does not know.
    spec = BuiltinImporter.find_spec("time")
    if spec is None or spec.loader is None:  # an interpreter whose ``time`` is no built-in module
        return time
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


monotonic: Callable[[], float] = _functions_of_their_own().monotonic  # type: ignore[attr-defined]  # a module made at run time
"""Seconds since some moment, as ``time.monotonic``. What handlers see of the time stays the test's."""
