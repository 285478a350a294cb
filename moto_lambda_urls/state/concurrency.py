"""The refusal of an invocation whose function has used up its reserved concurrency."""

from __future__ import annotations

from collections.abc import Mapping


class Throttled(Exception):  # noqa: N818 - AWS's word
    """The function's reserved concurrency is used up: 429 ``TooManyRequestsException``.

    ``reason`` is AWS's name of the limit, ``message`` AWS's text, ``body`` the JSON object of the answer, as users of
    function URLs report it.
    """

    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    message = "Rate Exceeded."
    body: Mapping[str, str] = {"Reason": reason, "Type": "User", "message": message}

    def __init__(self, function_name: str, limit: int) -> None:
        super().__init__(f"Rate Exceeded: {function_name} has a reserved concurrency of {limit}")
        self.function_name = function_name
        self.limit = limit
