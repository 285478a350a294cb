"""urllib3 1.26 and 2, and botocore's and requests' sessions which are built on it."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from ..hosts import function_url_host
from .patches import Method, Patches
from .sockets import MemoryResponse, MemorySocket


class Passing(BaseException):
    """Carries an exception of the gateway past urllib3, which takes some for a broken connection and tries again."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory; pools, retries, redirects and decoding stay urllib3's own."""
    patches.method(HTTPConnection, "connect", _connect)
    patches.method(HTTPSConnection, "connect", _connect)
    patches.method(urllib3.HTTPConnectionPool, "urlopen", _urlopen)


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


def _urlopen(original: Method) -> Method:
    def urlopen(pool: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return original(pool, *args, **kwargs)
        except Passing as passing:
            raise passing.error from None

    return urlopen


def _shield(error: Exception) -> BaseException:
    return Passing(error) if isinstance(error, (OSError, HTTPException, urllib3.exceptions.HTTPError)) else error
