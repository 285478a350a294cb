"""The log of an invocation in a process."""

from __future__ import annotations

import re

from ..in_process.isolation.logs import InvocationLog
from ..in_process.isolation.output import show
from .environment import Environment

_PYTHON = re.compile(r"\[(?:WARNING|ERROR|CRITICAL)\]\t\S+Z\t\S*\t(?!LAMBDA_WARNING: )(.*?)\n?", re.S)
"""What Python's last resort shows, as in the test's process, of records that nothing else handles: from WARNING on."""
_NODE = re.compile(
    r"\S+Z\t\S+\t[A-Z]+\t(?!(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) \t)(.*)", re.S
)
"""What Node.js shows of console.log; how an invocation failed is told elsewhere."""


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

    def logged(self, message: str) -> None:
        """Add what the function's runtime has logged, as one event."""
        text = self._display(message)
        if self.events.add(text):
            show(_on_a_terminal(text))

    def close(self, message: str) -> str:
        """Add the last event, and give the whole text."""
        show(self.events.unshown())
        return self.events.close(message)


def _on_a_terminal(message: str) -> str:
    """What a message in one of Lambda's text formats would be on a terminal; nothing of others."""
    found = _PYTHON.fullmatch(message) or _NODE.fullmatch(message)
    return f"{found[1].rstrip()}\n" if found else ""
