"""One invocation in a process, from the start of the process, where there is none, to its outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from .. import marshal
from ..clocks import epoch_time, monotonic
from ..errors import Failure, report, too_large, with_hint
from ..exceptions import DeadlinePassed
from ..in_process.isolation import logs
from ..in_process.isolation.log_events import now_ms
from ..in_process.timeouts import deadline
from ..invocation_request import MAX_RESULT_BYTES, MAX_STREAMED_BYTES, InvocationRequest, Outcome
from ..log_streams import put_log_events
from .api import ErrorReport, InvocationResponse
from .environment import Environment
from .execution import ProcessEnded
from .failures import ENDS, failure_of, reported
from .initialization import start, wait_until_ready
from .log import ProcessLog


class Lender(Protocol):
    """Who has the environments; ``generation`` counts how often all were ended."""

    generation: int

    @property
    def shortage(self) -> str:
        """What all environments are busy with while others wait for one; empty when none does."""

    def take(self, call: InvocationRequest, generation: int) -> Environment | None:
        """A warm environment for ``call``, or None and the right to make one; waits for either.

        It does not wait for one of a ``generation`` that has ended.
        """

    def make(self, call: InvocationRequest, initialization: str = ...) -> Environment:
        """A new one, not started yet; ``initialization`` is why it is made, in Lambda's words."""

    def give_back(self, call: InvocationRequest, environment: Environment | None, *, warm: bool) -> None:
        """The end of one ``take``; what is not ``warm`` is ended."""


class ProcessSession:
    """One invocation in progress; ``response`` is what the process has answered to it, ``failure`` why it failed."""

    def __init__(self, call: InvocationRequest, lender: Lender, *, streaming: bool = False) -> None:
        self.call = call
        self.failure: Failure | None = None
        self.response = InvocationResponse(call.request_id, MAX_STREAMED_BYTES if streaming else MAX_RESULT_BYTES)
        self._lender = lender
        self._generation = lender.generation
        self._streaming = streaming
        self._environment: Environment | None = None
        self._log: ProcessLog | None = None
        self._error_payload = b""
        self._started = self._deadline = self._ended = 0.0

    @property
    def in_progress(self) -> bool:
        """Whether a process is held."""
        return self._environment is not None

    def begin(self) -> None:
        """Give the call to a process; ``failure`` is set when that does not get so far."""
        while not self._begin_in(self._lender.take(self.call, self._generation)):
            pass

    def _begin_in(self, warm: Environment | None) -> bool:
        """Begin in a ``warm`` environment, or a new one; False when the warm one has ended since its last call."""
        self._environment = warm
        with self._ending_on_error(), self._failing():
            environment = self._environment = warm or self._lender.make(self.call)
            if self._generation != self._lender.generation:  # all were ended: none is to start any more
                environment.retire()
            self._log = environment.log = ProcessLog(environment)
            if warm is None:
                self._initialize(environment)
            if environment.api.init_error is not None:
                self._fail_as_reported(environment.api.init_error)
                return True
            self._count_from_now()
            try:
                environment.wait(lambda: environment.api.waiting, self._deadline)
            except ProcessEnded:
                self._log.close("")
                self._leave(warm=False)
                return False
            self._log_start()
            environment.begin(self.response, self._headers(), self.call.to_json() or b"{}")
        return True

    def wait(self, done: Callable[[], object]) -> None:
        """Go on until ``done()`` is true, or the response is whole, or the call has failed."""
        environment = self._environment
        if self.failure is not None or environment is None or done():
            return
        with self._ending_on_error(), self._failing():
            if self._is_overdue and not self.response.ended:
                environment.kill()  # who takes a stream slowly still gets what was made in time
            environment.wait(lambda: self.response.ended or done(), self._deadline)
            if self.response.too_large:
                self._fail(too_large(now_ms(), self.response.most))
            elif self.response.error is not None:
                self._fail_as_reported(self.response.error)

    def finish(self, payload: bytes = b"") -> Outcome:
        """End the call: its last log lines, and the outcome; ``payload`` is the answer of one that did not fail."""
        environment, failure = self._environment, self.failure
        duration_ms = ((self._ended or monotonic()) - self._started) * 1000 if self._started else 0.0
        text = ""
        try:
            if environment is not None and self._log is not None:
                text = self._close_log(environment, self._log, duration_ms)
        finally:
            self._leave(warm=self._is_reusable)
        if failure is not None:
            report(failure, self.call.function.function_name)
        return Outcome(
            payload=payload if failure is None else self._error_payload or self._to_json(failure.body),
            error=None if failure is None else failure.error,
            logs=text,
            duration_ms=duration_ms,
        )

    def _initialize(self, environment: Environment) -> None:
        start(environment)
        try:
            wait_until_ready(environment, deadline.MAX_INIT_SECONDS)
        except DeadlinePassed:
            environment.end()
            self._log_start()
            self._count_from_now()
            start(environment)
            wait_until_ready(environment, self._deadline - environment.started_at)
            environment.init_ms = None  # within the Timeout it is no Init of its own

    @property
    def _is_reusable(self) -> bool:
        """Whether the process has answered as a whole, and goes on."""
        is_cut = self.response.streamed and self.response.too_large
        return self.response.ended and not is_cut and not (self.failure is not None and self.failure.status)

    @property
    def _is_overdue(self) -> bool:
        return bool(self._started) and monotonic() >= self._deadline

    def _count_from_now(self) -> None:
        if not self._started:
            self._started = monotonic()
            self._deadline = self._started + float(self.call.function.timeout)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Make what ends the block a failure of the call."""
        try:
            yield
        except ENDS as end:
            if isinstance(end, ProcessEnded) and end.was_killed and self._is_overdue:
                end = DeadlinePassed()
            failure = failure_of(end, self.call)
            # It may have asked for a function that waits for a process.
            self._fail(with_hint(failure, self._lender.shortage) if isinstance(end, DeadlinePassed) else failure)
        finally:
            self._ended = monotonic()

    @contextmanager
    def _ending_on_error(self) -> Iterator[None]:
        """Let nothing of the call stay when the caller is interrupted."""
        try:
            yield
        except BaseException:
            if self._log is not None:
                self._log.close("")
            self._leave(warm=False)
            raise

    def _fail(self, failure: Failure) -> None:
        self.failure = failure
        if self._log is not None and self._environment is not None:
            self._environment.read_rest()
            self._log_start()
            if failure.log_line:
                self._log.add(failure.log_line)

    def _fail_as_reported(self, report: ErrorReport) -> None:
        environment = self._environment
        assert environment is not None
        failure, self._error_payload = reported(report, environment.deployment)
        self._fail(failure)

    def _leave(self, *, warm: bool) -> None:
        environment, self._environment = self._environment, None
        if environment is not None:
            environment.log = None
        self._lender.give_back(self.call, environment, warm=warm)

    def _log_start(self) -> None:
        if self._log is not None and not self._log.started:
            call, is_json = self.call, self._log.sandbox.json_logs
            version = str(call.function.version)
            self._log.started = True
            self._log.add(logs.start_line(call.request_id, version, json_logs=is_json, tenant_id=call.tenant_id))

    def _close_log(self, environment: Environment, log: ProcessLog, duration_ms: float) -> str:
        call, sandbox = self.call, environment.sandbox
        init_ms, environment.init_ms = environment.init_ms, None
        if duration_ms + (init_ms or 0) >= logs.TOO_SHORT_MS:
            environment.measure()
        environment.read_rest()
        log.add(logs.end_line(call.request_id, json_logs=sandbox.json_logs))
        text = log.close(
            logs.report_line(
                call.request_id,
                duration_ms=duration_ms,
                init_ms=init_ms,
                memory_size=int(call.function.memory_size),
                status=None if self.failure is None else self.failure.status,
                json_logs=sandbox.json_logs,
                memory_used=environment.memory_used,
                tenant_id=call.tenant_id,
            )
        )
        put_log_events(call.function, sandbox, log.events)
        return text

    def _to_json(self, body: dict[str, object]) -> bytes:
        return marshal.error_payload(body, runtime=self.call.function.run_time)

    def _headers(self) -> dict[str, str]:
        """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next"""
        call = self.call
        deadline_at = epoch_time() + self._deadline - monotonic()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": call.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline_at * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": call.invoked_arn,
            "Lambda-Runtime-Trace-Id": call.trace_id,
            "Lambda-Runtime-Client-Context": call.client_context and _in_one_line(call.client_context),
            "Lambda-Runtime-Aws-Tenant-Id": call.tenant_id,
            # Ours: with it a handler in Python may stream.
            "Lambda-Runtime-Function-Response-Mode": "streaming" if self._streaming else None,
        }
        return {name: " ".join(value.split()) for name, value in headers.items() if value}


def _in_one_line(client_context: str) -> str:
    try:
        return json.dumps(json.loads(client_context))
    except ValueError:
        return client_context.encode("ascii", "backslashreplace").decode()
