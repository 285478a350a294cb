"""Invocations that do not begin."""

from __future__ import annotations

import json

from .api_error import ApiError
from .invalid import InvalidParameterValue
from .missing import ResourceNotFound


class InvalidRequestContent(ApiError):  # noqa: N818 - AWS's name
    """What Invoke is to hand to the function is not as it must be."""

    error = "InvalidRequestContentException"


class UnparsablePayload(InvalidRequestContent):
    """The payload of Invoke is no JSON, for ``reason``. What AWS says after the second colon is its parser's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Could not parse request body into json: Could not parse payload into json: {reason}")


class NoEventInvokeSetting(InvalidParameterValue):
    """An EventInvokeConfig without anything in it."""

    def __init__(self) -> None:
        super().__init__("You must specify at least one of error handling or destination setting.")


class FunctionMissing(ResourceNotFound):
    """The function, version or alias that an EventInvokeConfig is for is missing."""

    def __init__(self) -> None:
        super().__init__("The function doesn't exist.")


class NoEventInvokeConfig(ResourceNotFound):
    """The function, version or alias ``arn`` has no EventInvokeConfig."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"The function {arn} doesn't have an EventInvokeConfig")


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
