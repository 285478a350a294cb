"""urllib3 1.26 and 2, and botocore's and requests' sessions which are built on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from ..hosts import function_url_host
from .passing import Passing, shield
from .patches import Method, Patches
from .sockets import MemoryResponse, MemorySocket

_in_urlopen: ContextVar[bool] = ContextVar("in_urlopen", default=False)
"""Whether urllib3 itself reads the body, in a call that would try again."""


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory; pools, retries, redirects and decoding stay urllib3's own."""
    patches.method(HTTPConnection, "connect", _connect)
    patches.method(HTTPSConnection, "connect", _connect)
    patches.method(urllib3.HTTPConnectionPool, "urlopen", _urlopen)
    patches.method(urllib3.HTTPResponse, "read", _read)
    patches.method(urllib3.HTTPResponse, "read_chunked", _read_chunked)
    if hasattr(urllib3.HTTPResponse, "read1"):  # urllib3 2
        patches.method(urllib3.HTTPResponse, "read1", _read)


def _connect(original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
            return
        connection.sock = MemorySocket(host, connection, shield)
        connection.response_class = MemoryResponse
        connection.is_verified = True
        connection._has_connected_to_proxy = bool(connection.proxy)

    return connect


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
