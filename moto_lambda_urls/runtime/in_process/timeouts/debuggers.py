"""Detection of debuggers, under which nothing is timed out."""

from __future__ import annotations

import sys
from types import FrameType

_DEBUGGERS = frozenset(
    {"bdb", "pdb", "ipdb", "pudb", "pydevd", "_pydevd_bundle", "debugpy", "wdb", "rpdb", "remote_pdb"}
)
_TRACERS = frozenset({"coverage", "trace", "hunter", "slipcover", "viztracer", "pytest_cov"})
"""Modules whose trace functions only watch."""

_MONITORING = getattr(sys, "monitoring", None)
"""Since Python 3.12."""


def debugger_attached() -> bool:
    """Whether a debugger traces the calling thread, or the process by ``sys.monitoring``."""
    trace = sys.gettrace()
    if trace is not None and _root_module(trace) not in _TRACERS:
        return True
    return _MONITORING is not None and _MONITORING.get_tool(_MONITORING.DEBUGGER_ID) is not None


def debugger_in(thread: int) -> bool:
    """Whether ``thread``, in a handler, stands in a debugger, or in code that one steps through."""
    found = False
    frame: FrameType | None = sys._current_frames().get(thread)
    while frame is not None:
        name = frame.f_globals.get("__name__")
        if found and name in _CALLERS:
            return True
        # A debugger leaves its function on frames that it has been in, so those of the test count only if it is traced.
        found = found or _name_root(name) in _DEBUGGERS
        found = found or (frame.f_trace is not None and _root_module(frame.f_trace) in _DEBUGGERS)
        frame = frame.f_back
    return False


_CALLERS = (f"{__package__}.deadline", f"{__package__}.carriers")


def _root_module(trace: object) -> str:
    """The package of a trace function: pdb's is a method of a class that may be anybody's, so its base class counts."""
    owner = getattr(trace, "__self__", None)
    for each in type(owner).__mro__ if owner is not None else ():
        if (root := _name_root(each.__module__)) in _DEBUGGERS | _TRACERS:
            return root
    return _name_root(getattr(trace, "__module__", None) or type(trace).__module__)


def _name_root(name: object) -> str:
    return name.partition(".")[0] if isinstance(name, str) else ""
