"""The in-process Lambda runtime."""

from .concurrency import Throttled, give_back, slot, take
from .in_process.isolation.running import at_task_root, in_handler
from .in_process.session import Call, Load, Loaded
from .invoke import Outcome, invoke
from .patches import install, uninstall
from .streaming import StreamedOutcome

__all__ = [
    "Call",
    "Load",
    "Loaded",
    "Outcome",
    "StreamedOutcome",
    "Throttled",
    "at_task_root",
    "give_back",
    "in_handler",
    "install",
    "invoke",
    "slot",
    "take",
    "uninstall",
]
