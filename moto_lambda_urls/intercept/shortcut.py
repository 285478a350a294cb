"""Requests answered without bytes on a wire, where writing and reading them would change nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Generator
from functools import cached_property
from http.client import HTTPMessage
from inspect import signature
from itertools import chain
from typing import Any

import urllib3
from urllib3._collections import HTTPHeaderDict

from ..messages import Headers, Request
from .calls import answer
from .sockets import streamed
from .wire import framed, reason

_FRAMES = frozenset({"transfer-encoding", "expect"})
_LINES = re.compile(r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+\0(?:[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*)?\0)*")
"""Headers that are written as they are: names and values, each with NUL behind it."""
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"})
"""Methods that get no ``Content-Length: 0``."""
_USER_AGENT = f"python-urllib3/{urllib3.__version__}"  # type: ignore[attr-defined]  # it has one


def plain_request(
    method: str, host: str, target: str, headers: Headers, body: object, *, chunked: bool = False
) -> Request | None:
    """The request that urllib3 would write of ``headers`` and ``body``; None when that is not plain to see.

    ``target`` is a path with its query, as it goes on the wire. ``chunked`` says that a body without a Content-Length
    would go out in chunks.
    """
    content = body.encode() if isinstance(body, str) else b"" if body is None else body
    if not isinstance(content, bytes):
        return None
    try:
        text = "\0".join((*chain.from_iterable(headers), ""))
    except TypeError:  # bytes
        return None
    if not _LINES.fullmatch(text) or text.count("\0") != 2 * len(headers):
        return None
    sent = {name.lower(): value for name, value in headers}
    length = None if body is None and method in _WITHOUT_BODY else str(len(content))
    if not _FRAMES.isdisjoint(sent) or sent.get("content-length", length) != length:
        return None
    if chunked and content and "content-length" not in sent:
        return None
    added = []
    if "host" not in sent:
        added.append(("Host", host))
    if "accept-encoding" not in sent:
        added.append(("Accept-Encoding", "identity"))
    if "content-length" not in sent and length is not None:
        added.append(("Content-Length", length))
    if "user-agent" not in sent:
        added.append(("User-Agent", _USER_AGENT))
    raw_path, _, raw_query = target.partition("?")
    return Request(
        method=method, host=host, raw_path=raw_path, raw_query=raw_query, headers=(*added, *headers), body=content
    )


def ask(request: Request, timeout: float | None = None, **options: Any) -> urllib3.HTTPResponse:
    """The gateway's answer to ``request`` as urllib3's response, made with ``options``.

    :raises Late: it did not come within ``timeout`` seconds.
    """
    response = framed(answer(request, timeout), request.method)
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
        original_response=original,
        request_method=request.method,
        **_OF_LATER_RELEASES,
        **options,
    )


class _InMemory(urllib3.HTTPResponse):
    """urllib3's response, whose body need not be read in parts that are larger than all of it."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        if not amt or not 0 < (self.length_remaining or 0) <= amt or "Content-Encoding" in self.headers:
            yield from super().stream(amt, decode_content)
        else:
            yield self.read(decode_content=decode_content)


_OF_LATER_RELEASES: Any = {
    name: value
    for name, value in {"version_string": "HTTP/1.1", "sock_shutdown": lambda _how: None}.items()
    if name in signature(urllib3.HTTPResponse).parameters
}


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
