"""The record of a request to a function URL: an ``Invocation`` for the test, and a count in the URL's metrics."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import replace
from textwrap import indent
from types import TracebackType

from ..control.url_index import Indexed
from ..invocations import HandlerError, Held, Outcome, in_handler, record
from ..messages import Request, Response
from ..messages.limits import MAX_EVENT_BYTES
from ..messages.printable import printable_line
from ..runtime.clocks import perf_counter
from ..state import scope
from ..state.faults import Fault
from ..state.metrics import Target
from ..state.record import Deferred, Invocation, Placement, Refusal, parsed_later
from .arrival import Arrival
from .event import EventUrl, to_event
from .result import BadResultError

_SHOWN_OF_RESULT, _SHOWN_OF_REQUEST = 200, 160
_A_RESPONSE = 'to fix it, return e.g. {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "text"}'
_logger = logging.getLogger("moto_lambda_urls")


class Entry(AbstractContextManager["Entry"]):
    """The record of one request in progress, written once: when the ``with`` block ends, or the stream it has begun.

    ``event`` is what the function was to get; ``version`` the one that was called, at ``placement``, whose Handler is
    ``handler_name``; ``outcome`` what that came to; ``fault`` what a test had planned; ``refusal`` why AWS answers
    instead of the function; ``response`` what went out, None when a handler's exception did. The events that the
    function sends are ``held`` until the entry is written.
    """

    def __init__(self, url: Indexed, arrival: Arrival) -> None:
        self.event: Deferred | dict[str, object] | None = None
        self.version: str | None = None
        self.handler_name = "the handler"
        self.placement: Placement | None = None
        self.outcome: Outcome | None = None
        self.fault: Fault | None = None
        self.refusal: Refusal | None = None
        self.response: Response | None = None
        self.held = Held()
        self.is_streaming = False
        self._config = url.config
        self._metrics = url.backend.url_metrics  # A stream may outlive the mock, and its backend be plain moto again.
        self._arrival = arrival
        self._began = perf_counter()
        self._scopes = scope.active()

    def answered(self, response: Response) -> None:
        """Keep ``response`` for the record; of a stream only its head."""
        self.response = response if isinstance(response.body, bytes) else replace(response, body=b"")

    def refused(self, request: Request, refusal: Refusal) -> None:
        """AWS answers ``request`` itself."""
        self.refusal = refusal
        if self.event is None:
            self.event = _unsent_event(request, self._arrival, self._config)

    def failed(self, request: Request, bad: BadResultError) -> None:
        """The function ran, and what it returned to ``request`` is no valid response."""
        told, name = "", self._config.function_name
        if self.outcome is not None:
            who = "the registered handler" if scope.registered_handler(name) else self.handler_name
            error = _no_response(bad, who, self.outcome.payload)
            self.outcome, told = replace(self.outcome, error=error), f"\n{indent(error.hint, '    ')}"
        asked = printable_line(f"{request.method} {request.raw_path}", _SHOWN_OF_REQUEST)
        _logger.error("Lambda function %s failed: %s -> %d InvalidResponse: %s%s", name, asked, bad.status, bad, told)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What interrupts a request, like Ctrl-C, leaves nothing behind; a handler's exception comes with an outcome, a
        # warning that is an error with a refusal.
        is_over = error is None or self.refusal is not None
        if self.outcome is not None or (is_over and not self.is_streaming):
            self._write()
            self.held.deliver_all()

    def end_stream(self, outcome: Outcome) -> None:
        """End the stream with ``outcome``; raises what the reader of the stream is to get.

        A stream that ends before its response goes out is written with that.
        """
        self.outcome = outcome
        if self.response is None:
            return
        self._write()
        exception = exception_to_raise(outcome.error)
        if exception is not None:
            raise exception

    def _write(self) -> None:
        config, response = self._config, self.response
        if self.outcome is not None:
            record(self._invocation(), self._scopes, self._size())
        elif self.refusal is not None:
            _record_unsent(self._invocation(), config.host, self._scopes)
        without_response = 502 if self.refusal is None else 403
        status = without_response if response is None else response.status
        latency_ms = (perf_counter() - self._began) * 1000
        self._metrics.count(Target(config.function_name, config.qualifier, self.version), status, latency_ms)

    def _invocation(self) -> Invocation:
        outcome = self.outcome
        return Invocation(
            request_id=self._arrival.request_id,
            function_name=self._config.function_name,
            qualifier=self._config.qualifier,
            url_id=self._config.url_id,
            event=self.event,
            result=parsed_later(outcome.payload) if outcome else None,
            response=self.response,
            error=outcome.error if outcome else None,
            logs=outcome.logs if outcome else "",
            duration_ms=outcome.duration_ms if outcome else 0.0,
            fault=self.fault,
            placement=self.placement if outcome else None,
            ran=outcome is not None,
            refusal=self.refusal,
        )

    def _size(self) -> int:
        """About how many bytes the recorded invocation holds."""
        size = self.event.size if isinstance(self.event, Deferred) else 0
        if self.outcome is not None:
            size += len(self.outcome.payload) + len(self.outcome.logs)
        if self.response is not None and isinstance(self.response.body, bytes):
            size += len(self.response.body)
        return size


def _no_response(bad: BadResultError, who: str, result: bytes) -> HandlerError:
    returned = printable_line(result[:_SHOWN_OF_RESULT].decode("utf-8", "replace"), _SHOWN_OF_RESULT)
    hint = f"{printable_line(who, _SHOWN_OF_REQUEST)} returned {returned}\n{_A_RESPONSE}"
    return HandlerError(type="InvalidResponse", message=str(bad), hint=hint)


def record_answer(
    request: Request,
    arrival: Arrival,
    response: Response,
    refusal: Refusal | None,
    url: EventUrl,
    *,
    function_name: str = "",
    qualifier: str | None = None,
) -> None:
    """Record ``response``, which AWS gave to ``request`` before authorization: the metrics do not have it."""
    invocation = Invocation(
        request_id=arrival.request_id,
        function_name=function_name,
        qualifier=qualifier,
        url_id=url.url_id,
        event=_unsent_event(request, arrival, url),
        response=response,
        ran=False,
        refusal=refusal,
    )
    _record_unsent(invocation, url.host, scope.active())


def _unsent_event(request: Request, arrival: Arrival, url: EventUrl) -> dict[str, object]:
    """What the function would have got of ``request``, without a body that is over AWS's limit."""
    kept = request if len(request.body) <= MAX_EVENT_BYTES else replace(request, body=b"")
    return to_event(kept, arrival, config=url)


def _record_unsent(invocation: Invocation, host: str, scopes: tuple[scope.Scope, ...]) -> None:
    record(invocation, scopes)
    if invocation.refusal is not None:
        _logger.warning("https://%s: %s", printable_line(host, 256), invocation.log_entry)


def exception_to_raise(error: HandlerError | None) -> BaseException | None:
    """What a failed handler's caller gets in place of a response; None where it gets that.

    With ``raise_handler_errors`` a test gets the handler's exception, but not another handler, which sees what AWS
    shows.
    """
    if error is None or not scope.options().raise_handler_errors or in_handler():
        return None
    return error.exception
