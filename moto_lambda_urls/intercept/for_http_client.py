"""http.client, and urllib.request which is built on it."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPSConnection
from typing import Any

from ..hosts import function_url_host, function_url_host_of
from .patches import Method, Patches
from .sockets import MemorySocket


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory, those through a proxy included."""
    patches.method(HTTPConnection, "connect", _connect)
    patches.method(HTTPSConnection, "connect", _connect)
    patches.method(HTTPConnection, "putrequest", _putrequest)


def _connect(original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
        else:
            connection.sock = MemorySocket(host, connection)

    return connect


def _putrequest(original: Method) -> Method:
    def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if not url.startswith("/") and (host := function_url_host_of(url)):
            if connection.sock is not None:
                connection.sock.close()
            connection.sock = MemorySocket(host, connection)
        original(connection, method, url, *args, **kwargs)

    return putrequest
