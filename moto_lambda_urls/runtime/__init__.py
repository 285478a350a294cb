"""The in-process runtime: calls a function's handler as AWS Lambda does."""

from .invoke import Outcome, invoke
from .patches import install, uninstall
from .running import at_task_root
from .session import Call, Load, Loaded

__all__ = ["Call", "Load", "Loaded", "Outcome", "at_task_root", "install", "invoke", "uninstall"]
