"""The Lambda runtime: a handler run as AWS runs it."""

from .in_process.isolation.running import at_task_root, in_handler
from .in_process.timeouts.deadline import within_init
from .invocation_request import MAX_RESULT_BYTES, Credentials, HandlerError, InvocationRequest, Load, Loaded, Outcome
from .invoke import invoke
from .patches import install, uninstall
from .streaming import StreamedOutcome

__all__ = [
    "MAX_RESULT_BYTES",
    "Credentials",
    "HandlerError",
    "InvocationRequest",
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
