"""The record of a request or invocation, and its text in reports and logs: `Invocation`, `Refusal`, `Placement`."""

from __future__ import annotations

import base64
import json
import marshal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from textwrap import indent
from typing import Any, Literal, Protocol

from ..messages import Response
from ..messages.printable import printable, printable_line, shown_query
from .faults import Fault


class InvocationError(Protocol):
    """Why an invocation failed, as Lambda names it (``type``, ``message``), with Python's traceback text.

    ``hint`` says what comes next for whoever deployed the function, empty where there is nothing to say.
    ``exception`` is the handler's own, None where it was raised in another process.
    """

    @property
    def type(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def traceback(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def exception(self) -> BaseException | None: ...


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a handler runs, and why: in the process of the mock or server, in one of its own, or in moto's Docker."""

    place: Literal["here", "process", "docker"]
    reason: str

    def __str__(self) -> str:
        """A clause: ``in a process of its own: it bundles pydantic 1.10.0, …``."""
        return f"{_PLACES[self.place]}: {self.reason}"


_PLACES = {"here": "in this process", "process": "in a process of its own", "docker": "in Docker"}


OK = "ok: "
"""What the values of ``Refusal.compared`` begin with that are as they must be."""
CURE_TITLE = "to let it through:"
_MAX_LINE, _MAX_LINE_OF_RUN = 1_000, 160  # the ten URLs that a refusal names have 760
"""Characters of a line that says why a request was refused, and of one about an invocation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why AWS answered a request to a function URL itself, without the function.

    ``reason`` is a sentence without its full stop; ``compared`` what the request had and what was wanted, by name and
    without secrets; ``cure`` the code that lets the request through, a call or a command a line, empty where nothing is
    to be changed.
    """

    reason: str
    compared: Mapping[str, str] = field(default_factory=dict)
    cure: str = ""

    @property
    def details(self) -> str:
        """``compared``, a line each, what is as it must be in one, and ``cure`` under a title, fit for a terminal."""
        wrong = [f"{name}: {value}" for name, value in self.compared.items() if not value.startswith(OK)]
        fine = [f"{name} {value[len(OK) :]}" for name, value in self.compared.items() if value.startswith(OK)]
        told = wrong + ([OK + "; ".join(fine)] if fine else [])
        lines = [printable_line(each, _MAX_LINE) for each in told]
        if self.cure:
            lines += [CURE_TITLE, indent(printable(self.cure), "  ")]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Deferred:
    """A JSON value that is made when a test first reads it; ``size`` is about how many bytes it takes until then."""

    make: Callable[[], Any]
    size: int


class _JsonValue:
    """A field that may be set to a Deferred; reading it gives the value, the same object each time."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, invocation: Invocation | None, owner: type) -> Any:
        if invocation is None:
            return None  # the field's default
        given = invocation.__dict__[self._name]
        if not isinstance(given, Deferred):
            return given
        # Two threads may read the field at once: both get the value of the first.
        value = invocation.__dict__.setdefault(f"{self._name} read", given.make())
        invocation.__dict__[self._name] = value
        return value

    def __set__(self, invocation: Invocation, value: Any) -> None:
        invocation.__dict__[self._name] = value

    def size_in(self, invocation: Invocation) -> int:
        """About how many bytes the field holds."""
        value = invocation.__dict__[self._name]
        return value.size if isinstance(value, Deferred) else _size_of_json(value)


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of a handler: by a function URL (``url_id`` and ``response`` set), by Invoke, or by another service.

    ``event`` and ``result`` are the JSON values that went in and came out; ``error`` is None when the handler returned
    what can be answered. ``logs`` is what CloudWatch Logs shows, ``duration_ms`` the time in the handler in
    milliseconds. ``fault`` is what a test had planned for the call. ``placement`` says where the handler ran.

    A request to a function URL that AWS answered without the function has ``ran`` False, and as ``event`` what the
    function would have got; ``refusal`` says why, None for a preflight that was allowed. At a host that is no function
    URL, ``function_name`` is empty.
    """

    request_id: str
    function_name: str
    qualifier: str | None = None
    url_id: str | None = None
    event: Any = _JsonValue()
    result: Any = _JsonValue()
    response: Response | None = None
    error: InvocationError | None = None
    logs: str = ""
    duration_ms: float = 0.0
    fault: Fault | None = None
    placement: Placement | None = None
    ran: bool = True
    refusal: Refusal | None = None

    @property
    def method(self) -> str | None:
        """The method of the HTTP request; None when it came by another way than a URL."""
        return self._http.get("method")

    @property
    def path(self) -> str | None:
        """The path of the HTTP request as it was sent (``rawPath``); None when it came by another way than a URL."""
        return self.event.get("rawPath") if self._http else None

    @property
    def status(self) -> int | None:
        """The status of the URL's answer; None when there was no URL."""
        return self.response.status if self.response else None

    @property
    def body(self) -> bytes:
        """The body of the HTTP request, decoded."""
        sent = self.event.get("body", "") if self._http else ""
        return base64.b64decode(sent) if self._http and self.event.get("isBase64Encoded") else sent.encode()

    def json(self) -> Any:
        """The body of the HTTP request, read as JSON.

        :raises json.JSONDecodeError: it is not JSON.
        """
        return json.loads(self.body)

    @property
    def _http(self) -> dict[str, Any]:
        context = self.event.get("requestContext") if isinstance(self.event, dict) and self.url_id else None
        http = context.get("http") if isinstance(context, dict) else None
        return http if isinstance(http, dict) else {}

    def __str__(self) -> str:
        """One line, fit for a terminal: ``POST /orders?page=2 -> 502 ValueError: no stock``."""
        query = shown_query(self.event.get("rawQueryString") or "") if self._http else ""
        return self._line(f"?{query}" if query else "")

    @property
    def report(self) -> str:
        """The line, and under it, indented, what was compared and the cure of a refusal, or the hint of an error."""
        return self._report(str(self))

    @property
    def log_entry(self) -> str:
        """``report`` without the request's query, which logs do not have."""
        return self._report(self._line(""))

    def _line(self, query: str) -> str:
        asked = f"{self.method} {self.path}{query}" if self._http else f"Invoke {self.function_name}"
        status = "ok" if self.status is None else str(self.status)
        if self.refusal:
            asked = printable_line(asked, _MAX_LINE_OF_RUN)
            status = "" if self.status is None else f"{status} "
            return f"{asked} -> {status}refused: {printable_line(self.refusal.reason, _MAX_LINE)}"
        if self.error:
            first_line = next(iter(self.error.message.splitlines()), "")
            status = f"{'' if self.status is None else self.status} {self.error.type}: {first_line}".strip()
        return printable_line(f"{asked} -> {status}", _MAX_LINE_OF_RUN) + (f" ({self.fault})" if self.fault else "")

    def _report(self, line: str) -> str:
        details = self.refusal.details if self.refusal else ""
        if self.error and self.error.hint:
            name = f"function: {printable_line(self.function_name, _MAX_LINE_OF_RUN)}\n" if self._http else ""
            details = name + printable(self.error.hint)
        return f"{line}\n{indent(details, '    ')}".rstrip()


def parsed_later(payload: bytes) -> Deferred:
    """``payload``, parsed by ``result_of`` when a test reads it."""
    return Deferred(partial(result_of, payload), len(payload))


def result_of(payload: bytes) -> Any:
    """The ``result`` for a handler's ``payload``: None for an empty one, text for what is not JSON."""
    try:
        return json.loads(payload) if payload else None
    except (ValueError, RecursionError):
        return payload.decode(errors="replace")


def _size_of_json(value: Any) -> int:
    try:
        return len(marshal.dumps(value))  # several times as fast as a look at each part
    except ValueError:  # no JSON value: a test's own
        return len(repr(value))
