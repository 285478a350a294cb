"""The patches of the runtime, from the first invocation to the end of the last mock."""

from __future__ import annotations

from ..patching.patches import Patches, counted_patches
from .in_process.isolation.aws_sessions import patch_sessions
from .in_process.isolation.environment import patch_environment
from .in_process.isolation.event_loops import patch_event_loops
from .in_process.isolation.log_records import patch_logging
from .in_process.isolation.running import discard_all
from .in_process.isolation.threads import patch_threads
from .in_process.loading.loader import code
from .in_process.timeouts.carriers import stop_carriers
from .in_process.timeouts.watchdog import stop_watchdog


def _patch(patches: Patches) -> None:
    for undo in (code.close, discard_all, stop_carriers, stop_watchdog):
        patches.callback(undo)
    patch_environment(patches)
    patch_sessions(patches)
    patch_threads(patches)
    patch_event_loops(patches)
    patch_logging(patches)


_patches = counted_patches(_patch)
"""Of the process: ``os.environ``, ``threading`` and ``logging`` are too."""

install = _patches.keep
enter_patched = _patches.install
uninstall = _patches.uninstall
