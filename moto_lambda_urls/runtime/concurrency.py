"""Reserved concurrency: how many invocations of a function, all its versions together, may run at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_running: Counter[tuple[str, str, str]] = Counter()
_lock = Lock()


class Throttled(Exception):  # noqa: N818 - AWS's word
    """The function's concurrency is used up; ``reason`` is AWS's name of the limit.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
    """

    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"


@contextmanager
def reserve(function: LambdaFunction, limit: int | None) -> Iterator[None]:
    """Count an invocation of ``function`` while the block lasts; ``limit`` is its reserved concurrency, None for none.

    :raises Throttled: ``limit`` invocations run already.
    """
    key = (function.account_id, function.region, function.function_name)
    with _lock:
        if limit is not None and _running[key] >= limit:
            raise Throttled
        _running[key] += 1
    try:
        yield
    finally:
        with _lock:
            _running[key] -= 1
            if not _running[key]:
                del _running[key]
