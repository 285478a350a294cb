"""The log of an invocation in a process."""

from __future__ import annotations

from ..in_process.isolation.logs import InvocationLog
from ..in_process.isolation.output import show
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
        if self.events.write(shown):
            show(shown)

    def add(self, message: str) -> None:
        """Add ``message`` as one event."""
        self.events.add(self._display(message))

    def close(self, message: str) -> str:
        """Add the last event, and give the whole text."""
        show(self.events.unshown())
        return self.events.close(message)
