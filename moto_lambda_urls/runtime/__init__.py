"""The Lambda runtime: a handler run as AWS runs it."""

from .call import MAX_RESULT_BYTES, Call, Credentials, HandlerError, Load, Loaded, Outcome
from .in_process.isolation.running import at_task_root, in_handler
from .in_process.timeouts.deadline import within_init
from .invoke import invoke
from .patches import install, uninstall
from .streaming import StreamedOutcome

__all__ = [
    "MAX_RESULT_BYTES",
    "Call",
    "Credentials",
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
    "within_init",
]
