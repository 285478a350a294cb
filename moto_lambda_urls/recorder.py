"""What was invoked: one Invocation a call, kept in a bounded sequence that tests select from and assert on."""

from __future__ import annotations

import base64
import json
import marshal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from re import Pattern
from threading import Lock
from typing import Any, overload

from .faults import Fault
from .messages import Response

MOST_KEPT = 1_000
MOST_BYTES = 64 * 1024 * 1024
_MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class HandlerError:
    """Why an invocation failed, as Lambda names it (``type``, ``message``), with Python's traceback text."""

    type: str
    message: str
    traceback: str = ""
    exception: BaseException | None = None


@dataclass(frozen=True, slots=True)
class JsonText:
    """A JSON value as its text: what few tests look at is read when one does."""

    text: bytes

    def read(self) -> Any:
        """The value: see ``result_of``."""
        return result_of(self.text)


class _JsonValue:
    """A field whose value may be given as JsonText; who reads the field gets the value, the same each time."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, invocation: Invocation | None, owner: type) -> Any:
        if invocation is None:
            return None  # the field's default
        given = invocation.__dict__[self._name]
        if not isinstance(given, JsonText):
            return given
        with _reading:
            given = invocation.__dict__[self._name]
            if isinstance(given, JsonText):
                given = invocation.__dict__[self._name] = given.read()
        return given

    def __set__(self, invocation: Invocation, value: Any) -> None:
        invocation.__dict__[self._name] = value

    def size_in(self, invocation: Invocation) -> int:
        """About how many bytes the field holds."""
        value = invocation.__dict__[self._name]
        return len(value.text) if isinstance(value, JsonText) else _size_of_json(value)


_reading = Lock()


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of a handler: by a function URL (``url_id`` and ``response`` set), by Invoke, or by another service.

    ``event`` and ``result`` are the JSON values that went in and came out; ``error`` is None when the handler returned.
    ``logs`` is what CloudWatch Logs shows, ``duration_ms`` the time in the handler in milliseconds. ``fault`` is what a
    test had planned for the call; when that has a response, the handler was not called.
    """

    request_id: str
    function_name: str
    qualifier: str | None = None
    url_id: str | None = None
    event: Any = _JsonValue()
    result: Any = _JsonValue()
    response: Response | None = None
    error: HandlerError | None = None
    logs: str = ""
    duration_ms: float = 0.0
    fault: Fault | None = None

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
        """One line: ``POST /orders?page=2 -> 502 ValueError: no stock``."""
        query = self.event.get("rawQueryString") if self._http else ""
        asked = (
            f"{self.method} {self.path}{'?' if query else ''}{query}" if self._http else f"Invoke {self.function_name}"
        )
        status = "ok" if self.status is None else str(self.status)
        if self.error:
            status = f"{'' if self.status is None else self.status} {self.error.type}: {self.error.message}".strip()
        return _shortened(f"{asked} -> {status}") + (f" ({self.fault})" if self.fault else "")


def result_of(payload: bytes) -> Any:
    """The ``result`` for what a handler gave back: no value where there is none, text where it is no JSON."""
    try:
        return json.loads(payload) if payload else None
    except (ValueError, RecursionError):
        return payload.decode(errors="replace")


class InvocationSequence(Sequence[Invocation]):
    """Invocations, oldest first: a live view, which tests index, select from and assert on."""

    def _snapshot(self) -> list[Invocation]:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> Invocation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Invocation]: ...
    def __getitem__(self, index: int | slice) -> Invocation | list[Invocation]:
        return self._snapshot()[index]

    def __iter__(self) -> Iterator[Invocation]:
        return iter(self._snapshot())

    def __len__(self) -> int:
        return len(self._snapshot())

    def __repr__(self) -> str:
        made = self._snapshot()
        return f"<{_counted(len(made))}{':' if made else ''}{_listed(made)}>"

    @property
    def last(self) -> Invocation:
        """The newest invocation.

        :raises LookupError: there is none.
        """
        __tracebackhide__ = True
        if found := self._snapshot():
            return found[-1]
        raise LookupError(f"No invocation was made{self._whereof}.{self._made_instead()}")

    def filter(self, *, method: str | None = None, path: str | Pattern[str] | None = None) -> Selection:
        """Those that came with ``method`` (any case) at ``path``: the whole ``rawPath``, or a pattern for the whole."""
        return Selection(self, lambda each: _matches(each, method, path), _described(method, path))

    def assert_called(
        self, *, method: str | None = None, path: str | Pattern[str] | None = None, times: int | None = None
    ) -> Invocation:
        """The newest invocation that ``filter`` finds.

        :param times: how many there must be; at least one by default.
        :raises AssertionError: there are not as many; the message shows what was invoked instead.
        """
        __tracebackhide__ = True
        if times == 0:
            raise ValueError("times=0: say assert_not_called() instead")
        found = self.filter(method=method, path=path)._snapshot()
        if len(found) == times or (times is None and found):
            return found[-1]
        wanted = "at least 1 invocation" if times is None else _counted(times)
        raise AssertionError(
            f"Expected {wanted}{self._whereof} of {_described(method, path)}, got {len(found)}.{self._made_instead()}"
        )

    def assert_called_once(self, *, method: str | None = None, path: str | Pattern[str] | None = None) -> Invocation:
        """The one invocation that ``filter`` finds; as ``assert_called`` with ``times=1``."""
        __tracebackhide__ = True
        return self.assert_called(method=method, path=path, times=1)

    def assert_not_called(self, *, method: str | None = None, path: str | Pattern[str] | None = None) -> None:
        """Nothing that ``filter`` finds was invoked.

        :raises AssertionError: something was; the message shows what.
        """
        __tracebackhide__ = True
        if found := self.filter(method=method, path=path)._snapshot():
            raise AssertionError(
                f"Expected no invocation{self._whereof} of {_described(method, path)}, "
                f"got {len(found)}:{_listed(found)}"
            )

    @property
    def _whereof(self) -> str:
        return ""

    def _made_instead(self) -> str:
        made = self._snapshot()
        return f" {_counted(len(made))} in all:{_listed(made)}" if made else " Nothing was invoked."


class Selection(InvocationSequence):
    """The invocations of ``source`` that ``criterion`` picks, now and later; ``description`` says which they are."""

    def __init__(self, source: InvocationSequence, criterion: Callable[[Invocation], bool], description: str) -> None:
        self._source = source
        self._criterion = criterion
        self._description = description

    def _snapshot(self) -> list[Invocation]:
        return [each for each in self._source if self._criterion(each)]

    @property
    def _whereof(self) -> str:
        return f" at {self._description}"

    def _made_instead(self) -> str:
        return super()._made_instead() if self._snapshot() else self._source._made_instead()


class Invocations(InvocationSequence):
    """The newest invocations of a mock, oldest first; those past the bounds, in number and in bytes, are forgotten."""

    def __init__(self, most_kept: int = MOST_KEPT, most_bytes: int = MOST_BYTES) -> None:
        self._kept: deque[tuple[Invocation, int]] = deque()
        self._most_kept = most_kept
        self._most_bytes = most_bytes
        self._bytes = 0
        self._lock = Lock()
        self.forgotten = 0

    def add(self, invocation: Invocation, size: int | None = None) -> None:
        """Remember ``invocation`` as the newest; safe from any thread.

        :param size: the bytes of its event, result and response, when the caller knows them.
        """
        size = _size(invocation) if size is None else size
        with self._lock:
            self._kept.append((invocation, size))
            self._bytes += size
            while len(self._kept) > self._most_kept or (self._bytes > self._most_bytes and len(self._kept) > 1):
                self._bytes -= self._kept.popleft()[1]
                self.forgotten += 1

    def clear(self) -> None:
        """Forget all invocations."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
            self.forgotten = 0

    def _snapshot(self) -> list[Invocation]:
        with self._lock:
            return [invocation for invocation, _ in self._kept]

    def __len__(self) -> int:
        return len(self._kept)

    def _made_instead(self) -> str:
        older = f"\n({self.forgotten} older ones are not kept.)" if self.forgotten else ""
        return super()._made_instead() + older


def _matches(invocation: Invocation, method: str | None, path: str | Pattern[str] | None) -> bool:
    if method is not None and invocation.method != method.upper():
        return False
    if path is None or isinstance(path, str):
        return path is None or invocation.path == path
    return invocation.path is not None and path.fullmatch(invocation.path) is not None


def _described(method: str | None, path: str | Pattern[str] | None) -> str:
    where = path if path is None or isinstance(path, str) else f"{path.pattern!r}"
    return " ".join(filter(None, (method and method.upper(), where))) or "anything"


def _counted(number: int) -> str:
    return f"{number} invocation" if number == 1 else f"{number} invocations"


def _listed(invocations: Sequence[Invocation]) -> str:
    shown = invocations[-_MOST_SHOWN:]
    earlier = len(invocations) - len(shown)
    return (f"\n- {earlier} earlier" if earlier else "") + "".join(map(_as_item, shown))


def _as_item(invocation: Invocation) -> str:
    return f"\n- {invocation}"


def _shortened(line: str, length: int = 160) -> str:
    line = line.splitlines()[0]
    return line if len(line) <= length else f"{line[: length - 3]}..."


def _size(invocation: Invocation) -> int:
    body = invocation.response.body if invocation.response else b""
    held = len(body) if isinstance(body, bytes) else 0
    values = Invocation.__dict__["event"].size_in(invocation) + Invocation.__dict__["result"].size_in(invocation)
    return held + len(invocation.logs) + int(values)


def _size_of_json(value: Any) -> int:
    try:
        return len(marshal.dumps(value))  # several times as fast as a look at each part
    except ValueError:  # no JSON value: a test's own
        return len(repr(value))
