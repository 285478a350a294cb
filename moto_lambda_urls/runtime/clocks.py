"""The process's clocks, which tools that freeze time for tests do not reach."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec
from types import ModuleType


def _instance_of_its_own() -> ModuleType:
    # freezegun replaces ``time.monotonic`` wherever a module holds that very object, and this module may be imported
    # while time is frozen: a second instance of the built-in module has functions that it does not know.
    spec = BuiltinImporter.find_spec("time")
    if spec is None or spec.loader is None:  # an interpreter whose ``time`` is no built-in module
        return time
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_time = _instance_of_its_own()

monotonic: Callable[[], float] = _time.monotonic
"""Seconds since some moment, as ``time.monotonic``. What handlers see of the time stays the test's."""
perf_counter: Callable[[], float] = _time.perf_counter
"""Seconds since some moment, as ``time.perf_counter``: for how long something took."""


def epoch_time() -> float:
    """Seconds since 1970 by the machine's clock, which functions in processes of their own have."""
    # time-machine changes the functions of every instance of ``time``, and offers this way out.
    escape_hatch = getattr(sys.modules.get("time_machine"), "escape_hatch", None)
    clock = _time if escape_hatch is None or not escape_hatch.is_travelling() else escape_hatch.time
    now: float = clock.time()
    return now
