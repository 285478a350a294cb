"""The log of an invocation in a process."""

from __future__ import annotations

import sys
from contextlib import suppress
from contextvars import Context

from ..in_process.isolation.logs import InvocationLog
from .environment import Environment


class ProcessLog:
    """The events of an invocation, with paths as AWS has them; output shows in the test's own, too.

    ``started`` says whether the line is there with which Lambda begins an invocation.
    """

    def __init__(self, environment: Environment) -> None:
        self.sandbox = environment.sandbox
        self.started = False
        self.events = InvocationLog(environment.sandbox)
        self._display = environment.deployment.display

    def write(self, text: str) -> None:
        """Add ``text`` as a stream."""
        shown = self._display(text)
        self.events.write(shown)
        _show(shown)

    def add(self, message: str) -> None:
        """Add ``message`` as one event."""
        self.events.add(self._display(message))

    def close(self, message: str) -> str:
        """Add the last event, and give the whole text."""
        return self.events.close(message)


def _show(text: str) -> None:
    stream = sys.stdout
    if stream is not None:
        with suppress(OSError, ValueError):  # it is closed, or does not take this text
            # Outside of the invocation that may have asked for this one: its log is not this one's.
            Context().run(stream.write, text)
