"""What a deployed function URL answers, with what differs from request to request checked and left out."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from moto_lambda_urls.gateway import pipeline
from moto_lambda_urls.messages import Headers, Request, Response
from support.builders import make_request

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TRACE = re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0")
FORBIDDEN = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)
FAILED = b"Internal Server Error"


def request_to(url: str, path: str = "/", **fields: Any) -> Request:
    """A request to the function URL ``url``; ``fields`` as for ``make_request``."""
    return make_request(host=urlsplit(url).hostname or "", path=path, **fields)


def ask(url: str, path: str = "/", **fields: Any) -> Response:
    """The response of the function URL ``url``, as it goes out."""
    return pipeline.handle(request_to(url, path, **fields))


def body_of(response: Response) -> bytes:
    """The body of a response that is not streamed."""
    assert isinstance(response.body, bytes)
    return response.body


def checked(response: Response) -> Response:
    """``response`` with what is new each time checked and replaced: ``<date>``, ``<id>``, ``<trace>``."""
    return Response(status=response.status, headers=checked_lines(response.headers), body=response.body)


def checked_lines(headers: Headers) -> Headers:
    """The same for header lines."""
    return tuple((name, _checked(name, value)) for name, value in headers)


def _checked(name: str, value: str) -> str:
    if name == "Date":
        assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", value)
        assert abs(datetime.now(timezone.utc) - parsedate_to_datetime(value)) < timedelta(minutes=1)
        return "<date>"
    if name == "x-amzn-RequestId":
        assert UUID.fullmatch(value)
        return "<id>"
    if name == "X-Amzn-Trace-Id":
        assert TRACE.fullmatch(value)
        return "<trace>"
    return value


def answered(
    body: bytes = b"",
    *own: tuple[str, str],
    status: int = 200,
    content_type: str = "application/json",
    length: int | None = -1,
    added: Headers = (),
) -> Response:
    """The function's response: its own lines ``own`` among AWS's, those of CORS ``added`` after them.

    ``length`` is the Content-Length where it is not that of ``body``; None for no such line.
    """
    length = len(body) if length == -1 else length
    headers = (
        ("Date", "<date>"),
        ("Content-Type", content_type),
        *(() if length is None else (("Content-Length", str(length)),)),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", "<id>"),
        *own,
        ("X-Amzn-Trace-Id", "<trace>"),
        *added,
    )
    return Response(status=status, headers=headers, body=body)


def refused(status: int, error_type: str, body: bytes, *, sent: bool = True, added: Headers = ()) -> Response:
    """AWS's own answer, without a trace id; ``sent`` False for one without its body."""
    headers = (
        ("Date", "<date>"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", "<id>"),
        ("x-amzn-ErrorType", error_type),
        *added,
    )
    return Response(status=status, headers=headers, body=body if sent else b"")


NOT_GRANTED = refused(403, "AccessDeniedException", FORBIDDEN)
THROTTLED = refused(
    429,
    "TooManyRequestsException",
    b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
)
TOO_LARGE = refused(
    413,
    "RequestEntityTooLargeException",
    b'{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
)
