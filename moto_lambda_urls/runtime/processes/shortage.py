"""Messages about invocations that wait because all processes are busy."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from contextvars import Context
from threading import Condition

from ..clocks import monotonic
from .environment import Environment

_WARN_SECONDS = 1.0
"""A decision: who waits for less is not told of."""
_TICK_SECONDS = 0.5
"""A thread that waits for a lock without end cannot be interrupted; a handler that is past its Timeout may be one."""
_MAX_NAMED = 5
_logger = logging.getLogger("moto_lambda_urls")


class Shortage:
    """The invocations that wait for one of ``most`` processes; to be used under the lock of the pool."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting = 0

    def wait(self, changed: Condition, since: float, function_name: str, busy: Iterable[Environment]) -> None:
        """Wait for a change, not for long; the log tells of an invocation that waits ``since`` a while."""
        before = monotonic()
        self._waiting += 1
        try:
            changed.wait(_TICK_SECONDS)
        finally:
            self._waiting -= 1
        if before < since + _WARN_SECONDS <= monotonic():
            # Outside of the invocation that may have asked for this one.
            Context().run(_logger.warning, "Function %s waits for a process. %s", function_name, self._text(busy))

    def hint(self, busy: Iterable[Environment]) -> str:
        """Why an invocation that has run out of time may have waited for another; empty when nobody waits."""
        return self._text(busy) if self._waiting else ""

    def _text(self, busy: Iterable[Environment]) -> str:
        counted = Counter(each.function_name for each in busy).most_common()
        named = [f"{name} ({number})" for name, number in counted[:_MAX_NAMED]]
        others = len(counted) - _MAX_NAMED
        more = [f"{others} other function{'s' if others > 1 else ''}"] if others > 0 else []
        processes = f"All {self._most} processes are" if self._most > 1 else "The one process is"
        return f"{processes} busy: {', '.join([*named, *more])}. The option max_processes allows more."
