"""sys.stdout and sys.stderr as each invocation writes them: to its log, and on to whatever they were."""

from __future__ import annotations

import sys
from contextlib import suppress
from contextvars import Context
from threading import Lock
from typing import Any

from .running import current

_lock = Lock()
"""Of the process, as ``sys.stdout`` is: two tees on one stream would each put the other back."""


class _Tee:
    """A text stream that copies what an invocation writes to its log.

    It stands in ``sys`` only while an invocation is in progress. Code that keeps it may use it later: it writes to what
    ``sys`` has at that time, since pytest replaces its streams for each test.
    """

    def __init__(self, name: str, target: Any) -> None:
        self.name = name
        self.target = target
        self.users = 0  # under ``_lock``: a Counted for each of the many tees would bring a lock and two callables

    def write(self, text: str) -> int:
        running, shown = current(), text
        if running is not None:
            shown = running.sandbox.display(text)
            if not running.log.write(shown):
                return len(text)
        written: int = self._passed_on().write(shown)
        return written if shown is text else len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._passed_on().flush()

    @property
    def buffer(self) -> Any:
        return _TeeBuffer(self._passed_on().buffer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._passed_on(), name)

    def _passed_on(self) -> Any:
        stream = getattr(sys, self.name)
        return stream.target if isinstance(stream, _Tee) else stream


class _TeeBuffer:
    """The binary stream below a ``_Tee``."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def write(self, content: bytes) -> int:
        running, shown = current(), content
        if running is not None:
            text = bytes(content).decode(errors="replace")
            displayed = running.sandbox.display(text)
            if not running.log.write(displayed):
                return len(content)
            shown = content if displayed is text else displayed.encode()
        written: int = self._target.write(shown)
        return written if shown is content else len(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)


def attach() -> tuple[_Tee, _Tee]:
    """Copy the output of invocations to their logs until ``detach``; any number may overlap."""
    with _lock:
        return _attached("stdout"), _attached("stderr")


def detach(tees: tuple[_Tee, _Tee]) -> None:
    """Undo one ``attach``: the last one puts the streams back, unless somebody else has replaced them."""
    with _lock:
        for tee in tees:
            tee.users -= 1
            if not tee.users and getattr(sys, tee.name) is tee:
                setattr(sys, tee.name, tee.target)


def show(text: str) -> None:
    """Write ``text`` to the process's own output, outside of any invocation."""
    stream = sys.stdout
    if text and stream is not None:
        with suppress(OSError, ValueError):  # it is closed, or does not take this text
            Context().run(stream.write, text)


def _attached(name: str) -> _Tee:
    tee = getattr(sys, name)
    if not isinstance(tee, _Tee):
        tee = _Tee(name, tee)
        setattr(sys, name, tee)
    tee.users += 1
    return tee
