"""The header lines that every response of a function URL carries, and AWS's own answers: unknown URLs, errors."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache

from ..messages import Headers, Request, Response, has_body
from ..messages.http import error_response
from .arrival import Arrival
from .cors import add_unknown_host_headers


def response_lines(
    arrival: Arrival, *, content_type: str, content_length: int | None, own: Headers = (), is_traced: bool = True
) -> Headers:
    """The lines of a response in AWS's order, ``own`` among them.

    There is no Content-Length where ``content_length`` is None, and no trace id unless ``is_traced``.
    """
    return (
        ("Date", _http_date(arrival.epoch_ms // 1000)),
        ("Content-Type", content_type),
        *(() if content_length is None else (("Content-Length", str(content_length)),)),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", arrival.request_id),
        *own,
        *((("X-Amzn-Trace-Id", arrival.trace_header),) if is_traced else ()),
    )


@lru_cache(maxsize=1)  # many requests come within a second
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def finish(response: Response, arrival: Arrival) -> Response:
    """``response``, a refusal or a preflight's answer, with the lines that AWS's own answers carry: no trace id.

    ``response`` brings its Content-Type, the lines particular to it, and its whole body as bytes.
    """
    assert isinstance(response.body, bytes), "AWS streams no answer of its own"
    headers = response_lines(
        arrival,
        content_type=response.header("content-type") or "application/json",
        content_length=len(response.body),
        own=tuple(line for line in response.headers if line[0].lower() != "content-type"),
        is_traced=False,
    )
    body = response.body if has_body(arrival.method, response.status) else b""
    return Response(status=response.status, headers=headers, body=body)


def unknown_url(request: Request, arrival: Arrival) -> Response:
    """AWS's answer to ``request`` for a host that is no function URL."""
    refused = error_response(403, "AccessDeniedException", {"Message": None})
    return add_unknown_host_headers(request, finish(refused, arrival))


def internal_server_error(arrival: Arrival, *, status: int = 502) -> Response:
    """AWS's answer when the handler failed, or returned what is no response."""
    body = b"Internal Server Error"
    headers = response_lines(arrival, content_type="application/json", content_length=len(body))
    return Response(status=status, headers=headers, body=body if has_body(arrival.method, status) else b"")
