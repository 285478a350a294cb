"""The data plane: a request to a function URL in, AWS's response out."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import replace
from datetime import datetime, timezone
from random import Random
from typing import Any

from .. import gateway, runtime
from ..control.url_index import Indexed, url_index
from ..invocations import custom_resources, invocation
from ..invocations.asynchronous import Held
from ..invocations.invocation import Call, Stream
from ..messages import Request, Response
from ..runtime import Outcome, Throttled
from ..state import scope
from ..state.faults import Fault
from ..state.metrics import Source
from ..state.recorded import HandlerError, Invocation, JsonText
from . import auth, cors, refusals
from .refusals import Refused

_logger = logging.getLogger("moto_lambda_urls")

MAX_URLS_NAMED = 10


def handle(request: Request) -> Response:
    """Answer ``request`` as the function URL at ``request.host`` does.

    Raises nothing but what the handler raised, when ``raise_handler_errors`` is on, and a FunctionUrlPermissionWarning
    where the warnings filter makes it an error.
    """
    arrival = Arrival()
    found = url_index.find(request.host)
    if found is None:
        return _without_url(request, arrival)
    config = found.config
    preflight = cors.preflight(config.cors, request)
    if preflight is not None:
        return _finish(preflight, request, arrival)
    exchange = Exchange(request, found, arrival)
    try:
        response = exchange.answer()
    except Refused as refused:
        response = _finish(refused.response, request, arrival)
    response = cors.add_headers(config.cors, request, response)
    exchange.answered(response)
    return response


class Arrival:
    """What AWS gives a request when it comes in: the time, an id and an X-Ray id."""

    __slots__ = ("now", "request_id", "trace_id")

    def __init__(self) -> None:
        self.now = datetime.now(timezone.utc)
        digits = f"{_random.getrandbits(224):056x}"
        self.request_id = f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:30]}"
        self.trace_id = f"1-{int(self.now.timestamp()):08x}-{digits[32:]}"


_random = Random()
"""Ids are no secrets: uuid4 would ask the system for each, which costs more than all else here."""
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_random.seed)


class Exchange:
    """One request to an existing URL on its way through authorization, the handler and back."""

    def __init__(self, request: Request, url: Indexed, arrival: Arrival) -> None:
        self._request = request
        self._config, self._backend = url
        self._arrival = arrival
        self._metrics = self._backend.url_metrics  # A stream may outlive the mock, and its backend be plain moto again.
        self._began = time.perf_counter()
        self._call: Call | None = None
        self._event: JsonText | None = None
        self._fault: Fault | None = None
        self._stream: Stream | None = None
        self._outcome: Outcome | None = None
        self._held = Held()
        self._scopes = scope.active()
        self._response: Response | None = None

    def answer(self) -> Response:
        """The function's response, or what stands in for it.

        :raises Refused: AWS answers itself, without the function.
        """
        caller = self._authorize()
        event = self._to_event(caller)
        encoded = gateway.encode_event(event)
        self._event = JsonText(encoded)
        self._fault = scope.next_fault(self._config.url_id)
        if self._fault is not None:
            time.sleep(self._fault.delay)
            if self._fault.response is not None:
                return _finish(self._fault.response, self._request, self._arrival)
        call = self._call = self._to_call(event, encoded)
        try:
            return self._start(call) if self._config.invoke_mode == "RESPONSE_STREAM" else self._invoke(call)
        except Throttled as throttled:
            raise refusals.throttled(throttled.reason) from throttled

    def answered(self, response: Response) -> None:
        """``response`` goes out: record and count it, a streamed one when its stream has ended."""
        self._response = response if isinstance(response.body, bytes) else replace(response, body=b"")
        if self._stream is None or self._outcome is not None:
            self._close()

    def _authorize(self) -> auth.Caller | None:
        config = self._config
        return auth.authorize(
            self._request,
            config,
            resource_policy=self._backend.resource_policy(config.function_name, config.qualifier),
            authorization=scope.options().authorization,
            callers=auth.MotoCallers(),
            now=self._arrival.now,
            warned=scope.warned(),
        )

    def _to_event(self, caller: auth.Caller | None) -> dict[str, Any]:
        arrival = self._arrival
        return gateway.to_event(
            self._request,
            config=self._config,
            request_id=arrival.request_id,
            now=arrival.now,
            trace_id=arrival.trace_id,
            caller=caller,
        )

    def _to_call(self, event: dict[str, Any], encoded: bytes) -> Call:
        config = self._config
        function = self._backend.target(config)
        if function is None:  # its alias, or the function, went while the request was on its way
            raise refusals.not_authorized()
        return Call(
            function=function,
            invoked_arn=config.function_arn,
            qualifier=config.qualifier,
            request_id=self._arrival.request_id,
            payload=encoded,
            event=event,
            reserved_concurrency=self._backend.reserved_concurrency(config.function_name),
            trace_id=gateway.trace_header(self._arrival.trace_id),
        )

    def _invoke(self, call: Call) -> Response:
        outcome = self._outcome = invocation.invoke(call, self._held)
        if outcome.error is not None:
            return self._failed(outcome.error)
        return gateway.to_response(outcome.payload, **self._marks())

    def _start(self, call: Call) -> Response:
        stream = self._stream = invocation.stream(call)
        stream.at_end = self._streamed
        if stream.outcome is None or stream.prelude is not None:
            return gateway.streamed_response(stream.prelude, stream, **self._marks())
        body = b"".join(stream)  # The handler has ended: what it made may be part of an answer in which it failed.
        error = stream.outcome.error
        if error is not None and (not body or scope.options().raise_handler_errors):
            return self._failed(error)
        return gateway.raw_response(body, **self._marks())

    def _streamed(self, outcome: Outcome) -> None:
        self._outcome = outcome
        if self._response is not None:
            self._close()
            raised = outcome.error.exception if outcome.error else None
            if raised is not None and _raises():
                raise raised

    def _failed(self, error: HandlerError) -> Response:
        if error.exception is not None and _raises():
            self._close()
            raise error.exception
        return gateway.internal_server_error(**self._marks())

    def _close(self) -> None:
        """Record what happened, if the function or a planned fault answered, count it, and deliver what it sent."""
        config, response = self._config, self._response
        if self._outcome is not None or self._fault is not None:
            invocation.record(self._invocation(), self._scopes, self._size())
        version = str(self._call.function.version) if self._call else None
        status = response.status if response else 502
        latency_ms = (time.perf_counter() - self._began) * 1000
        self._metrics.count(Source(config.function_name, config.qualifier, version), status, latency_ms)
        self._held.deliver_all()

    def _invocation(self) -> Invocation:
        outcome = self._outcome
        return Invocation(
            request_id=self._arrival.request_id,
            function_name=self._config.function_name,
            qualifier=self._config.qualifier,
            url_id=self._config.url_id,
            event=self._event,
            result=JsonText(outcome.payload) if outcome else None,
            response=self._response,
            error=outcome.error if outcome else None,
            logs=outcome.logs if outcome else "",
            duration_ms=outcome.duration_ms if outcome else 0.0,
            fault=self._fault,
        )

    def _size(self) -> int:
        """About how many bytes the recorded invocation holds."""
        size = 0 if self._event is None else len(self._event.text)
        if self._outcome is not None:
            size += len(self._outcome.payload) + len(self._outcome.logs)
        if self._response is not None and isinstance(self._response.body, bytes):
            size += len(self._response.body)
        return size

    def _marks(self) -> dict[str, Any]:
        arrival = self._arrival
        return {
            "method": self._request.method,
            "request_id": arrival.request_id,
            "trace_id": arrival.trace_id,
            "now": arrival.now,
        }


def _raises() -> bool:
    """Whether a handler's exception reaches the caller: a test, but not another handler, which sees what AWS shows."""
    return scope.options().raise_handler_errors and not runtime.in_handler()


def _finish(response: Response, request: Request, arrival: Arrival) -> Response:
    return gateway.finish(response, request_id=arrival.request_id, now=arrival.now, method=request.method)


def _without_url(request: Request, arrival: Arrival) -> Response:
    if custom_resources.is_response(request):
        return _finish(custom_resources.take_response(request), request, arrival)
    if url_index.is_closed(request.host):
        return _finish(refusals.not_authorized().response, request, arrival)
    _log_unknown(request)
    return gateway.unknown_url(request, request_id=arrival.request_id, now=arrival.now)


def _log_unknown(request: Request) -> None:
    known = url_index.urls()
    named = ", ".join(known[:MAX_URLS_NAMED]) or "none"
    more = f" and {len(known) - MAX_URLS_NAMED} more" if len(known) > MAX_URLS_NAMED else ""
    asked = f"{request.method} https://{request.host}{request.raw_path}"
    _logger.warning("%s: there is no such function URL. Known: %s%s", asked, named, more)
