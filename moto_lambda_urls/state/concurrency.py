"""The refusal of an invocation whose function has used up its reserved concurrency."""

from __future__ import annotations

from collections.abc import Mapping


class Throttled(Exception):  # noqa: N818 - AWS's word
    """The function's reserved concurrency is used up: 429 ``TooManyRequestsException``.

    ``reason`` is AWS's name of the limit, ``message`` AWS's text, ``answer`` the error type and the JSON object of a
    function URL's 429, as users of function URLs report them.
    """

    reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
    message = "Rate Exceeded."
    answer: tuple[str, Mapping[str, str]] = (
        "TooManyRequestsException",
        {"Reason": reason, "Type": "User", "message": message},
    )

    def __init__(self, function_name: str, limit: int) -> None:
        super().__init__(f"Rate Exceeded: {function_name} has a reserved concurrency of {limit}")
        self.function_name = function_name
        self.limit = limit
