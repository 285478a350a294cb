"""A request of requests answered without connection and pool, where those would change nothing of it."""

from __future__ import annotations

import io
import re
from functools import cached_property
from http.client import HTTPMessage
from typing import TYPE_CHECKING, Any, cast

import urllib3
from urllib3._collections import HTTPHeaderDict

from ..messages import Headers, Request
from .calls import answer
from .sockets import streamed
from .wire import framed, reason

if TYPE_CHECKING:
    import requests

# urllib3 encodes everything else, and writes escapes in upper case.
_AS_IT_IS = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*")
_ADDED_LATER = ("User-Agent", "Accept-Encoding")
_FRAMES = ("Transfer-Encoding", "Expect")


def never_retries(policy: urllib3.Retry) -> bool:
    """Whether ``policy`` makes one attempt and takes what comes: requests' default."""
    return policy.total == 0 and not policy.status_forcelist


def plain_request(request: requests.PreparedRequest, host: str) -> Request | None:
    """``request`` as urllib3 would put it on the wire to ``host``; None when that is not plain to see."""
    headers, body, target = request.headers, request.body, request.path_url
    if isinstance(body, str):
        body = body.encode() if body.isascii() else None
        if body is None:
            return None
    if not (body is None or isinstance(body, bytes)) or not _AS_IT_IS.fullmatch(target):
        return None
    if any(name not in headers for name in _ADDED_LATER) or any(name in headers for name in _FRAMES):
        return None
    if int(headers.get("Content-Length") or 0) != len(body or b""):
        return None
    lines = tuple(headers.items())
    if not all(isinstance(value, str) and value == value.strip() for _, value in lines):
        return None
    raw_path, _, raw_query = target.partition("?")
    return Request(
        method=request.method or "GET",
        host=host,
        raw_path=raw_path,
        raw_query=raw_query,
        headers=lines if "Host" in headers else (("Host", host), *lines),
        body=body or b"",
    )


def ask(request: Request) -> urllib3.HTTPResponse:
    """The gateway's answer to ``request``, in this thread, as urllib3 hands it to requests."""
    response = framed(answer(request, None), request.method)
    lines = HTTPHeaderDict()
    for name, value in response.headers:
        lines.add(name, value)
    original: Any = None if isinstance(response.body, bytes) else streamed(request, response)
    return urllib3.HTTPResponse(
        body=original or io.BytesIO(cast("bytes", response.body)),
        headers=lines,
        status=response.status,
        version=11,
        reason=reason(response.status),
        preload_content=False,
        decode_content=False,
        original_response=original or cast("Any", _Original(response.headers)),
        request_method=request.method,
    )


class _Original:
    """What requests and urllib3 ask of http.client's response that is read already: its lines, for the cookies."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    @cached_property
    def msg(self) -> HTTPMessage:
        message = HTTPMessage()
        for name, value in self._headers:
            message.set_raw(name, value)
        return message

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""
