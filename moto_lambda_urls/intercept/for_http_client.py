"""http.client, and urllib.request which is built on it."""

from __future__ import annotations

from typing import Any

from ..messages.addresses import function_url_host, function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .sockets import connect_in_memory


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory, those through a proxy included."""
    plain = own_class("http.client", "HTTPConnection")
    patches.method(plain, "connect", _connect)
    patches.method(plain, "putrequest", _putrequest)
    patches.method(own_class("http.client", "HTTPSConnection"), "connect", _connect)


def _connect(original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
        else:
            connect_in_memory(connection, host)

    return connect


def _putrequest(original: Method) -> Method:
    def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if not url.startswith("/") and (host := function_url_host_of(url)):
            if connection.sock is not None:
                connection.sock.close()
            connect_in_memory(connection, host)
        original(connection, method, url, *args, **kwargs)

    return putrequest
