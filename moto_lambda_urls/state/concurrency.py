"""Reserved concurrency: how many invocations of each function are in progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from threading import Lock

FunctionKey = tuple[str, str, str]
"""A function with all its versions: account id, region, name."""


class Throttled(Exception):  # noqa: N818 - AWS's word
    """The function's reserved concurrency is used up: 429 ``TooManyRequestsException``.

    ``reason`` is AWS's name of the limit, ``message`` AWS's text, ``body`` the JSON object of the answer, a decision.
    """

    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    message = "Rate Exceeded."
    body: Mapping[str, str] = {"Reason": reason, "Type": "User", "message": message}

    def __init__(self, function_name: str, limit: int) -> None:
        super().__init__(f"Rate Exceeded: {function_name} has a reserved concurrency of {limit}")
        self.function_name = function_name
        self.limit = limit


class Concurrency:
    """The invocations in progress in one mock; safe from any thread, and no lock is held while they run."""

    def __init__(self) -> None:
        self._in_progress: Counter[FunctionKey] = Counter()
        self._lock = Lock()

    def take(self, function: FunctionKey, limit: int | None) -> Slot:
        """Take one of the ``limit`` slots of ``function``, to be released; None means that it has no limit of its own.

        :raises Throttled: every slot is taken, or ``limit`` is 0.
        """
        with self._lock:
            if limit is not None and self._in_progress[function] >= limit:
                raise Throttled(function[-1], limit)
            self._in_progress[function] += 1
        return Slot(self, function)

    def give_back(self, function: FunctionKey) -> None:
        """Release one slot of ``function``."""
        with self._lock:
            self._in_progress[function] -= 1
            if not self._in_progress[function]:
                del self._in_progress[function]


class Slot(AbstractContextManager["Slot"]):
    """The place of one invocation in progress, released with the block or by ``release``, once."""

    def __init__(self, concurrency: Concurrency, function: FunctionKey) -> None:
        self._concurrency = concurrency
        self._function = function

    def release(self) -> None:
        """The invocation has ended."""
        self._concurrency.give_back(self._function)

    def __exit__(self, *_: object) -> None:
        self.release()
