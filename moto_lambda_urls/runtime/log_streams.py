"""The log streams of functions in moto's CloudWatch Logs."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from moto.logs.models import LogEvent, LogStream

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from .in_process.isolation.log_events import Event
    from .in_process.isolation.logs import InvocationLog
    from .in_process.isolation.running import Sandbox

MAX_EVENTS_KEPT = 10_000
"""Of one stream, and of all that moto's dashboard shows; a server's memory stays flat. Decision."""
MAX_LOGS_WAITING = 32
"""For a reader of their stream; moto's dashboard, which has a list of its own, shows them once they are ingested."""

_EPOCH = datetime(1970, 1, 1)
_lock = RLock()
"""Of the process, as moto's list of all log events is; reentrant, since garbage collection may end an invocation."""


def _ingested(name: str) -> Any:
    """moto's attribute ``name`` of a stream, as a property that ingests what waits before it is read."""

    def read(stream: FunctionLogStream) -> Any:
        stream.ingest()
        return vars(stream)[name]

    def write(stream: FunctionLogStream, value: Any) -> None:
        vars(stream)[name] = value

    return property(read, write)


class FunctionLogStream(LogStream):
    """The log stream of a function's environment: its invocations' logs become moto's events once somebody reads them.

    Few tests read any. Made with each call, moto's events would take a twentieth of its time; made together, far less.

    It is never constructed: ``adopt`` turns moto's stream into one.
    """

    events: list[LogEvent] = _ingested("events")
    stored_bytes: int = _ingested("stored_bytes")
    _waiting: deque[list[Event]]
    """The logs that are to be ingested."""

    @classmethod
    def adopt(cls, stream: LogStream) -> FunctionLogStream:
        """Turn moto's ``stream`` into a function's, in place."""
        if not isinstance(stream, cls):
            with _lock:
                vars(stream).setdefault("_waiting", deque())
                stream.__class__ = cls
        return cast(FunctionLogStream, stream)

    def add(self, log: list[Event]) -> None:
        """Add the ``log`` of an invocation; the subscriptions of the stream's group get it at once."""
        if self.log_group.subscription_filters:
            self.put_log_events(log)
            return
        self._waiting.append(log)
        if len(self._waiting) > MAX_LOGS_WAITING:
            self.ingest()

    def put_log_events(self, log_events: list[Event]) -> str:
        """As moto does it, after what was logged before."""
        self.ingest()
        return super().put_log_events(log_events)

    def ingest(self) -> None:
        """Make events of the logs that wait; each is ingested at the time of its last event."""
        own = vars(self)
        with _lock:
            while self._waiting:
                log = self._waiting.popleft()
                try:
                    made = [LogEvent(log[-1]["timestamp"], event) for event in log]
                except BaseException:  # the reader's alarm, or its time is over
                    self._waiting.appendleft(log)
                    raise
                own["events"] += made
                own["stored_bytes"] += sum([len(event["message"]) for event in log])
                self.last_ingestion_time = _like(self.creation_time, log[-1]["timestamp"])
                self.upload_sequence_token += 1
            _forget_oldest(own["events"])
            _forget_oldest(vars(LogEvent)["instances_tracked"])


def put_log_events(function: LambdaFunction, sandbox: Sandbox, log: InvocationLog) -> None:
    """Put ``log`` into moto's CloudWatch Logs; group and stream are made when missing."""
    backend = function.logs_backend
    backend.ensure_log_group(sandbox.log_group)
    streams = backend.groups[sandbox.log_group].streams
    if sandbox.log_stream not in streams:
        with _lock:
            backend.ensure_log_stream(sandbox.log_group, sandbox.log_stream)
    if events := log.events:
        FunctionLogStream.adopt(streams[sandbox.log_stream]).add(events)


def _like(creation_time: Any, time_ms: int) -> Any:
    """``time_ms`` as moto keeps a stream's times: up to 5.2.4 as it is, later as a datetime, which it rounds down."""
    return time_ms if isinstance(creation_time, int) else _EPOCH + timedelta(milliseconds=time_ms + 0.5)


def _forget_oldest(events: list[Any]) -> None:
    if len(events) > MAX_EVENTS_KEPT:
        del events[: len(events) - MAX_EVENTS_KEPT // 2]
