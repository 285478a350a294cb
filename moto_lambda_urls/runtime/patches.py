"""Everything in the process that the runtime changes, changed by the first user and put back by the last."""

from __future__ import annotations

from threading import Lock

from ..patching.patches import Patch
from .in_process.isolation.environment import patch_environment
from .in_process.isolation.event_loops import patch_event_loops
from .in_process.isolation.log_records import patch_logging
from .in_process.isolation.running import discard_all
from .in_process.isolation.threads import patch_threads
from .in_process.loading.loader import code
from .in_process.timeouts.carriers import stop_carriers
from .in_process.timeouts.watchdog import stop_watchdog

_lock = Lock()
_users = 0
_patches: list[Patch] = []


def install() -> None:
    """Keep the runtime's patches from the next invocation until ``uninstall``; any number may overlap."""
    global _users
    with _lock:
        _users += 1


def uninstall() -> None:
    """The end of one ``install``: the last one puts everything back and ends the warm environments."""
    global _users
    with _lock:
        _users -= 1
        if not _users:
            _restore()


def enter_patched() -> None:
    """An ``install`` that patches at once."""
    global _users
    with _lock:
        _users += 1
        if not _patches:
            _patches.extend((*patch_environment(), *patch_threads(), *patch_event_loops(), *patch_logging()))


def _restore() -> None:
    if not _patches:  # nothing was invoked
        return
    while _patches:
        _patches.pop().undo()
    stop_watchdog()
    stop_carriers()
    discard_all()
    code.close()
