"""AWS's refusals of a request to a function URL, and the warning about missing grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from botocore.auth import SIGV4_TIMESTAMP

from ..messages import Response
from ..messages.http import error_response
from ..messages.limits import MAX_EVENT_BYTES, TOO_LARGE
from ..state.concurrency import Throttled
from ..state.record import Refusal

_FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


class Refused(Exception):  # noqa: N818 - it is an answer, not a failure
    """A request that AWS answers itself, without the function.

    ``response`` is the answer, complete but for the headers that every response carries (Date, request id, connection);
    ``refusal`` says why, for the developer.
    """

    def __init__(self, response: Response, refusal: Refusal) -> None:
        super().__init__(f"{response.status}: {refusal.reason}")
        self.response = response
        self.refusal = refusal


class Mismatch(Refused):
    """A signature that is whole, of a known key and in time, but does not match the request."""

    def __init__(self) -> None:
        refused = bad_signature("the signature is not that of the request by the key's secret")
        super().__init__(refused.response, refused.refusal)


class FunctionUrlPermissionWarning(UserWarning):
    """A function URL was called without a grant that AWS asks for; the message shows how to add it.

    ``refusal`` is set where a warnings filter makes an error of it.
    """

    refusal: Refusal | None = None


def not_authorized(refusal: Refusal) -> Refused:
    """The refusal when no policy grants the request, or one denies it."""
    return Refused(error_response(403, "AccessDeniedException", {"Message": _FORBIDDEN}), refusal)


def not_signed(scheme: str | None) -> Refused:
    """An AWS_IAM URL was asked without credentials; ``scheme`` is that of an Authorization header which is none, empty
    where it names none.
    """
    came = "has no Authorization header" if scheme is None else f"has an Authorization of the scheme {scheme!r}"
    if scheme == "":
        came = "has an Authorization header without a scheme"
    refusal = Refusal(reason=f"the URL is AWS_IAM, and the request is not signed: it {came}")
    return Refused(error_response(403, "AccessDeniedException", {"Message": "Forbidden"}), refusal)


def bad_signature(reason: str, message: str = _MISMATCH) -> Refused:
    """The signature is not that of this request.

    An Authorization header or query that is no whole SigV4 signature gets the same answer: nothing public says what
    function URLs answer there, so this is a decision.
    """
    return Refused(error_response(403, "InvalidSignatureException", {"message": message}), Refusal(reason=reason))


def unknown_key(reason: str) -> Refused:
    """The access key is nobody's or is inactive, or the session token is not its own.

    That a wrong token gets the answer of an unknown key is a decision.
    """
    body = {"message": "The security token included in the request is invalid."}
    return Refused(error_response(403, "UnrecognizedClientException", body), Refusal(reason=reason))


def expired_session(expires: datetime) -> Refused:
    """The session of the key is over: https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html."""
    body = {"message": "The security token included in the request is expired"}
    refusal = Refusal(reason=f"the session of the access key ended at {basic_time(expires)}")
    return Refused(error_response(403, "ExpiredTokenException", body), refusal)


# The texts below: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html. That for a wrong
# service is reported of a function URL, with the space at its end.
def wrong_region(region: str, own: str) -> Refused:
    """The signature is scoped to ``region``, which is not the URL's ``own``."""
    return bad_signature(
        f"the request is signed for the region {region!r}, and the URL is in {own!r}",
        f"Credential should be scoped to a valid region, not '{region}'. ",
    )


def wrong_service(service: str) -> Refused:
    """The signature is scoped to ``service``, which is not Lambda."""
    return bad_signature(
        f"the request is signed for the service {service!r}, and that of function URLs is 'lambda'",
        "Credential should be scoped to correct service: 'lambda'. ",
    )


def wrong_terminator(terminator: str) -> Refused:
    """The credential scope does not end in ``aws4_request``."""
    return bad_signature(
        f"the credential scope ends in {terminator!r}, not in 'aws4_request'",
        f"Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. ",
    )


def wrong_date(scope_date: str, timestamp: str) -> Refused:
    """The credential scope's date is not that of the request."""
    return bad_signature(
        f"the credential scope has the date {scope_date!r}, and the request is of {timestamp!r}",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{scope_date}' != '{timestamp[:8]}', from '{timestamp}'.",
    )


def expired(signed_at: datetime, earliest: datetime, now: datetime, allowed: str) -> Refused:
    """The signature was made before ``earliest``, which is ``allowed`` (as text) before ``now``."""
    times = f"{basic_time(signed_at)} is now earlier than {basic_time(earliest)} ({basic_time(now)} - {allowed})"
    return bad_signature(f"the signature is too old: {times}", f"Signature expired: {times}")


def not_yet_valid(signed_at: datetime, latest: datetime, now: datetime, allowed: str) -> Refused:
    """The signature is dated after ``latest``, which is ``allowed`` (as text) after ``now``."""
    times = f"{basic_time(signed_at)} is still later than {basic_time(latest)} ({basic_time(now)} + {allowed})"
    return bad_signature(f"the signature is of the future: {times}", f"Signature not yet current: {times}")


def told(refused: Refused, *, compared: Mapping[str, str], cure: str) -> Refused:
    """``refused`` with ``cure``, and with what else was ``compared``."""
    refusal = refused.refusal
    return Refused(refused.response, replace(refusal, compared={**refusal.compared, **compared}, cure=cure))


def throttled(cause: Throttled, cure: str) -> Refused:
    """The function's concurrency is used up; ``cure`` as of a Refusal, here and below."""
    refusal = Refusal(
        reason=f"the {cause.limit} concurrent invocations that are reserved for {cause.function_name} are all taken",
        cure=cure,
    )
    return Refused(error_response(429, *Throttled.answer), refusal)


def not_active(message: str, cure: str) -> Refused:
    """The function is being created: Invoke's error, a decision for function URLs."""
    refusal = Refusal(
        reason='the function is still being created, as functions are with function_states="pending"',
        cure=cure,
    )
    return Refused(error_response(409, "ResourceConflictException", {"Type": "User", "message": message}), refusal)


def basic_time(moment: datetime) -> str:
    """``moment``, a time in UTC, in the basic form of ISO 8601 that signatures have."""
    return moment.strftime(SIGV4_TIMESTAMP)


def request_too_large(size: int | None = None) -> Refused:
    """A request whose event is over ``MAX_EVENT_BYTES``; ``size`` is its own, None when unread.

    AWS's answer as a user of a function URL reports it; that the compact JSON is measured is a decision.
    """
    refusal = Refusal(
        reason=f"the event is too large: AWS allows {MAX_EVENT_BYTES} bytes",
        compared={"the event has": "more in its body alone" if size is None else f"{size} bytes"},
    )
    return Refused(error_response(413, *TOO_LARGE), refusal)
