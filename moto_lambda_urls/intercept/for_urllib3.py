"""urllib3 1.26 and 2, and botocore's sessions which are built on it: requests and answers as messages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cached_property, partial
from http.client import HTTPMessage, ResponseNotReady
from inspect import signature
from typing import Any

import urllib3
from urllib3._collections import HTTPHeaderDict
from urllib3.util import SKIP_HEADER

from ..messages import Headers, Response
from ..messages.addresses import function_url_host, function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .sockets import MemorySocket, client_response, connect_in_memory
from .timeouts import Handle
from .wire import header_pairs, reason

ClientConnection: Any = own_class("http.client", "HTTPConnection")
HTTPConnection: Any = own_class("urllib3.connection", "HTTPConnection")
HTTPResponse: Any = own_class("urllib3.response", "HTTPResponse")
URLLIB3_1 = urllib3.__version__.startswith("1.")  # type: ignore[attr-defined]  # it has one
"""Whether connections give responses of http.client, of which a pool makes its own."""
_AS_IT_IS = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:(?:[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*)?")
_LATER = {"version_string": "HTTP/1.1", "sock_shutdown": lambda _how: None}
_OF_LATER_RELEASES = {name: value for name, value in _LATER.items() if name in signature(HTTPResponse).parameters}


def patch(patches: Patches, handle: Handle) -> None:
    """Let connections to function URLs carry messages, those through a proxy included, and the handler's exceptions
    through all that urllib3 does with its own.
    """
    with patches.library("urllib3", "1.26 to 2.8"):
        patches.method(HTTPConnection, "connect", partial(_connect, handle))
        patches.method(own_class("urllib3.connection", "HTTPSConnection"), "connect", partial(_connect, handle))
        patches.method(HTTPConnection, "request", partial(_request, handle))
        patches.method(HTTPConnection, "request_chunked", partial(_request, handle))
        if not URLLIB3_1:
            patches.method(HTTPConnection, "getresponse", _getresponse)
        if "read1" in vars(HTTPResponse):
            patches.method(HTTPResponse, "read1", unwrapping)
        patches.method(own_class("urllib3.connectionpool", "HTTPConnectionPool"), "urlopen", unwrapping)
        patches.method(HTTPResponse, "read", unwrapping)
        patches.method(HTTPResponse, "read_chunked", unwrapping_each)


class MessageConnection(HTTPConnection):  # type: ignore[misc]  # whichever release's
    """Keeps the lines that urllib3 writes; a connection of a pool or of the user has one that shares its state."""

    default_port = 443

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        self.lines: list[tuple[str, str]] = []
        self._target = url or "/"
        super().putrequest(method, url, *args, **kwargs)

    def putheader(self, header: Any, *values: Any) -> None:
        value: Any = values[0] if len(values) == 1 else None
        if type(value) is bytes:  # the Host line of http.client
            value = value.decode("latin-1")
        is_text = type(header) is type(value) is str and value != SKIP_HEADER
        if is_text and _AS_IT_IS.fullmatch(f"{header}:{value}"):
            self.lines.append((header, value))
            return
        super().putheader(header, *values)
        if SKIP_HEADER not in values:
            self.lines += header_pairs(f"{text(header)}: " + "\r\n\t".join(map(text, values)))

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        assert isinstance(self.sock, MemorySocket)
        self.sock.begin(self._method, self._target, tuple(self.lines))
        super().endheaders(*args, **kwargs)


class _PlainMessageConnection(MessageConnection):
    default_port = 80


def pool_response(response: Response, *, request_method: str, **options: Any) -> urllib3.HTTPResponse:
    """The delimited ``response`` as urllib3's; ``options`` are those of its constructor."""
    lines = HTTPHeaderDict(response.headers)
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
    """What urllib3 and requests ask of http.client's response: the lines, and a body closed with its last byte."""

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


def _connect(handle: Handle, original: Method) -> Method:
    def connect(connection: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None:
            original(connection)
        else:
            _connect_in_memory(handle, connection, host)

    return connect


def _connect_in_memory(handle: Handle, connection: Any, host: str) -> None:
    connect_in_memory(handle, connection, host)
    connection.is_verified = True
    connection._has_connected_to_proxy = bool(connection.proxy)


def _request(handle: Handle, original: Method) -> Method:
    def request(connection: Any, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        host = function_url_host(connection._tunnel_host or connection.host)
        if host is None and not url.startswith("/"):  # a proxy is asked for the whole URL
            host = function_url_host_of(url)
        if host is None:
            original(connection, method, url, *args, **kwargs)
            return
        if not isinstance(connection.sock, MemorySocket):
            if connection.sock is not None:
                connection.sock.close()
            _connect_in_memory(handle, connection, host)
        original(_message_connection(connection), method, url, *args, **kwargs)

    return request


def _getresponse(original: Method) -> Method:
    def getresponse(connection: Any) -> Any:
        sock = connection.sock
        if not isinstance(sock, MemorySocket):
            return original(connection)
        options, connection._response_options = connection._response_options, None
        if options is None:
            raise ResponseNotReady
        ClientConnection.close(connection)  # as http.client does when the server closes after its answer
        sock.settimeout(connection.timeout)
        return pool_response(sock.response(), **options._asdict())

    return getresponse


def _message_connection(connection: Any) -> MessageConnection:
    plain = connection.default_port == _PlainMessageConnection.default_port
    messages: MessageConnection = object.__new__(_PlainMessageConnection if plain else MessageConnection)
    messages.__dict__ = connection.__dict__
    return messages


def text(written: Any) -> str:
    """A part of a header line as it goes out."""
    return f"{written}" if isinstance(written, (str, int)) else bytes(written).decode("latin-1")
