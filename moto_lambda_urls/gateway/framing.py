"""The header lines that every response of a function URL carries, and the answers that AWS makes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from functools import lru_cache

from ..messages import Headers, Request, Response
from .cors import add_unknown_host_headers
from .refusals import Refused

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As HTTP and access logs spell them, in any locale."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def trace_header(trace_id: str) -> str:
    """The ``X-Amzn-Trace-Id`` of the response and of the handler's environment for the X-Ray id ``trace_id``.

    Parent and lineage follow from the id, so that each place that asks for them gets the same.
    """
    random = trace_id[-24:]
    return f"Root={trace_id};Parent={random[8:]};Sampled=0;Lineage=1:{random[:8]}:0"


def framed(
    *, content_type: str, content_length: int | None, request_id: str, now: datetime, trace_id: str | None, own: Headers
) -> Headers:
    """The lines of a response in AWS's order, ``own`` among them; without the lines whose argument is None."""
    return (
        ("Date", _http_date(now.astimezone(timezone.utc).replace(microsecond=0))),
        ("Content-Type", content_type),
        *(() if content_length is None else (("Content-Length", str(content_length)),)),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", request_id),
        *own,
        *(() if trace_id is None else (("X-Amzn-Trace-Id", trace_header(trace_id)),)),
    )


@lru_cache(maxsize=1)  # many requests come within a second
def _http_date(now: datetime) -> str:
    date = f"{_DAYS[now.weekday()]}, {now.day:02} {MONTHS[now.month - 1]} {now.year:04}"
    return f"{date} {now.hour:02}:{now.minute:02}:{now.second:02} GMT"


def has_body(method: str, status: int) -> bool:
    """Whether a response to ``method`` with ``status`` has a body at all (RFC 9110 6.4.1)."""
    return method != "HEAD" and has_length(status)


def has_length(status: int) -> bool:
    """Whether a response with ``status`` says a Content-Length (RFC 9110 8.6 forbids it for 1xx and 204)."""
    return status >= 200 and status not in (204, 304)


def finish(response: Response, *, request_id: str, now: datetime, method: str = "GET") -> Response:
    """``response``, a refusal or a preflight's answer, with the lines that AWS's own answers carry: no trace id.

    ``response`` brings its Content-Type, the lines particular to it, and its whole body as bytes.
    """
    assert isinstance(response.body, bytes), "AWS streams no answer of its own"
    headers = framed(
        content_type=response.header("content-type") or "application/json",
        content_length=len(response.body),
        request_id=request_id,
        now=now,
        trace_id=None,
        own=tuple(line for line in response.headers if line[0].lower() != "content-type"),
    )
    return replace(response, headers=headers, body=response.body if has_body(method, response.status) else b"")


def unknown_url(request: Request, *, request_id: str, now: datetime) -> Response:
    """AWS's answer to ``request`` for a host that is no function URL."""
    refused = Refused(403, "AccessDeniedException", {"Message": None}).response
    answer = finish(refused, request_id=request_id, now=now, method=request.method)
    return add_unknown_host_headers(request, answer)


def internal_server_error(*, method: str, request_id: str, trace_id: str, now: datetime, status: int = 502) -> Response:
    """AWS's answer when the handler failed, or returned what is no response."""
    body = b"Internal Server Error"
    headers = framed(
        content_type="application/json",
        content_length=len(body),
        request_id=request_id,
        now=now,
        trace_id=trace_id,
        own=(),
    )
    return Response(status=status, headers=headers, body=body if has_body(method, status) else b"")
