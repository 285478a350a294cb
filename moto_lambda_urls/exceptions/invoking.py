"""Invocations that do not begin."""

from __future__ import annotations

import json

from .api_error import ApiError


class InvalidRequestContent(ApiError):  # noqa: N818 - AWS's name
    """The payload of Invoke is no JSON, for ``reason``. What AWS says after the second colon is its parser's own."""

    error = "InvalidRequestContentException"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Could not parse request body into json: Could not parse payload into json: {reason}")


class RequestTooLarge(ApiError):  # noqa: N818 - AWS's name
    """A request for ``operation`` has more than ``limit`` bytes."""

    error = "RequestTooLargeException"
    code = 413

    def __init__(self, limit: int, operation: str) -> None:
        super().__init__(f"Request must be smaller than {limit} bytes for the {operation} operation")


class TooManyRequests(ApiError):  # noqa: N818 - AWS's name
    """The function's concurrency is used up; ``reason`` says which limit."""

    error = "TooManyRequestsException"
    code = 429

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.")
        self.description = json.dumps({"Reason": reason, "Type": "User", "message": "Rate Exceeded."})
