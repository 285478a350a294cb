"""urllib3: release 2 at the level of requests and responses, 1.26 at its http.client connections."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, partial, wraps
from http.client import HTTPMessage
from inspect import signature
from itertools import chain
from typing import Any, NamedTuple

import urllib3
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER

from ..messages import Handle, Headers, Request, Response
from ..messages.addresses import function_url_host, function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .response_writer import reason
from .sockets import MemorySocket, client_response, connect_in_memory, connecting

ClientConnection: Any = own_class("http.client", "HTTPConnection")
HTTPConnection: Any = own_class("urllib3.connection", "HTTPConnection")
HTTPSConnection: Any = own_class("urllib3.connection", "HTTPSConnection")
HTTPConnectionPool: Any = own_class("urllib3.connectionpool", "HTTPConnectionPool")
HTTPSConnectionPool: Any = own_class("urllib3.connectionpool", "HTTPSConnectionPool")
HTTPResponse: Any = own_class("urllib3.response", "HTTPResponse")
body_to_chunks: Any = getattr(urllib3.util.request, "body_to_chunks", None)
"""None in 1.26, whose connections give responses of http.client."""
_CONNECTIONS = {HTTPConnectionPool: HTTPConnection, HTTPSConnectionPool: HTTPSConnection}
_USER_AGENT = f"python-urllib3/{urllib3.__version__}"  # type: ignore[attr-defined]  # it has one
_PLAIN = re.compile(
    r"[A-Z]+ /[\x21-\x7e]*(?:\0[!#$%&'*+\-.^_`|~0-9A-Za-z]+\0(?:[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*)?)*"
)
"""A method and a target, and names and values of headers, each with NUL before it."""
_BYTES_LIKE = (bytes, bytearray, memoryview)
_LATER = {"version_string": "HTTP/1.1", "sock_shutdown": lambda _how: None}
_OF_LATER_RELEASES = {name: value for name, value in _LATER.items() if name in signature(HTTPResponse).parameters}


def patch(patches: Patches, handle: Handle) -> None:
    """Let connections to function URLs be made in memory, those through a proxy included, and the handler's exceptions
    through all that urllib3 does with its own.
    """
    connect = partial(connecting, partial(_connect_in_memory, handle))
    patches.method(HTTPConnection, "connect", connect)
    patches.method(HTTPSConnection, "connect", connect)
    patches.method(HTTPConnection, "request", partial(_request, handle))
    if body_to_chunks is None:  # later releases ask request() to do it
        patches.method(HTTPConnection, "request_chunked", partial(_request, handle))
    if "read1" in vars(HTTPResponse):
        patches.method(HTTPResponse, "read1", unwrapping)
    patches.method(HTTPConnectionPool, "urlopen", _urlopen)
    patches.method(HTTPResponse, "read", unwrapping)
    patches.method(HTTPResponse, "read_chunked", unwrapping_each)


def pool_response(response: Response, *, request_method: str, **options: Any) -> urllib3.HTTPResponse:
    """The delimited ``response`` as a ``urllib3.HTTPResponse``; ``options`` are those of its constructor."""
    lines = HTTPHeaderDict()
    for name, value in response.headers:
        lines.add(name, value)
    body: Any = WholeBody(response) if _is_whole(response, lines) else client_response(response, request_method)
    return _InMemoryResponse(
        body=body,
        headers=lines,
        status=response.status,
        version=11,
        reason=reason(response.status),
        original_response=body,
        request_method=request_method,
        **options,
        **_OF_LATER_RELEASES,
    )


class _InMemoryResponse(HTTPResponse):  # type: ignore[misc]  # whichever release's
    """urllib3's response, whose body is not read in parts that are larger than all of it."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Iterator[bytes]:
        is_one_part = amt and 0 < (self.length_remaining or 0) <= amt and not self.closed
        if is_one_part and "Content-Encoding" not in self.headers:
            yield self.read(decode_content=decode_content)
        else:
            yield from super().stream(amt, decode_content)


class WholeBody(io.BytesIO):
    """A whole body in place of http.client's response: the header lines, and bytes that close when they are read."""

    def __init__(self, response: Response) -> None:
        assert isinstance(response.body, bytes)
        super().__init__(response.body)
        self._length = len(response.body)
        self._headers: Headers = response.headers

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
        return self._closed_at_end(super().read(size))

    def read1(self, size: int | None = -1, /) -> bytes:
        return self._closed_at_end(super().read1(size))

    def _closed_at_end(self, part: bytes) -> bytes:
        if self.tell() == self._length:
            self.close()
        return part


def _is_whole(response: Response, lines: HTTPHeaderDict) -> bool:
    """Whether the body ends where its lines say that it does, and comes at once."""
    if not isinstance(response.body, bytes) or "Transfer-Encoding" in lines:
        return False
    return not response.body or lines.get("Content-Length") == str(len(response.body))


def _connect_in_memory(handle: Handle, connection: Any, host: str) -> MemorySocket:
    connection.is_verified = True
    connection._has_connected_to_proxy = bool(connection.proxy)
    return connect_in_memory(handle, connection, host)


def _urlopen(original: Method) -> Method:
    unwrapped = unwrapping(original)

    @wraps(original)
    def urlopen(pool: Any, *args: Any, **options: Any) -> Any:
        of_urllib3 = _CONNECTIONS.get(type(pool), pool.ConnectionCls)
        # A cassette of VCR has put another class there, which would answer for the function.
        is_replaced = type(pool).ConnectionCls is not of_urllib3 and "ConnectionCls" not in vars(pool)
        if is_replaced and function_url_host(pool.host) is not None:
            pool.ConnectionCls = of_urllib3
        return unwrapped(pool, *args, **options)

    return urlopen


def _request(handle: Handle, original: Method) -> Method:
    def request(connection: Any, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None and not url.startswith("/"):  # a proxy is asked for the whole URL
            host = function_url_host_of(url)
        if host is None:
            original(connection, method, url, body, headers, **options)
            return
        if not isinstance(connection.sock, MemorySocket):
            connection.close()
            _connect_in_memory(handle, connection, host)
        is_chunked = options.pop("chunked", False)
        message, body, is_chunked = outgoing(connection, host, method, url, body, headers or {}, is_chunked)
        if message is None:
            chunked = {"chunked": True} if is_chunked else {}
            original(_of_urllib3(connection), method, url, body, headers, **options, **chunked)
        connection.sock.request = message
        if body_to_chunks is not None:
            options |= {"request_method": method, "request_url": url}
            # The connection's own, for it may be asked for the response when the mock has ended.
            connection.getresponse = partial(_getresponse, connection, connection.sock, options)

    return request


def _of_urllib3(connection: Any) -> Any:
    """``connection`` without what its class adds: botocore's waits for 100 Continue, on a real socket."""
    alike = object.__new__(
        HTTPSConnection if connection.default_port == HTTPSConnection.default_port else HTTPConnection
    )
    alike.__dict__ = connection.__dict__
    return alike


class Outgoing(NamedTuple):
    """A request on its way: ``message``; None where urllib3's own code has to write it, with ``body``."""

    message: Request | None
    body: Any
    is_chunked: bool


def outgoing(
    connection: Any, host: str, method: str, url: str, body: Any, headers: Mapping[Any, Any], is_chunked: bool
) -> Outgoing:
    """The request as urllib3 would write it: a file, or an iterator, is read to its end.

    Its own code has to write what goes through a proxy, a body that is not as long as its headers say, and whatever
    urllib3 refuses, leaves out or encodes of method, target and headers.
    """
    by_urllib3 = Outgoing(None, body, is_chunked)
    given = [*headers.items()]
    if connection._tunnel_host or body_to_chunks is None or not _is_plain(method, url, given):
        return by_urllib3
    values = {name.lower(): value for name, value in given}
    length, coding = values.get("content-length"), values.get("transfer-encoding")
    is_chunked = is_chunked or coding is not None
    if coding not in (None, "chunked") or (is_chunked and length is not None):
        return by_urllib3
    chunks, own_length = body_to_chunks(body, method, connection.blocksize)
    parts = [part.encode() if isinstance(part, str) else part for part in chunks or ()]
    if not all(isinstance(part, _BYTES_LIKE) for part in parts):
        return Outgoing(None, parts, is_chunked)
    content = b"".join(parts)
    if length not in (None, str(len(content))):
        return Outgoing(None, content, is_chunked)
    is_chunked = is_chunked or (length is None and own_length is None and chunks is not None)
    if is_chunked:
        framing = {"Transfer-Encoding": "chunked"}
    else:
        framing = {} if own_length is None else {"Content-Length": str(own_length)}
    added = {
        "Host": connection.host + ("" if connection.port == connection.default_port else f":{connection.port}"),
        "Accept-Encoding": "identity",
        **framing,
        "User-Agent": _USER_AGENT,
    }
    lines = [line for line in added.items() if line[0].lower() not in values]
    path, _, query = url.partition("?")
    message = Request(method=method, host=host, raw_path=path, raw_query=query, headers=(*lines, *given), body=content)
    return Outgoing(message, body, is_chunked)


def _is_plain(method: str, url: str, headers: list[tuple[Any, Any]]) -> bool:
    """Whether urllib3 writes ``method``, ``url`` and ``headers`` as they are."""
    head = [f"{method} {url}", *chain.from_iterable(headers)]
    if {*map(type, head)} != {str}:
        return False
    text = "\0".join(head)
    return bool(_PLAIN.fullmatch(text)) and text.count("\0") == 2 * len(headers) and SKIP_HEADER not in text


def _getresponse(connection: Any, sock: MemorySocket, options: dict[str, Any]) -> Any:
    del connection.getresponse
    if connection.sock is not sock:  # the connection was closed meanwhile: it says so itself
        return connection.getresponse()
    ClientConnection.close(connection)  # as http.client does when the server closes after its answer
    sock.settimeout(connection.timeout)
    return pool_response(sock.response(), **options)
