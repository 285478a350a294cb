"""Why an invocation in a process failed, from what the process said or how it ended."""

from __future__ import annotations

import json
import signal
from typing import Any

from ...state.recorded import HandlerError
from ..errors import Failure, exit_reason
from .api import ErrorReport

_SIGNALS = {"SIGKILL": "killed", "SIGSEGV": "segmentation fault", "SIGABRT": "aborted", "SIGTERM": "terminated"}
_SIGNALS |= {"SIGBUS": "bus error", "SIGILL": "illegal instruction", "SIGFPE": "floating point exception"}
_SIGNALS |= {"SIGINT": "interrupt", "SIGPIPE": "broken pipe", "SIGHUP": "hangup", "SIGQUIT": "quit"}
"""Signals in Lambda's words, which are Go's."""


class HandlerFailed(Exception):  # noqa: N818 - what happened, elsewhere
    """What a handler in another process raised: its type, its message and the stack trace, as the process told it."""


def reported(report: ErrorReport) -> Failure:
    """The failure that a runtime reported."""
    body = _object(report)
    error_type = str(body.get("errorType") or report.error_type or "Unhandled")
    message = str(body.get("errorMessage", ""))
    trace = body.get("stackTrace") or body.get("trace") or []
    lines = [str(line).rstrip("\n") for line in trace] if isinstance(trace, list) else [str(trace)]
    shown = "\n".join([*lines, f"{error_type}: {message}"])
    error = HandlerError(type=error_type, message=message, traceback=shown, exception=HandlerFailed(shown))
    return Failure(body=body, error=error, log_line="")


def reason_of_exit(status: int) -> str:
    """How a process ended, from its ``status`` as subprocess has it, in the words that follow "Runtime"."""
    if status >= 0:
        return exit_reason(status)
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"exited with error: signal: {_SIGNALS.get(name, name)}"


def _object(report: ErrorReport) -> dict[str, Any]:
    try:
        body = json.loads(report.body)
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    text = report.body.decode("utf-8", "replace")
    return {"errorType": report.error_type or "Unhandled", "errorMessage": text}
