"""Failures of invocations in processes, as the runtime reported them or from how the process ended."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from urllib.parse import unquote

from ..errors import Failure, exit_reason, exited, raised, sandbox_failure, timed_out, timeout_message, with_hint
from ..exceptions import DeadlinePassed, FaultException
from ..hints import hint, names_hint, package_hint
from ..in_process.isolation.logs import now_text
from ..in_process.loading.packages import PackageRefused
from ..invocation_request import HandlerError, InvocationRequest
from .api import ErrorReport
from .deployment import Deployment, InvalidEntrypoint
from .environment import ResponseCut
from .execution import ProcessEnded

_SIGNALS = {"SIGKILL": "killed", "SIGSEGV": "segmentation fault", "SIGABRT": "aborted", "SIGTERM": "terminated"}
_SIGNALS |= {"SIGBUS": "bus error", "SIGILL": "illegal instruction", "SIGFPE": "floating point exception"}
_SIGNALS |= {"SIGINT": "interrupt", "SIGPIPE": "broken pipe", "SIGHUP": "hangup", "SIGQUIT": "quit"}
"""Signals in Lambda's words, which are Go's."""


_IMPORT_ERRORS = ("Runtime.ImportModuleError", "ModuleNotFoundError", "ImportError")


class HandlerFailed(Exception):  # noqa: N818 - what happened, elsewhere
    """A handler in another process failed: ``error_type`` is what Lambda says, the message is the error's own."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


class StackTrace(Exception):  # noqa: N818 - the cause that Python shows
    """The stack trace of a failure in another process, as its runtime told it."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def reported(report: ErrorReport, deployment: Deployment) -> tuple[Failure, bytes]:
    """The failure that a runtime reported, and its payload, with paths as AWS has them."""
    payload = deployment.display(report.body.decode("utf-8", "replace")).encode()
    try:
        body = json.loads(payload)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {"errorType": report.error_type or "Unhandled", "errorMessage": payload.decode()}
        payload = json.dumps(body).encode()
    error_type = str(body.get("errorType") or report.error_type or "Unhandled")
    message = str(body.get("errorMessage", ""))
    trace = body.get("stackTrace") or body.get("trace") or []
    lines = [str(line).rstrip("\n") for line in trace] if isinstance(trace, list) else [str(trace)]
    line, told = f"{error_type}: {message}", hint(error_type, message).strip()
    if lacking := _hint_on_lack(error_type, message, report, deployment):
        line, told = f"{line} ({lacking})", lacking
    shown = "\n".join([_with_error(lines, f"{error_type}: {message}", line), *([told] if told and not lacking else [])])
    exception = HandlerFailed(error_type, message)
    exception.__cause__ = StackTrace(shown)
    error = HandlerError(type=error_type, message=message, traceback=shown, hint=told, exception=exception)
    return Failure(body=body, error=error, log_line=""), payload


def _with_error(trace: Sequence[str], error: str, shown: str) -> str:
    """A stack trace that tells the error once: Node.js's begins with it, of other runtimes it comes last."""
    text = "\n".join(trace)
    return shown + text[len(error) :] if text.startswith(error) else "\n".join([*trace, shown])


def _hint_on_lack(error_type: str, message: str, report: ErrorReport, deployment: Deployment) -> str:
    """Why a module of AWS's SDK is missing, or what there is in the place of a handler that is."""
    told = deployment.sdk_hint(message) if error_type in _IMPORT_ERRORS else ""
    if error_type == "Runtime.ImportModuleError":
        return told or f"{package_hint(os.listdir(deployment.task_root))}."
    if told:
        return told
    try:
        names = json.loads(unquote(report.names))
        lists = {each: [str(name) for name in names[each]] for each in ("functions", "defined")}
        return names_hint(str(names["module"]), str(names["wanted"]), **lists)
    except (ValueError, TypeError, KeyError):
        return ""


ENDS = (DeadlinePassed, ProcessEnded, ResponseCut, InvalidEntrypoint, PackageRefused)
"""What ends an invocation that its process has not answered."""


def failure_of(end: Exception, call: InvocationRequest) -> Failure:
    """The failure of ``call`` that one of ``ENDS`` brings."""
    if isinstance(end, PackageRefused):
        return raised(FaultException(end.code, str(end)), request_id="", display_path=str)
    request_id = call.request_id
    if isinstance(end, DeadlinePassed):
        seconds = float(call.function.timeout)
        failed = HandlerFailed("Sandbox.Timedout", timeout_message(seconds))
        return timed_out(seconds, request_id=request_id, now=now_text(), exception=failed)
    if isinstance(end, ProcessEnded):
        reason = _reason_of_exit(end.status)
        failed = HandlerFailed("Runtime.ExitError", f"Runtime {reason}")
        return with_hint(exited(reason, request_id=request_id, exception=failed), end.hint)
    is_cut = isinstance(end, ResponseCut)
    error_type = "Runtime.TruncatedResponse" if is_cut else "Runtime.InvalidEntrypoint"
    text = "Runtime broke off its response" if is_cut else str(end)
    return sandbox_failure(
        error_type,
        f"RequestId: {request_id} Error: {text}",
        log_line=f"{text}\n{error_type}\n",
        status="error",
        exception=HandlerFailed(error_type, text),
    )


def _reason_of_exit(status: int) -> str:
    """How a process ended, from its ``status`` as subprocess has it, in the words that follow "Runtime"."""
    if status >= 0:
        return exit_reason(status)
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"exited with error: signal: {_SIGNALS.get(name, name)}"
