"""An invocation in progress: its environment, its log and its deadline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from .. import marshal
from ..applications import streaming
from ..clocks import epoch_time, monotonic
from ..context import LambdaContext
from ..errors import Failure, is_own, raised, report, timed_out, too_large
from ..exceptions import DeadlinePassed
from ..invocation_request import MAX_RESULT_BYTES, InvocationRequest, Loaded, Outcome
from ..log_streams import put_log_events
from .isolation import logs, output
from .isolation.event_loops import call_in_sandbox, keep_current_loop
from .isolation.log_events import now_ms
from .isolation.log_records import formatted
from .isolation.process_state import process_state
from .isolation.running import Running, enter, leave, own_variables, sandbox_of
from .loading.code import display_text
from .passing import passes_through
from .timeouts import deadline

if TYPE_CHECKING:
    from types import TracebackType

T = TypeVar("T")

# awslambdaric, lambda_literals.py
_UNHANDLED_WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in "
    "rare cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed "
    "runtimes, runtime updates can be triggered by a function change, or can be applied automatically. To "
    "determine if the runtime has been updated, check the runtime version in the INIT_START log entry. If this "
    "error correlates with a change in the runtime version, you may be able to mitigate this error by temporarily "
    "rolling back to the previous runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


class Session:
    """One invocation in progress; ``failure`` says why it failed, ``duration_ms`` how long the handler ran."""

    def __init__(self, call: InvocationRequest) -> None:
        self.call = call
        self.failure: Failure | None = None
        self.duration_ms = 0.0
        self._sandbox = sandbox_of(call)
        self._log = logs.InvocationLog(self._sandbox)
        self._running = Running(
            self._sandbox, self._log, own=own_variables(call.trace_id), init_seconds=deadline.MAX_INIT_SECONDS
        )
        self._loaded: Loaded | None = None
        self._started = self._deadline = 0.0

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._log.close("")

    def active(self) -> AbstractContextManager[None]:
        """The block runs inside the invocation: its variables, its output, its log."""
        return _Active(self._running)

    def guarded(self, step: Callable[[], T]) -> T | None:
        """What ``step`` returns, or None when it failed the invocation."""
        try:
            return step()
        except DeadlinePassed as error:
            seconds = float(self.call.function.timeout)
            self.fail(
                timed_out(seconds, request_id=self.call.request_id, now=logs.now_text(), exception=error.__cause__)
            )
        except BaseException as error:
            if is_own(error) or passes_through(error, in_server=self.call.endpoint_url is not None):
                raise
            request_id = self._running.request_id if isinstance(error, Exception) else self.call.request_id
            self.fail(raised(error, request_id=request_id, display_path=self._display_path))
        return None

    def fail(self, failure: Failure) -> None:
        """The invocation failed: log it."""
        self.failure = failure
        if not self._running.request_id:
            self._log.add(formatted(self._sandbox, _unhandled_warning()))
            self._log_start()
        if self._sandbox.json_logs and "stackTrace" in failure.body:
            when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self._log.add(self.to_json({"timestamp": when, "level": "ERROR", **failure.body}) + "\n")
        else:
            self._log.add(failure.log_line)

    def call_handler(self, *, streamed: bool = False) -> object:
        """What the handler returns; its code is loaded first. A web application's ``streamed`` response is an iterator.

        :raises DeadlinePassed: it ran past the function's Timeout.
        """
        call, function = self.call, self.call.function
        loaded = self._loaded = self._load()
        self._running.packaged = loaded.is_packaged
        left = self._begin()
        event = marshal.unmarshal(call.payload) if call.event is None else call.event
        context = LambdaContext(
            request_id=call.request_id,
            function_name=function.function_name,
            function_version=str(function.version),
            memory_size=function.memory_size,
            log_group=self._sandbox.log_group,
            log_stream=self._sandbox.log_stream,
            invoked_arn=call.invoked_arn,
            deadline=epoch_time() + left,
            client_context=call.client_context,
            tenant_id=call.tenant_id,
        )
        handler = streaming(loaded.handler) if streamed else loaded.handler
        with loaded.run():
            return self.within_deadline(lambda: handler(event, context))

    def _load(self) -> Loaded:
        """The function's code; an import that is cut off is tried once more, in the time of the handler."""
        function, started = self.call.function, monotonic()
        try:
            return self.call.load(function)
        except DeadlinePassed:
            took = (monotonic() - started) * 1000
            self._log.add(logs.init_timeout_line(took, json_logs=self._sandbox.json_logs))
        self._running.init_seconds = self._begin()
        try:
            return self.call.load(function)
        finally:
            self.duration_ms = (monotonic() - self._started) * 1000

    def _begin(self) -> float:
        """Begin the function's time, unless it has begun; gives the seconds that are left of it."""
        if self._running.request_id:
            return self._deadline - monotonic()
        self._running.request_id = self.call.request_id
        self._log_start()
        seconds = float(self.call.function.timeout)
        self._started = monotonic()
        self._deadline = self._started + seconds
        return seconds

    def within_deadline(self, step: Callable[[], T]) -> T:
        """What ``step`` returns, run in what is left of the function's Timeout."""
        try:
            return deadline.call_within(lambda: call_in_sandbox(self._running, step), self._deadline - monotonic())
        finally:
            self.duration_ms = (monotonic() - self._started) * 1000

    def answered(self, result: object) -> bytes | None:
        """The payload that a handler's ``result`` becomes; None, and the session failed, when it is too large.

        :raises FaultException: ``Runtime.MarshalError``.
        """
        answer = marshal.marshal(result, runtime=self.call.function.run_time)
        if len(answer) > MAX_RESULT_BYTES:
            self.fail(too_large(now_ms()))
            return None
        return answer

    def finish(self, answer: bytes | None) -> Outcome:
        """Write the last log lines and report a failure; ``answer`` is the payload of a handler that did not fail."""
        text = self._end_log()
        failure = self.failure
        if failure is not None:
            report(failure, self.call.function.function_name)
            answer = marshal.error_payload(failure.body, runtime=self.call.function.run_time)
        return Outcome(
            payload=answer or b"",
            error=failure.error if failure is not None else None,
            logs=text,
            duration_ms=self.duration_ms,
        )

    def _end_log(self) -> str:
        """Write the last lines and put the log into CloudWatch Logs; gives the log's text."""
        call, sandbox, loaded = self.call, self._sandbox, self._loaded
        output.show(self._log.unshown())
        end = logs.end_line(call.request_id, json_logs=sandbox.json_logs)
        self._log.add(end)
        init_ms = loaded.init_duration_ms if loaded is not None and loaded.cold else None
        text = self._log.close(
            logs.report_line(
                call.request_id,
                duration_ms=self.duration_ms,
                init_ms=init_ms,
                memory_size=int(call.function.memory_size),
                status=self.failure.status if self.failure is not None else None,
                json_logs=sandbox.json_logs,
                memory_used=logs.peak_memory(sandbox, self.duration_ms + (init_ms or 0)),
                tenant_id=call.tenant_id,
            )
        )
        put_log_events(call.function, sandbox, self._log)
        return text

    def to_json(self, body: dict[str, object]) -> str:
        """``body`` as this function's runtime writes JSON."""
        return marshal.to_json(body, runtime=self.call.function.run_time)

    def _log_start(self) -> None:
        call, is_json = self.call, self._sandbox.json_logs
        version = str(call.function.version)
        self._log.add(logs.start_line(call.request_id, version, json_logs=is_json, tenant_id=call.tenant_id))

    def _display_path(self, filename: str) -> str:
        return self._loaded.display_path(filename) if self._loaded is not None else display_text(filename)


class _Active(AbstractContextManager[None]):
    def __init__(self, running: Running) -> None:
        self._running = running

    def __enter__(self) -> None:
        self._token = enter(self._running)
        self._put_back_loop = keep_current_loop()
        self._tees = output.attach()
        process_state.enter(self._running.sandbox)

    def __exit__(self, *_: object) -> None:
        try:
            process_state.leave(self._running.sandbox)
        finally:  # until then a signal that the handler has asked for may come, and its function raise
            output.detach(self._tees)
            self._put_back_loop()
            leave(self._token)


def _unhandled_warning() -> logging.LogRecord:
    record = logging.LogRecord("root", logging.WARNING, "", 0, _UNHANDLED_WARNING, None, None)
    record.aws_request_id = ""
    return record
