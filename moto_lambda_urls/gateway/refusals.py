"""AWS's refusals of a request to a function URL, and the warning about missing grants."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from ..messages import Response
from ..messages.limits import MAX_EVENT_BYTES, too_large_message
from ..state.concurrency import Throttled

_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request that AWS answers itself, without the function: ``response`` is that answer, complete but for the
    headers that every response carries (Date, request id, connection).

    ``error_type`` is AWS's ``x-amzn-ErrorType``; ``body`` the JSON object of the answer.
    """

    def __init__(self, status: int, error_type: str, body: Mapping[str, str | None]) -> None:
        super().__init__(f"{status} {error_type}: {body}")
        content = json.dumps(body, separators=(",", ":")).encode()
        self.response = Response(
            status=status,
            headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type)),
            body=content,
        )


class FunctionUrlPermissionWarning(UserWarning):
    """A function URL was called without a grant that AWS asks for; the message shows how to add it."""


def not_authorized() -> Refused:
    """The refusal when no policy grants the call, or one denies it."""
    return Refused(403, "AccessDeniedException", {"Message": _FORBIDDEN})


def not_signed() -> Refused:
    """An AWS_IAM URL was asked without credentials."""
    return Refused(403, "AccessDeniedException", {"Message": "Forbidden"})


def bad_signature(message: str = _MISMATCH) -> Refused:
    """The signature is not that of this request.

    An Authorization header or query that is no whole SigV4 signature gets the same answer: nothing public says what
    function URLs answer there, so this is a decision.
    """
    return Refused(403, "InvalidSignatureException", {"message": message})


def unknown_key() -> Refused:
    """The access key is nobody's or is inactive, or the session token is not its own.

    That a wrong token gets the answer of an unknown key is a decision.
    """
    return Refused(
        403, "UnrecognizedClientException", {"message": "The security token included in the request is invalid."}
    )


def expired_session() -> Refused:
    """The session of the key is over. AWS's common error of that name, a decision for function URLs."""
    return Refused(403, "ExpiredTokenException", {"message": "The security token included in the request is expired"})


# The texts below are those of other AWS services; that function URLs use them, down to the space at the end, is a
# decision.
def wrong_region(region: str) -> Refused:
    """The signature is scoped to ``region``, which is not the URL's."""
    return bad_signature(f"Credential should be scoped to a valid region, not '{region}'. ")


def wrong_service() -> Refused:
    """The signature is scoped to another service."""
    return bad_signature("Credential should be scoped to correct service: 'lambda'. ")


def wrong_terminator(terminator: str) -> Refused:
    """The credential scope does not end in ``aws4_request``."""
    return bad_signature(f"Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. ")


def wrong_date(scope_date: str, timestamp: str) -> Refused:
    """The credential scope's date is not that of the request."""
    return bad_signature(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{scope_date}' != '{timestamp[:8]}', from '{timestamp}'."
    )


def expired(signed_at: datetime, earliest: datetime, now: datetime, allowed: str) -> Refused:
    """The signature was made before ``earliest``, which is ``allowed`` (as text) before ``now``."""
    times = f"{_basic(signed_at)} is now earlier than {_basic(earliest)} ({_basic(now)} - {allowed})"
    return bad_signature(f"Signature expired: {times}")


def not_yet_valid(signed_at: datetime, latest: datetime, now: datetime, allowed: str) -> Refused:
    """The signature is dated after ``latest``, which is ``allowed`` (as text) after ``now``."""
    times = f"{_basic(signed_at)} is still later than {_basic(latest)} ({_basic(now)} + {allowed})"
    return bad_signature(f"Signature not yet current: {times}")


def throttled() -> Refused:
    """The function's concurrency is used up."""
    return Refused(429, "TooManyRequestsException", Throttled.body)


def not_active(message: str) -> Refused:
    """The function is being created: Invoke's error, a decision for function URLs."""
    return Refused(409, "ResourceConflictException", {"Type": "User", "message": message})


def _basic(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def request_too_large() -> Refused:
    """A request whose event is over ``MAX_EVENT_BYTES``."""
    # A decision: that the compact JSON is measured, and how the refusal reads.
    return Refused(413, "RequestTooLargeException", {"Type": "User", "message": too_large_message(MAX_EVENT_BYTES)})
