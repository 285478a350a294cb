"""urllib3 1.26 and 2, and botocore's and requests' sessions which are built on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from http.client import HTTPException
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from ..messages import Request
from ..messages.addresses import function_url_host
from ..patching.patches import Method, Patches
from .calls import Late, answer
from .shortcut import is_traced, plain_request, response_to
from .sockets import MemoryResponse, MemorySocket, Passing

_MISTAKEN = (OSError, HTTPException, urllib3.exceptions.HTTPError, ValueError)
"""What urllib3, and http.client under it, take for a broken connection; a ValueError for a chunk without a size."""

_in_urlopen: ContextVar[bool] = ContextVar("in_urlopen", default=False)
"""Whether urllib3 itself reads the body, in a call that would try again."""


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory; pools, retries, redirects and decoding stay urllib3's own."""
    patches.method(HTTPConnection, "connect", _connect)
    patches.method(HTTPSConnection, "connect", _connect)
    patches.method(urllib3.HTTPConnectionPool, "urlopen", _urlopen)
    patches.method(urllib3.HTTPResponse, "read", _read)
    patches.method(urllib3.HTTPResponse, "read_chunked", _read_chunked)
    if hasattr(urllib3.HTTPResponse, "read1"):  # urllib3 2, whose connections make its responses
        patches.method(urllib3.HTTPResponse, "read1", _read)
        patches.method(HTTPConnection, "request", _request)
        patches.method(HTTPConnection, "getresponse", _getresponse)


def _connect(original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
            return
        connection.sock = MemorySocket(host, connection, _shield)
        connection.response_class = MemoryResponse
        connection.is_verified = True
        connection._has_connected_to_proxy = bool(connection.proxy)

    return connect


def _request(original: Method) -> Method:
    def request(
        connection: Any,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        chunked: bool = False,
        **terms: Any,
    ) -> None:
        sock = connection.sock
        # A pool asks for the response next, and no subclass looks at what is sent.
        if isinstance(sock, MemorySocket) and _in_urlopen.get() and type(connection) in _CONNECTIONS and not chunked:
            plain = _plain_request(connection, method, url, body, headers or {})
            if plain is not None:
                sock.planned = plain, {"request_url": url, **terms}
                return
        original(connection, method, url, body=body, headers=headers, chunked=chunked, **terms)

    return request


def _getresponse(original: Method) -> Method:
    def getresponse(connection: Any) -> Any:
        sock = connection.sock
        if not isinstance(sock, MemorySocket) or sock.planned is None:
            return original(connection)
        sock.settimeout(connection.timeout)
        connection.sock = None  # as after ``Connection: close``
        request, terms = sock.planned
        try:
            answered = answer(request, sock.gettimeout())
        except Late:
            raise
        except Exception as error:
            raised = _shield(error)
        else:
            return response_to(request, answered, pooled=True, **terms)
        raise raised

    return getresponse


def _plain_request(connection: Any, method: str, target: str, body: Any, headers: Mapping[str, Any]) -> Request | None:
    """What ``connection`` would put on the wire; None when that is not plain to see."""
    host = connection.host
    if connection._tunnel_host or host != function_url_host(host) or connection.port != connection.default_port:
        return None
    if connection.debuglevel or is_traced() or not _TARGET.fullmatch(target):
        return None
    return plain_request(method, host, target, tuple(headers.items()), body)


_CONNECTIONS = (HTTPConnection, HTTPSConnection)
_TARGET = re.compile(r"/[\x21-\x7e]*")


def _urlopen(original: Method) -> Method:
    def urlopen(pool: Any, *args: Any, **kwargs: Any) -> Any:
        token = _in_urlopen.set(True)
        try:
            return original(pool, *args, **kwargs)
        except Passing as passing:
            error = passing.error
        finally:
            _in_urlopen.reset(token)
        raise error

    return urlopen


def _read(original: Method) -> Method:
    def read(response: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(response, *args, **kwargs)
        except Passing as passing:
            if _in_urlopen.get():
                raise
            error = passing.error
        raise error

    return read


def _read_chunked(original: Method) -> Method:
    def read_chunked(response: Any, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        try:
            yield from original(response, *args, **kwargs)
            return
        except Passing as passing:
            if _in_urlopen.get():
                raise
            error = passing.error
        raise error

    return read_chunked


def _shield(error: Exception) -> BaseException:
    return Passing(error) if isinstance(error, _MISTAKEN) else error
