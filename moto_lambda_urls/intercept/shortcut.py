"""Requests answered without bytes on a wire, where writing and reading them would change nothing."""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Generator
from functools import cached_property, lru_cache
from http.client import HTTPConnection, HTTPMessage
from inspect import signature
from itertools import chain
from types import FunctionType
from typing import Any

import urllib3
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER

from ..messages import Headers, Request, Response
from ..patching import patches
from .sockets import streamed
from .wire import framed, reason

_FRAMES = frozenset({"transfer-encoding", "expect"})
_LINES = re.compile(r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+\0(?:[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*)?\0)*")
"""Headers that are written as they are: names and values, each with NUL behind it."""
_METHOD = re.compile(r"[A-Z]+")
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"})
"""Methods that get no ``Content-Length: 0``."""
URLLIB3_1 = urllib3.__version__.startswith("1.")  # type: ignore[attr-defined]  # it has one
"""Whether connections add other lines, send text as latin-1, and make responses that do not say what they answer."""
_USER_AGENT = f"python-urllib3/{urllib3.__version__}"  # type: ignore[attr-defined]  # it has one


def plain_request(
    method: str, host: str, target: str, headers: Headers, body: object, *, chunked: bool = False
) -> Request | None:
    """The request that urllib3 would write of ``headers`` and ``body``; None when that is not plain to see.

    ``target`` is a path with its query, as it goes on the wire. ``chunked`` says that a body without a Content-Length
    would go out in chunks.
    """
    if URLLIB3_1 and isinstance(body, str):
        return None
    content = body.encode() if isinstance(body, str) else b"" if body is None else body
    if not isinstance(content, bytes) or not _METHOD.fullmatch(method):
        return None
    parts = [*chain.from_iterable(headers)]
    if not {type(part) for part in parts} <= {str}:  # bytes, or a subclass, which the handler would see
        return None
    text = "\0".join((*parts, ""))
    if not _LINES.fullmatch(text) or text.count("\0") != 2 * len(headers) or SKIP_HEADER in text:
        return None
    sent = {name.lower(): value for name, value in headers}
    length = None if body is None and method in _WITHOUT_BODY else str(len(content))
    if not _FRAMES.isdisjoint(sent) or sent.get("content-length", length) != length:
        return None
    if len(sent) != len(headers) or (chunked and body is not None and "content-length" not in sent):
        return None
    if URLLIB3_1 and ("user-agent" not in sent or sent.get("content-length") != length):
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


def is_traced() -> bool:
    """Whether some tool has patched what a shortcut passes by, to trace requests or to add headers to them."""
    return _is_traced(HTTPConnection.putrequest, HTTPConnection.getresponse, urllib3.HTTPConnectionPool.urlopen)


@lru_cache(maxsize=4)
def _is_traced(*methods: Any) -> bool:
    return not all(_is_its_librarys(method) for method in methods)


def _is_its_librarys(method: Any) -> bool:
    while isinstance(method, FunctionType) and method.__code__.co_filename == patches.__file__:
        method = vars(method)["__wrapped__"]
    return isinstance(method, FunctionType) and method.__code__.co_filename in _LIBRARIES


_LIBRARIES = (http.client.__file__, urllib3.connectionpool.__file__)


def response_to(request: Request, response: Response, *, pooled: bool, **options: Any) -> urllib3.HTTPResponse:
    """The gateway's ``response`` to ``request`` as urllib3's, made with ``options``.

    ``pooled`` says that a pool waits for the end of the body, and so needs http.client's response or a stand-in;
    requests wants one for the cookies only, and takes long to find that there are none.
    """
    response = framed(response, request.method)
    lines = HTTPHeaderDict(response.headers)
    whole = isinstance(response.body, bytes) and "Transfer-Encoding" not in lines
    body: Any = _Whole(response) if whole else streamed(request, response)
    return _InMemory(
        body=body,
        headers=lines,
        status=response.status,
        version=11,
        reason=reason(response.status),
        original_response=body if pooled or not whole or "Set-Cookie" in lines else None,
        request_method=request.method,
        **_OF_LATER_RELEASES,
        **options,
    )


class _InMemory(urllib3.HTTPResponse):
    """urllib3's response, whose body need not be read in parts that are larger than all of it."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        whole = amt and 0 < (self.length_remaining or 0) <= amt and not self.closed
        if not whole or "Content-Encoding" in self.headers:
            yield from super().stream(amt, decode_content)
        else:
            yield self.read(decode_content=decode_content)


_OF_LATER_RELEASES: Any = {
    name: value
    for name, value in {"version_string": "HTTP/1.1", "sock_shutdown": lambda _how: None}.items()
    if name in signature(urllib3.HTTPResponse).parameters
}


class _Whole(io.BytesIO):
    """What urllib3 and requests ask of http.client's response: the lines, and a body closed with its last byte."""

    def __init__(self, response: Response) -> None:
        assert isinstance(response.body, bytes)
        super().__init__(response.body)
        self._length = len(response.body)
        self._headers = response.headers

    @cached_property
    def msg(self) -> HTTPMessage:
        message = HTTPMessage()
        for name, value in self._headers:
            message.set_raw(name, value)
        return message

    @property
    def fp(self) -> io.BytesIO | None:
        return None if self.closed else self

    def isclosed(self) -> bool:
        return self.closed

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if self.tell() == self._length:
            self.close()
        return part
