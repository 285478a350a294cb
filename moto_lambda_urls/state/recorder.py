"""Recorded invocations in a bounded sequence that tests select from and assert on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from re import Pattern
from threading import Lock
from typing import overload

from .record import Invocation

MAX_KEPT = 1_000
MAX_BYTES = 64 * 1024 * 1024
_MAX_SHOWN = 20


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
        all_made = f" {_counted(len(made))} in all:{_listed(made)}" if made else " Nothing was invoked."
        return all_made + self._forgotten_note()

    def _forgotten_note(self) -> str:
        return ""


class Selection(InvocationSequence):
    """A live view of the invocations of ``source`` for which ``criterion`` holds; ``description`` describes them."""

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


class Ran(InvocationSequence):
    """A live view of those requests that their function was called for, and of the invocations by other ways."""

    def __init__(self, requests: InvocationSequence) -> None:
        self._requests = requests

    def _snapshot(self) -> list[Invocation]:
        return [each for each in self._requests if each.ran]

    def _made_instead(self) -> str:
        others = [each for each in self._requests if not each.ran]
        if not others:
            return self._requests._made_instead()
        return f"{super()._made_instead()}\nNot invoked:{_listed(others)}{self._requests._forgotten_note()}"


class Requests(InvocationSequence):
    """The newest requests and invocations of a mock, oldest first: those that AWS answered without the function too.

    Those past the bounds, in number and in bytes, are forgotten.
    """

    def __init__(self, most_kept: int = MAX_KEPT, most_bytes: int = MAX_BYTES) -> None:
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
        """Forget all of them."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
            self.forgotten = 0

    def _snapshot(self) -> list[Invocation]:
        with self._lock:
            return [invocation for invocation, _ in self._kept]

    def __len__(self) -> int:
        return len(self._kept)

    def _forgotten_note(self) -> str:
        return f"\n({self.forgotten} older ones are not kept.)" if self.forgotten else ""


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
    shown = invocations[-_MAX_SHOWN:]
    earlier = len(invocations) - len(shown)
    return (f"\n- {earlier} earlier" if earlier else "") + "".join(map(_as_item, shown))


def _as_item(invocation: Invocation) -> str:
    return f"\n- {invocation}"


def _size(invocation: Invocation) -> int:
    body = invocation.response.body if invocation.response else b""
    held = len(body) if isinstance(body, bytes) else 0
    values = Invocation.__dict__["event"].size_in(invocation) + Invocation.__dict__["result"].size_in(invocation)
    return held + len(invocation.logs) + int(values)
