"""Reserved concurrency: how many invocations of a function are in progress."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_lock = Lock()
_in_progress: Counter[tuple[str, str, str]] = Counter()


class Throttled(Exception):  # noqa: N818 - AWS's word
    """The function's reserved concurrency is used up: 429 ``TooManyRequestsException``."""

    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"

    def __init__(self, function_name: str, limit: int) -> None:
        super().__init__(f"Rate Exceeded: {function_name} has a reserved concurrency of {limit}")


class slot(AbstractContextManager[None]):  # noqa: N801 - used like a function
    """One of the ``limit`` invocations of ``function``, all its versions together, for the time of the block.

    No lock is held meanwhile. None is no limit of its own.

    :raises Throttled: all are taken, or there are none.
    """

    def __init__(self, function: LambdaFunction, limit: int | None) -> None:
        self._function = function
        self._limit = limit

    def __enter__(self) -> None:
        take(self._function, self._limit)

    def __exit__(self, *_: object) -> None:
        give_back(self._function)


def take(function: LambdaFunction, limit: int | None) -> None:
    """Begin what ``give_back`` ends, for an invocation that outlives a block, like a streamed one.

    :raises Throttled: as ``slot``.
    """
    key = _key(function)
    with _lock:
        if limit is not None and _in_progress[key] >= limit:
            raise Throttled(function.function_name, limit)
        _in_progress[key] += 1


def give_back(function: LambdaFunction) -> None:
    """The end of one ``take``."""
    key = _key(function)
    with _lock:
        _in_progress[key] -= 1
        if not _in_progress[key]:
            del _in_progress[key]


def _key(function: LambdaFunction) -> tuple[str, str, str]:
    return function.account_id, function.region, function.function_name
