"""Failures of invocations: the error object that is the payload, the log lines, and the ``HandlerError``."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, replace
from types import TracebackType

from ..patching.tracebacks import OWN_FILES, OWN_FRAMES
from .exceptions import Exited, FaultException, LoadError
from .hints import hint
from .in_process.loading.code import display_text
from .invocation_request import MAX_RESULT_BYTES, HandlerError

NO_BREAK_SPACE = "\u00a0"
_REFUSED_RESULT = "LAMBDA_RUNTIME Failed to post handler success response. Http response code: 413."
_STACK = '  File "'
_OWN_MODULES = f"{__name__.partition('.')[0]}."
_logger = logging.getLogger("moto_lambda_urls")

DisplayPath = Callable[[str], str]
"""The path under ``/var/task`` that AWS would show for a file's real one; other files as they are."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failed invocation: the object that is its payload, the lines it logs, and the record of it.

    ``log_line`` is what the function's log shows; ``status`` what REPORT adds (``timeout``, ``error``), if anything.
    """

    body: dict[str, object]
    error: HandlerError
    log_line: str
    status: str | None = None


def is_own(exception: BaseException) -> bool:
    """Whether this package raised ``exception`` to whoever called it: it is no failure of the handler."""
    is_of_package = type(exception).__module__.startswith(_OWN_MODULES)
    return is_of_package and not isinstance(exception, FaultException | Exited)


def raised(exception: BaseException, *, request_id: str, display_path: DisplayPath) -> Failure:
    """The failure of a handler, or with an empty ``request_id`` of an import, that raised ``exception``.

    What is no Exception ends the process on AWS: awslambdaric catches none.
    """
    if not isinstance(exception, Exception):
        return exited(_reason_of_end(exception), request_id=request_id, exception=exception)
    if isinstance(exception, FaultException):
        error_type, message, stack = exception.error_type, exception.message, list(exception.trace)
    else:
        error_type, message = type(exception).__name__, _message(exception)
        stack = _stack_trace(exception.__traceback__, display_path)
    body: dict[str, object] = {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack,
    }
    error = _record(error_type, message, exception, display_path)
    return Failure(body=body, error=error, log_line=_log_line(body, stack))


def timed_out(seconds: float, *, request_id: str, now: str, exception: BaseException | None) -> Failure:
    """The failure of a handler that ran past ``seconds``; ``now`` is the time as logs show it."""
    text = timeout_message(seconds)
    return sandbox_failure(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: {text}",
        log_line=f"{now} {request_id} {text}\n\n",
        status="timeout",
        exception=exception,
    )


def timeout_message(seconds: float) -> str:
    """AWS's message about a handler that ran past ``seconds``."""
    return f"Task timed out after {seconds:.2f} seconds"


def exited(reason: str, *, request_id: str, exception: BaseException | None = None) -> Failure:
    """The failure of a handler that ended its process; ``reason`` goes on after "Runtime"."""
    message = f"RequestId: {request_id} Error: Runtime {reason}"
    return sandbox_failure(
        "Runtime.ExitError", message, log_line=f"{message}\nRuntime.ExitError\n", status="error", exception=exception
    )


def sandbox_failure(
    error_type: str, message: str, *, log_line: str, status: str, exception: BaseException | None = None
) -> Failure:
    """A failure that Lambda itself reports, not the function's runtime."""
    return Failure(
        body={"errorType": error_type, "errorMessage": message},
        error=_record(error_type, message, exception),
        log_line=log_line,
        status=status,
    )


def with_hint(failure: Failure, told: str) -> Failure:
    """``failure`` with a line for whoever deployed the function; as it is, if that is empty."""
    if not told:
        return failure
    error = failure.error
    return replace(failure, error=replace(error, hint=told, traceback=f"{error.traceback}{told}\n"))


def too_large(now_ms: int, most: int = MAX_RESULT_BYTES) -> Failure:
    """The failure of a handler whose result is over AWS's limit of ``most`` bytes."""
    message = result_too_large_message(most)
    return Failure(
        body={"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"},
        error=HandlerError(type="Function.ResponseSizeTooLarge", message=message),
        log_line=f"[ERROR] [{now_ms}] {_REFUSED_RESULT}\n",
    )


def result_too_large_message(most: int) -> str:
    """AWS's message about a result of more than ``most`` bytes."""
    return f"Response payload size exceeded maximum allowed payload size ({most} bytes)."


def report(failure: Failure, function_name: str) -> None:
    """Log the failure, so that it shows in the test run: outside any invocation, as the caller may be in one, too."""
    error = failure.error
    reason, shown = f"{error.type}: {_escaped(error.message)}", _escaped(error.traceback)
    if not shown.startswith(reason):  # what could not be found has no frames, but the reason alone
        shown = f"{reason}\n{shown}"
    Context().run(_logger.error, "Lambda function %s failed: %s", function_name, shown)


def _escaped(text: str) -> str:
    """``text`` with everything escaped that Python's ``repr`` would not show: more than ``messages.printable`` does."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(
        each if each.isprintable() or each in "\n\t" else each.encode("unicode_escape").decode() for each in text
    )


def exit_reason(status: int) -> str:
    """The ``reason`` for ``exited`` that describes an exit status."""
    return f"exited with error: exit status {status}" if status else "exited without providing a reason"


def _reason_of_end(exception: BaseException) -> str:
    """Why Python ends that nobody has kept from raising ``exception``."""
    if isinstance(exception, KeyboardInterrupt):
        return "exited with error: signal: interrupt"
    if isinstance(exception, Exited):
        return exit_reason(exception.status & 0xFF)
    if not isinstance(exception, SystemExit):
        return exit_reason(1)
    if exception.code is None:
        return exit_reason(0)
    return exit_reason(exception.code & 0xFF if isinstance(exception.code, int) else 1)


def _record(
    error_type: str, message: str, exception: BaseException | None, display_path: DisplayPath = str
) -> HandlerError:
    if exception is None:
        return HandlerError(type=error_type, message=message)
    told = exception.hint if isinstance(exception, LoadError) else hint(error_type, message)
    text = _traceback(exception, display_path) + ("" if isinstance(exception, LoadError) else told)
    return HandlerError(type=error_type, message=message, traceback=text, hint=told.strip(), exception=exception)


def _traceback(exception: BaseException, display_path: DisplayPath) -> str:
    """As Python shows it, the frames of the user's code alone."""
    if isinstance(exception, FaultException):
        cause = exception.__cause__
        told = "" if cause is None else _traceback(cause, display_path)
        return f"{told if _STACK in told else ''}{exception}\n"
    shown = traceback.TracebackException.from_exception(exception)
    pending: list[traceback.TracebackException | None] = [shown]
    while pending:
        each = pending.pop()
        if each is not None:
            each.stack = _theirs(each.stack, display_path)
            pending += [each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ())]
    return display_path("".join(shown.format()))


def _theirs(stack: traceback.StackSummary, display_path: DisplayPath) -> traceback.StackSummary:
    frames = [frame for frame in stack if not frame.filename.startswith(OWN_FRAMES)]
    for frame in frames:
        frame.line  # noqa: B018 - read from the file's own name before that is changed
        frame.filename = display_path(frame.filename)
    return traceback.StackSummary.from_list(frames)


def _message(exception: BaseException) -> str:
    try:
        return display_text(str(exception))
    except Exception:  # the user's __str__
        return f"<unprintable {type(exception).__name__} object>"


def _stack_trace(trace: TracebackType | None, display_path: DisplayPath) -> list[str]:
    """The frames as awslambdaric writes them: its own left out, no markers under the line."""
    return traceback.format_list(
        [
            (display_path(frame.filename), frame.lineno or 0, frame.name, frame.line)
            for frame in traceback.extract_tb(trace)
            if not frame.filename.startswith(OWN_FILES)
        ]
    )


def _log_line(body: dict[str, object], stack: list[str]) -> str:
    """The error as awslambdaric's ``log_error`` writes it."""
    message = f" {body['errorMessage']}" if body["errorMessage"] else ""
    lines = [f"[ERROR] {body['errorType']}{':' if message else ''}{message}", "Traceback (most recent call last):"]
    for entry in stack:
        lines += [_indented(line) for line in entry.splitlines()] if entry else [""]
    return "\n".join(lines) + "\n"


def _indented(line: str) -> str:
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text
