"""http.client, and urllib.request which is built on it."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import TYPE_CHECKING, Any, TypeVar

from ..messages.addresses import function_url_host, function_url_host_of
from ..patching.patches import Method, Patches
from .sockets import MemoryResponse, MemorySocket, Passing

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Result = TypeVar("Result")


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
            _open(host, connection)

    return connect


def _putrequest(original: Method) -> Method:
    def putrequest(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        if not url.startswith("/") and (host := function_url_host_of(url)):
            if connection.sock is not None:
                connection.sock.close()
            _open(host, connection)
        original(connection, method, url, *args, **kwargs)

    return putrequest


def _open(host: str, connection: Any) -> None:
    if connection.response_class is HTTPResponse:
        connection.response_class = _Response
    shielded = issubclass(connection.response_class, _Response)
    connection.sock = MemorySocket(host, connection, Passing if shielded else None)


class _Response(MemoryResponse):
    """Raises the gateway's exceptions as they are."""

    def begin(self) -> None:
        _unwrapped(super().begin)

    def read(self, amt: int | None = None) -> bytes:
        return _unwrapped(lambda: super(_Response, self).read(amt))

    def read1(self, n: int = -1) -> bytes:
        return _unwrapped(lambda: super(_Response, self).read1(n))

    def readinto(self, b: WriteableBuffer) -> int:
        return _unwrapped(lambda: super(_Response, self).readinto(b))

    def peek(self, n: int = -1) -> bytes:
        return _unwrapped(lambda: super(_Response, self).peek(n))

    def readline(self, limit: int | None = -1) -> bytes:
        return _unwrapped(lambda: super(_Response, self).readline(-1 if limit is None else limit))


def _unwrapped(step: Callable[[], Result]) -> Result:
    try:
        return step()
    except Passing as passing:
        error = passing.error
    raise error
