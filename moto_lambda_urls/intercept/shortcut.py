"""A request of requests answered without connection and pool, where those would change nothing of it."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from functools import cached_property
from http.client import HTTPMessage
from typing import TYPE_CHECKING, Any

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
_ADDED_LATER = {"user-agent", "accept-encoding"}
_FRAMES = {"transfer-encoding", "expect"}


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
    lines = tuple([(name, value) for name, (_, value) in zip(headers, headers.lower_items(), strict=True)])
    names = {name.lower() for name, _ in lines}
    if not names >= _ADDED_LATER or not names.isdisjoint(_FRAMES):
        return None
    if not all(isinstance(value, str) and value == value.strip() for _, value in lines):
        return None
    if int(headers["Content-Length"] if "content-length" in names else 0) != len(body or b""):
        return None
    raw_path, _, raw_query = target.partition("?")
    return Request(
        method=request.method or "GET",
        host=host,
        raw_path=raw_path,
        raw_query=raw_query,
        headers=lines if "host" in names else (("Host", host), *lines),
        body=body or b"",
    )


def ask(request: Request) -> urllib3.HTTPResponse:
    """The gateway's answer to ``request``, in this thread, as urllib3 hands it to requests."""
    response = framed(answer(request, None), request.method)
    lines = HTTPHeaderDict(response.headers)
    body: Any
    original: Any
    if isinstance(response.body, bytes):
        body = _Whole(response.body)
        original = _Original(response.headers) if "Set-Cookie" in lines else None
    else:
        body = original = streamed(request, response)
    return _InMemory(
        body=body,
        headers=lines,
        status=response.status,
        version=11,
        reason=reason(response.status),
        preload_content=False,
        decode_content=False,
        original_response=original,
        request_method=request.method,
    )


class _InMemory(urllib3.HTTPResponse):
    """urllib3's response, whose body need not be read in parts that are larger than all of it."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        if not amt or not 0 < (self.length_remaining or 0) <= amt or "Content-Encoding" in self.headers:
            yield from super().stream(amt, decode_content)
        else:
            yield self.read(decode_content=decode_content)


class _Whole(io.BytesIO):
    """A body that, like http.client's, is closed with its last byte: urllib3 need not ask for more."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self._length = len(body)

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if self.tell() == self._length:
            self.close()
        return part


class _Original:
    """What requests asks of http.client's response, for the cookies: its lines."""

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
