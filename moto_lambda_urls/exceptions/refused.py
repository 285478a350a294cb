"""Answers of the data plane that are no function's, and the warning that stands before one."""

from __future__ import annotations

import json

from ..messages import Response


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request that AWS answers itself, without the function: ``response`` is that answer, complete but for the
    headers that every response carries (Date, request id, connection).

    ``error_type`` is AWS's ``x-amzn-ErrorType``; ``body`` the JSON object of the answer.
    """

    def __init__(self, status: int, error_type: str, body: dict[str, str | None]) -> None:
        super().__init__(f"{status} {error_type}: {body}")
        content = json.dumps(body, separators=(",", ":")).encode()
        self.response = Response(
            status=status,
            headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type)),
            body=content,
        )


class FunctionUrlPermissionWarning(UserWarning):
    """A function URL was called without a grant that AWS asks for; the message shows how to add it."""
