"""The log of one invocation: what its handler writes, and Lambda's own lines."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from operator import itemgetter
from threading import RLock
from typing import TYPE_CHECKING

from .log_events import MAX_EVENT_CHARACTERS, MAX_PART_BYTES, Event, LogEvents

if TYPE_CHECKING:
    from .running import Log, Sandbox

TOO_SHORT_MS = 1.0
"""Asking the system for a process's memory costs more than an invocation does that has no time to fill any."""


class InvocationLog:
    """The events of an invocation in the order in which they came, bounded; safe from any thread.

    What is written after the end goes to an invocation of the same environment that is in progress, as it does on AWS,
    or else nowhere. Of what shows in the test's or server's own output only the beginning does.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._events = LogEvents()
        self._sandbox = sandbox
        self._line: list[str] = []
        self._line_length = 0
        self._shown = 0
        self._open = True
        self._lock = RLock()  # reentrant: what the garbage collector ends may print while this thread does
        sandbox.logs.append(self)

    @property
    def events(self) -> list[Event]:
        """In the form of PutLogEvents."""
        return self._events.all()

    def write(self, text: str) -> bool:
        """Add ``text`` as a stream: each line becomes an event once it is complete. Gives whether it shall show."""
        with self._lock:
            self._shown += len(text)
            shows = self._shown <= MAX_PART_BYTES
            if self._open:
                self._add_to_line(text)
                return shows
        if other := self._successor():
            other.write(text)
        return shows

    def add(self, message: str) -> bool:
        """Add ``message`` as one event. Gives whether it shall show."""
        with self._lock:
            self._shown += len(message)
            shows = self._shown <= MAX_PART_BYTES
            if self._open:
                if self._line:
                    self._add_to_line("\n")
                self._events.append(message)
                return shows
        if other := self._successor():
            other.add(message)
        return shows

    def unshown(self) -> str:
        """The last part of a log too long to be kept, and how much was left out before it; else nothing."""
        with self._lock:
            return "" if self._shown <= MAX_PART_BYTES else _text(self._events.last())

    def close(self, message: str) -> str:
        """Add the last event, and give the whole text."""
        with self._lock:
            self._open = False
            self._sandbox.logs.remove(self)
            if self._line:
                self._add_to_line("\n")
            self._events.append(message)
        return _text(self.events)

    def _add_to_line(self, text: str) -> None:
        complete, newline, rest = text.rpartition("\n")
        if newline:
            for line in "".join([*self._line, complete]).split("\n"):
                self._events.append(line + "\n")
            self._line, self._line_length = [], 0
        if rest:
            self._line.append(rest)
            self._line_length += len(rest)
        if self._line_length > MAX_EVENT_CHARACTERS:
            self._events.append("".join(self._line))
            self._line, self._line_length = [], 0

    def _successor(self) -> Log | None:
        logs = self._sandbox.logs
        return logs[-1] if logs else None


def start_line(request_id: str, version: str, *, json_logs: bool, tenant_id: str | None = None) -> str:
    """What Lambda logs before the handler runs."""
    if json_logs:
        return _platform("platform.start", {"requestId": request_id, "version": version, **_tenant(tenant_id)})
    return f"START RequestId: {request_id} Version: {version}\n"


def init_timeout_line(duration_ms: float, *, json_logs: bool) -> str:
    """What Lambda logs of an import that it has cut off."""
    if json_logs:
        report = {"initializationType": "on-demand", "phase": "init", "status": "timeout"}
        return _platform("platform.initReport", {**report, "metrics": {"durationMs": round(duration_ms, 3)}})
    return f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: init\tStatus: timeout\n"


def end_line(request_id: str, *, json_logs: bool) -> str:
    """What Lambda logs after the handler; JSON logs have nothing here at their default level."""
    return "" if json_logs else f"END RequestId: {request_id}\n"


def report_line(
    request_id: str,
    *,
    duration_ms: float,
    init_ms: float | None,
    memory_size: int,
    status: str | None,
    json_logs: bool,
    memory_used: int,
    tenant_id: str | None = None,
) -> str:
    """Lambda's last line; ``init_ms`` is None in a warm environment, ``status`` None when there is nothing to say.

    ``memory_used`` is in MB. The time of a cold start is billed:
    https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/.
    """
    billed = math.ceil(duration_ms + (init_ms or 0))
    memory_used = min(memory_used, memory_size)
    if json_logs:
        metrics: dict[str, float] = {
            "durationMs": round(duration_ms, 3),
            "billedDurationMs": billed,
            "memorySizeMB": memory_size,
            "maxMemoryUsedMB": memory_used,
        }
        if init_ms is not None:
            metrics["initDurationMs"] = round(init_ms, 3)
        record = {"requestId": request_id, "metrics": metrics, "status": status or "success"}
        return _platform("platform.report", {**record, **_tenant(tenant_id)})
    init = "" if init_ms is None else f"Init Duration: {init_ms:.2f} ms\t"
    ended = "" if status is None else f"Status: {status}\t"
    return (
        f"REPORT RequestId: {request_id}\tDuration: {duration_ms:.2f} ms\tBilled Duration: {billed} ms\t"
        f"Memory Size: {memory_size} MB\tMax Memory Used: {memory_used} MB\t{init}{ended}\n"
    )


def now_text() -> str:
    """The time as platform lines show it."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def peak_memory(sandbox: Sandbox, duration_ms: float) -> int:
    """The most memory in MB that this process has used, as ``sandbox`` knew it before an invocation under 1 ms."""
    if duration_ms >= TOO_SHORT_MS or not sandbox.peak_memory:
        sandbox.peak_memory = _memory_used()
    return sandbox.peak_memory


def _tenant(tenant_id: str | None) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-monitor.html"""
    return {} if tenant_id is None else {"tenantId": tenant_id}


def _platform(event_type: str, record: Mapping[str, object]) -> str:
    return json.dumps({"time": now_text(), "type": event_type, "record": record}, separators=(",", ":")) + "\n"


def _text(events: list[Event]) -> str:
    return "".join([each if each.endswith("\n") else each + "\n" for each in map(itemgetter("message"), events)])


try:
    import resource

    _UNITS_PER_MB = 1024 * 1024 if sys.platform == "darwin" else 1024

    def _memory_used() -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _UNITS_PER_MB
except ImportError:  # Windows

    def _memory_used() -> int:
        return 0
