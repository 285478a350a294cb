"""The in-process Lambda runtime."""

from .errors import HandlerError
from .in_process.isolation.running import at_task_root, in_handler
from .in_process.session import Call, Load, Loaded
from .invoke import Outcome, invoke
from .patches import install, uninstall
from .streaming import StreamedOutcome

__all__ = [
    "Call",
    "HandlerError",
    "Load",
    "Loaded",
    "Outcome",
    "StreamedOutcome",
    "at_task_root",
    "in_handler",
    "install",
    "invoke",
    "uninstall",
]
