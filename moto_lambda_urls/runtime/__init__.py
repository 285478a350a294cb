"""The in-process runtime: calls a function's handler as AWS Lambda does."""

from .concurrency import Throttled, reserve
from .invoke import Outcome, invoke
from .patches import install, uninstall
from .running import at_task_root
from .session import Call, Load, Loaded

__all__ = [
    "Call",
    "Load",
    "Loaded",
    "Outcome",
    "Throttled",
    "at_task_root",
    "install",
    "invoke",
    "reserve",
    "uninstall",
]
