"""urllib3 1.26 and 2, and botocore's and requests' sessions which are built on it."""

from __future__ import annotations

from typing import Any

from ..messages.addresses import function_url_host
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .sockets import connect_in_memory


def patch(patches: Patches) -> None:
    """Let connections to function URLs be made in memory; all else stays urllib3's own, and the handler's exceptions
    are let through it.
    """
    with patches.library("urllib3", "1.26 to 2.8"):
        patches.method(own_class("urllib3.connection", "HTTPConnection"), "connect", _connect)
        patches.method(own_class("urllib3.connection", "HTTPSConnection"), "connect", _connect)
        patches.method(own_class("urllib3.connectionpool", "HTTPConnectionPool"), "urlopen", unwrapping)
        response = own_class("urllib3.response", "HTTPResponse")
        patches.method(response, "read", unwrapping)
        if "read1" in vars(response):  # urllib3 2
            patches.method(response, "read1", unwrapping)
        patches.method(response, "read_chunked", unwrapping_each)


def _connect(original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
            return
        connect_in_memory(connection, host)
        connection.is_verified = True
        connection._has_connected_to_proxy = bool(connection.proxy)

    return connect
