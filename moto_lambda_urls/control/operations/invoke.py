"""The operation Invoke: synchronous, asynchronous, and the dry run."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ...invocations import Held, ScopedInvocationRequest, Throttled, asynchronous, destinations, invocation
from ...messages.limits import MAX_EVENT_BYTES, too_large_message
from ...patching.tracebacks import trim
from ...state.invocation_metrics import InvocationMetrics
from ...state.record import Invocation, parsed_later
from ..exceptions import InvalidRequestContentException, RequestTooLargeException, TooManyRequestsException
from ..functions.checks import check_tenant
from ..functions.deployed import DeployedFunction
from .event_invoke import EventInvokeOperations
from .lookup import function_not_found

if TYPE_CHECKING:
    from ...invocations import Outcome

MAX_ASYNCHRONOUS_EVENT_BYTES = 1_048_576
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_BETWEEN_TRIES = 0.02
"""Seconds that a throttled asynchronous invocation waits before it tries again; on AWS up to minutes."""


@dataclass(frozen=True, kw_only=True)
class InvokeAnswer:
    """What Invoke answers: the HTTP status, the headers particular to it, the payload."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    payload: bytes = b""


class InvokeOperations(EventInvokeOperations):
    """Invoke, for the functions of one account and region."""

    invocation_metrics: InvocationMetrics

    def invoke(
        self, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> str | bytes | None:
        """Invoke with moto's signature, for moto's services: returns the payload, and sets ``response_headers``."""
        answer = self.answer_invoke(
            function_name,
            qualifier,
            body.encode() if isinstance(body, str) else body or b"",
            invocation_type=headers.get("X-Amz-Invocation-Type") or "RequestResponse",
            log_type=headers.get("X-Amz-Log-Type") or "None",
            client_context=headers.get("X-Amz-Client-Context"),
            tenant_id=headers.get("X-Amz-Tenant-Id"),
        )
        response_headers.update(answer.headers)
        return answer.payload

    def answer_invoke(
        self,
        function_name: str,
        qualifier: str | None,
        payload: bytes,
        *,
        invocation_type: str = "RequestResponse",
        log_type: str = "None",
        client_context: str | None = None,
        tenant_id: str | None = None,
        raise_error: bool = False,
    ) -> InvokeAnswer:
        """Invoke a function, version or alias with the JSON ``payload``; ``client_context`` is base64 of JSON,
        ``tenant_id`` whose environment a function with a TenancyConfig shall run in.

        With ``raise_error`` the handler's exception is raised, unless the invocation is asynchronous.

        :raises ResourceNotFoundException: there is no such function, version or alias.
        :raises InvalidRequestContentException, RequestTooLargeException: the payload or the context is no JSON, or too
            large.
        :raises TooManyRequestsException: the reserved concurrency is used up.
        :raises InvalidParameterValueException: the tenant id is missing, or the function has no TenancyConfig.
        :raises ResourceConflictException: the function is not Active yet, where ``function_states`` says so.
        """
        check_payload(payload, is_asynchronous=invocation_type == "Event")
        call = self._call(function_name, qualifier, payload or b"{}", client_context, tenant_id)
        if invocation_type == "DryRun":
            return InvokeAnswer(status=204)
        if invocation_type == "Event":
            self.deliver(call)
            return InvokeAnswer(status=202, headers={"x-amzn-requestid": call.request_id})
        try:
            outcome = run(call)
        except Throttled as throttled:
            raise TooManyRequestsException(throttled.reason) from throttled
        if raise_error and outcome.error is not None and outcome.error.exception is not None:
            trim(outcome.error.exception)
            raise outcome.error.exception
        return _answer(call, outcome, with_log=log_type == "Tail")

    def deliver(self, call: ScopedInvocationRequest) -> None:
        """Invoke asynchronously: with retries, destinations and a dead-letter queue."""
        name, function = call.function.function_name, call.function
        config = self.event_invoke_config(name, call.qualifier)
        asynchronous.deliver(
            destinations.Delivery(
                function=function,
                function_arn=call.invoked_arn,
                request_id=call.request_id,
                payload=call.payload,
                run=partial(_run_when_free, call),
                settings=config or {},
                dead_letter_arn=getattr(function, "dead_letter_arn", None),
            )
        )

    def _call(
        self,
        function_name: str,
        qualifier: str | None,
        payload: bytes,
        client_context: str | None,
        tenant_id: str | None,
    ) -> ScopedInvocationRequest:
        key = self._resolve(function_name, qualifier, "InvokeFunction")
        function = self.version_that_runs(key)
        if function is None:
            raise function_not_found(self._arn((key[0], key[1] or "$LATEST")))
        deployed = DeployedFunction.adopt(function)
        check_tenant(deployed.details.as_sent, tenant_id)
        deployed.check_active()
        return ScopedInvocationRequest(
            function=function,
            invoked_arn=self._arn(key),
            qualifier=key[1],
            request_id=str(uuid4()),
            payload=payload,
            reserved_concurrency=self.reserved_concurrency(key[0]),
            metrics=self.invocation_metrics,
            client_context=None if client_context is None else _decoded(client_context),
            tenant_id=tenant_id,
        )


def run(call: ScopedInvocationRequest) -> Outcome:
    """Invoke and record ``call``, then deliver the events that it sent.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    held = Held()
    outcome = invocation.invoke(call, held)
    record_outcome(call, outcome)
    held.deliver_all()
    return outcome


def record_outcome(call: ScopedInvocationRequest, outcome: Outcome) -> None:
    """Record ``call`` and its ``outcome`` with the mocks that were active when it began."""
    invocation.record(
        Invocation(
            request_id=call.request_id,
            function_name=call.function.function_name,
            qualifier=call.qualifier,
            event=parsed_later(call.payload),
            result=parsed_later(outcome.payload),
            error=outcome.error,
            logs=outcome.logs,
            duration_ms=outcome.duration_ms,
            placement=call.placement,
        ),
        call.scopes,
    )


def _run_when_free(call: ScopedInvocationRequest) -> Outcome | None:
    while call.reserved_concurrency != 0:
        try:
            return run(call)
        except Throttled:
            time.sleep(_BETWEEN_TRIES)
    return None


def _answer(call: ScopedInvocationRequest, outcome: Outcome, *, with_log: bool) -> InvokeAnswer:
    # Lower case: moto's services look for x-amz-function-error so.
    headers = {
        "content-type": "application/json",
        "x-amzn-requestid": call.request_id,
        "x-amz-executed-version": str(call.function.version),
    }
    if outcome.error is not None:
        headers["x-amz-function-error"] = "Unhandled"
    if with_log:
        headers["x-amz-log-result"] = base64.b64encode(outcome.tail).decode()
    return InvokeAnswer(status=200, headers=headers, payload=outcome.payload)


def check_payload(payload: bytes, *, is_asynchronous: bool) -> None:
    """:raises InvalidRequestContentException, RequestTooLargeException: ``payload`` is no JSON, or too large."""
    limit = MAX_ASYNCHRONOUS_EVENT_BYTES if is_asynchronous else MAX_EVENT_BYTES
    if len(payload) > limit:
        raise RequestTooLargeException(too_large_message(limit))
    if payload:
        try:
            json.loads(payload.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            # What AWS says after the second colon is its parser's own.
            message = f"Could not parse request body into json: Could not parse payload into json: {error}"
            raise InvalidRequestContentException(message) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _decoded(client_context: str) -> str:
    try:
        text = base64.b64decode(client_context, validate=True).decode()
        json.loads(text)
    except ValueError as error:
        raise InvalidRequestContentException("Client context must be a valid Base64-encoded JSON object.") from error
    return text
