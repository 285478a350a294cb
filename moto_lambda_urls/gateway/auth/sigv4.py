"""Parsing of Signature Version 4 from an Authorization header or a query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from botocore.auth import SIGV4_TIMESTAMP

from ...messages import Request
from .. import refusals

ALGORITHM = "AWS4-HMAC-SHA256"
_SKEW = timedelta(minutes=5)
_MAX_EXPIRY = 604_800
_IS_TIMESTAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")


SIGNATURE_NAME = "X-Amz-Signature"
_SIGN_OF_SIGNATURE = {"X-Amz-Algorithm", "X-Amz-Credential", SIGNATURE_NAME}
_NEEDED_IN_QUERY = {*_SIGN_OF_SIGNATURE, "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"}
_QUERY_NAMES = {*_NEEDED_IN_QUERY, "X-Amz-Security-Token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature with what it says of itself. ``timestamp`` is ``YYYYMMDDTHHMMSSZ``; ``expires`` are a presigned URL's
    seconds, None for a signature in the header.
    """

    access_key: str
    scope_date: str
    region: str
    service: str
    terminator: str
    timestamp: str
    signed_at: datetime
    signed_headers: tuple[str, ...]
    value: str
    session_token: str | None
    expires: int | None = None

    def check_scope(self, region: str) -> None:
        """Refuse a signature for another service, region or date.

        :raises Refused: InvalidSignatureException.
        """
        if self.terminator != "aws4_request":
            raise refusals.wrong_terminator(self.terminator)
        if self.region != region:
            raise refusals.wrong_region(self.region, region)
        if self.service != "lambda":
            raise refusals.wrong_service(self.service)
        if self.scope_date != self.timestamp[:8]:
            raise refusals.wrong_date(self.scope_date, self.timestamp)

    def check_time(self, now: datetime) -> None:
        """Refuse a signature that is dated over five minutes from ``now`` (UTC), or a presigned one past its expiry.

        :raises Refused: InvalidSignatureException.
        """
        if self.signed_at > now + _SKEW:
            raise refusals.not_yet_valid(self.signed_at, now + _SKEW, now, "5 min.")
        if self.expires is None and self.signed_at < now - _SKEW:
            raise refusals.expired(self.signed_at, now - _SKEW, now, "5 min.")
        if self.expires is not None and self.signed_at < now - timedelta(seconds=self.expires):
            raise refusals.expired(self.signed_at, now - timedelta(seconds=self.expires), now, f"{self.expires} sec.")


def read_signature(request: Request) -> Signature | None:
    """The signature in the Authorization header, or in the query; None when there is neither.

    An Authorization header of another scheme (Bearer) is no signature.

    :raises Refused: InvalidSignatureException: there is one, but it is not whole.
    """
    authorization = request.header("authorization")
    if authorization is not None and authorization.split(" ", 1)[0] == ALGORITHM:
        return _from_header(request, authorization)
    if "X-Amz-" not in request.raw_query and "%" not in request.raw_query:
        return None
    found = [(name, value) for name, value, _ in query_pieces(request.raw_query) if name in _QUERY_NAMES]
    return _from_query(found) if any(name in _SIGN_OF_SIGNATURE for name, _ in found) else None


def whole_signature(request: Request) -> Signature | None:
    """As ``read_signature``; None also where there is one that is not whole."""
    try:
        return read_signature(request)
    except refusals.Refused:
        return None


def query_pieces(query: str) -> Iterator[tuple[str, str, str]]:
    """The name and value, decoded, and the text of each piece of ``query`` between ``&``."""
    for piece in query.split("&") if query else ():
        name, _, value = piece.partition("=")
        yield unquote(name), unquote(value), piece


def _from_header(request: Request, authorization: str) -> Signature:
    fields = [field.strip().partition("=") for field in authorization[len(ALGORITHM) :].split(",")]
    parameters = {name: value for name, _, value in fields}
    if len(fields) != 3 or parameters.keys() != {"Credential", "SignedHeaders", "Signature"}:
        raise refusals.bad_signature(
            "the Authorization header is not Credential, SignedHeaders and Signature, with a comma between them"
        )
    return _signature(
        credential=parameters["Credential"],
        timestamp=_header_timestamp(request),
        signed_headers=parameters["SignedHeaders"],
        value=parameters["Signature"],
        session_token=request.header("x-amz-security-token"),
    )


def _header_timestamp(request: Request) -> str:
    """X-Amz-Date, or a Date header's time in its form."""
    timestamp = request.header("x-amz-date")
    if timestamp is not None:
        return timestamp
    try:
        date = parsedate_to_datetime(request.header("date") or "")
        return refusals.basic_time(date.astimezone(timezone.utc))
    except (ValueError, TypeError, IndexError, OverflowError):
        raise refusals.bad_signature("the request has neither X-Amz-Date nor a Date that can be read") from None


def _from_query(pairs: list[tuple[str, str]]) -> Signature:
    parameters = dict(pairs)
    is_whole = parameters.keys() >= _NEEDED_IN_QUERY and len(pairs) == len(parameters)
    if not is_whole or parameters["X-Amz-Algorithm"] != ALGORITHM:
        wanted = ", ".join(sorted(_NEEDED_IN_QUERY))
        raise refusals.bad_signature(f"the presigned URL does not have each of {wanted} once, for {ALGORITHM}")
    expires = parameters["X-Amz-Expires"]
    if not re.fullmatch("[0-9]{1,6}", expires) or int(expires) > _MAX_EXPIRY:
        raise refusals.bad_signature(f"X-Amz-Expires is {expires!r}, not a number of seconds up to {_MAX_EXPIRY}")
    return _signature(
        credential=parameters["X-Amz-Credential"],
        timestamp=parameters["X-Amz-Date"],
        signed_headers=parameters["X-Amz-SignedHeaders"],
        value=parameters[SIGNATURE_NAME],
        session_token=parameters.get("X-Amz-Security-Token"),
        expires=int(expires),
    )


def _signature(
    *,
    credential: str,
    timestamp: str,
    signed_headers: str,
    value: str,
    session_token: str | None,
    expires: int | None = None,
) -> Signature:
    scope = credential.rsplit("/", 4)
    names = signed_headers.split(";")
    if len(scope) != 5:
        raise refusals.bad_signature("the Credential is not <key>/<date>/<region>/lambda/aws4_request")
    if not all(names) or names != sorted({name.lower() for name in names}):
        raise refusals.bad_signature(f"SignedHeaders is {signed_headers!r}, not names in lower case and in order")
    return Signature(
        access_key=scope[0],
        scope_date=scope[1],
        region=scope[2],
        service=scope[3],
        terminator=scope[4],
        timestamp=timestamp,
        signed_at=_moment(timestamp),
        signed_headers=tuple(names),
        value=value,
        session_token=session_token,
        expires=expires,
    )


def _moment(timestamp: str) -> datetime:
    # strptime alone would read fewer digits too.
    if _IS_TIMESTAMP.fullmatch(timestamp):
        try:
            return datetime.strptime(timestamp, SIGV4_TIMESTAMP).replace(tzinfo=timezone.utc)
        except ValueError:
            pass
    raise refusals.bad_signature(f"the request's date is {timestamp!r}, not of the form YYYYMMDDTHHMMSSZ")
