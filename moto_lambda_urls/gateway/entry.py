"""Recording of requests to function URLs: an ``Invocation`` for the test, and a count in the URL's metrics."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType

from ..control.url_index import Indexed
from ..invocations import HandlerError, Held, Outcome, in_handler, record
from ..messages import Response
from ..state import scope
from ..state.faults import Fault
from ..state.metrics import Target
from ..state.record import Invocation, JsonText, Placement
from .arrival import Arrival


class Entry(AbstractContextManager["Entry"]):
    """The record of one request in progress, written once: when the ``with`` block ends, or the stream it has begun.

    ``event`` is what the function was to get; ``version`` the one that was called, at ``placement``; ``outcome`` what
    that came to; ``fault`` what a test had planned; ``response`` what went out, None when a handler's exception did.
    The events that the function sends are ``held`` until the entry is written.
    """

    def __init__(self, url: Indexed, arrival: Arrival) -> None:
        self.event: JsonText | None = None
        self.version: str | None = None
        self.placement: Placement | None = None
        self.outcome: Outcome | None = None
        self.fault: Fault | None = None
        self.response: Response | None = None
        self.held = Held()
        self.is_streaming = False
        self._config = url.config
        self._metrics = url.backend.url_metrics  # A stream may outlive the mock, and its backend be plain moto again.
        self._arrival = arrival
        self._began = time.perf_counter()
        self._scopes = scope.active()

    def answered(self, response: Response) -> None:
        """Keep ``response`` for the record; of a stream only its head."""
        self.response = response if isinstance(response.body, bytes) else replace(response, body=b"")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What interrupts a request, like Ctrl-C, leaves nothing behind; a handler's exception comes with an outcome.
        if self.outcome is not None or (error is None and not self.is_streaming):
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
        if self.outcome is not None or self.fault is not None:
            record(self._invocation(), self._scopes, self._size())
        status = 502 if response is None else response.status
        latency_ms = (time.perf_counter() - self._began) * 1000
        self._metrics.count(Target(config.function_name, config.qualifier, self.version), status, latency_ms)

    def _invocation(self) -> Invocation:
        outcome = self.outcome
        return Invocation(
            request_id=self._arrival.request_id,
            function_name=self._config.function_name,
            qualifier=self._config.qualifier,
            url_id=self._config.url_id,
            event=self.event,
            result=JsonText(outcome.payload) if outcome else None,
            response=self.response,
            error=outcome.error if outcome else None,
            logs=outcome.logs if outcome else "",
            duration_ms=outcome.duration_ms if outcome else 0.0,
            fault=self.fault,
            placement=self.placement,
        )

    def _size(self) -> int:
        """About how many bytes the recorded invocation holds."""
        size = 0 if self.event is None else len(self.event.text)
        if self.outcome is not None:
            size += len(self.outcome.payload) + len(self.outcome.logs)
        if self.response is not None and isinstance(self.response.body, bytes):
            size += len(self.response.body)
        return size


def exception_to_raise(error: HandlerError | None) -> BaseException | None:
    """What a failed handler's caller gets in place of a response; None where it gets that.

    With ``raise_handler_errors`` a test gets the handler's exception, but not another handler, which sees what AWS
    shows.
    """
    if error is None or not scope.options().raise_handler_errors or in_handler():
        return None
    return error.exception
