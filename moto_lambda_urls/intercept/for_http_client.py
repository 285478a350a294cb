"""http.client, and urllib.request which is built on it: connections to function URLs, made in memory."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..messages import Handle
from ..messages.addresses import function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping
from .sockets import connect_in_memory, connecting


def patch(patches: Patches, handle: Handle) -> None:
    """Let connections to function URLs be made in memory, those through a proxy included, and the handler's exceptions
    through http.client's own ways with some of them.
    """
    plain = own_class("http.client", "HTTPConnection")
    connect = partial(connecting, partial(connect_in_memory, handle))
    patches.method(plain, "connect", connect)
    patches.method(plain, "putrequest", partial(_putrequest, handle))
    patches.method(own_class("http.client", "HTTPSConnection"), "connect", connect)
    for name in ("begin", "read", "read1", "readinto", "readline", "peek"):
        patches.method(own_class("http.client", "HTTPResponse"), name, unwrapping)


def _putrequest(handle: Handle, original: Method) -> Method:
    def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if not url.startswith("/") and (host := function_url_host_of(url)):
            if connection.sock is not None:
                connection.sock.close()
            connect_in_memory(handle, connection, host)
        original(connection, method, url, *args, **kwargs)

    return putrequest
