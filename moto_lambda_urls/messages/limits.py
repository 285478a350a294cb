"""Limits on what comes in: the size of an event, the length of a name. On results: `runtime/invocation_request.py`.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

MAX_EVENT_BYTES = 6_291_456
"""The event of a synchronous invocation, as JSON in UTF-8; so neither may the body of a request to a URL be larger."""
MAX_NAME_LENGTH = 64
"""Characters of a function's name."""


def too_large_message(limit: int, operation: str = "InvokeFunction") -> str:
    """AWS's message to a request for ``operation`` with more than ``limit`` bytes."""
    return f"Request must be smaller than {limit} bytes for the {operation} operation"


TOO_LARGE = ("RequestEntityTooLargeException", {"Message": too_large_message(MAX_EVENT_BYTES)})
"""The error type and the JSON object of a function URL's 413, as users of function URLs report them. Invoke's is
another: it is in the service model."""
