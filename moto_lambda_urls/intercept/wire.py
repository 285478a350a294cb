"""HTTP/1.1 of intercepted clients as bytes: parsing of requests, and serialization of responses."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from ..messages import Headers, Request, Response, close_body, has_body, has_length

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BAD_REQUEST = Response(status=400, headers=(("Content-Length", "0"), ("Connection", "close")))
"""The answer to a ``MalformedRequest``."""

_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"
_LENGTHS = frozenset({"content-length", "transfer-encoding"})
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class MalformedRequest(ValueError):  # noqa: N818 - what a server calls it
    """A request of which nobody can tell where its body ends."""


class _RequestHead(NamedTuple):
    method: str
    raw_path: str
    raw_query: str
    headers: Headers
    length: int | None  # None: the body comes in chunks
    expects_continue: bool
    end: int


class RequestReader:
    """A request to ``host``, from its bytes as a client writes them."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._buffer = bytearray()
        self._head: _RequestHead | None = None
        self._chunks = bytearray()
        self._position = 0

    def feed(self, data: bytes) -> None:
        """Add the next bytes."""
        self._buffer += data

    def request(self) -> Request | None:
        """The request once it is complete; None while there is more to come.

        :raises MalformedRequest: its lines do not say how long it is.
        """
        head = self._head or self._read_head()
        body = None if head is None else self._read_body(head)
        if head is None or body is None:
            return None
        return Request(
            method=head.method,
            host=self._host,
            raw_path=head.raw_path,
            raw_query=head.raw_query,
            headers=head.headers,
            body=body,
        )

    def awaits_continue(self) -> bool:
        """Whether the client has sent ``Expect: 100-continue`` and nothing of the body yet."""
        head = self._head or self._read_head()
        return head is not None and head.expects_continue and len(self._buffer) == head.end

    def _read_head(self) -> _RequestHead | None:
        end = self._buffer.find(_HEAD_END)
        if end < 0:
            return None
        first, _, lines = self._buffer[:end].decode("latin-1").partition("\r\n")
        method, _, rest = first.partition(" ")
        self._position = end + len(_HEAD_END)
        return self._understood(method, rest.rpartition(" ")[0], header_pairs(lines))

    def _understood(self, method: str, target: str, headers: Headers) -> _RequestHead:
        values = {name.lower(): value for name, value in headers}
        self._head = _RequestHead(
            method,
            *_split_target(target),
            headers,
            None if "chunked" in values.get("transfer-encoding", "").lower() else _length(values.get("content-length")),
            values.get("expect", "").lower() == "100-continue",
            self._position,
        )
        return self._head

    def _read_body(self, head: _RequestHead) -> bytes | None:
        if head.length is None:
            return bytes(self._chunks) if self._read_chunks() else None
        end = head.end + head.length
        return None if len(self._buffer) < end else bytes(self._buffer[head.end : end])

    def _read_chunks(self) -> bool:
        while (line_end := self._buffer.find(_LINE_END, self._position)) >= 0:
            size = int(self._buffer[self._position : line_end].partition(b";")[0], 16)
            start = line_end + len(_LINE_END)
            if size == 0:  # trailers may follow, up to an empty line
                return self._buffer.find(_HEAD_END, line_end) >= 0
            if len(self._buffer) < start + size + len(_LINE_END):
                return False
            self._chunks += self._buffer[start : start + size]
            self._position = start + size + len(_LINE_END)
        return False


def delimited(response: Response, method: str) -> Response:
    """``response`` to a request with ``method`` as the wire carries it: without a body where HTTP has none, and with
    a line that says where the body ends. The body of a bodiless answer is closed.
    """
    headers, body = response.headers, response.body
    if has_length(response.status) and _LENGTHS.isdisjoint([name.lower() for name, _ in headers]):
        length = ("Content-Length", str(len(body))) if isinstance(body, bytes) else ("Transfer-Encoding", "chunked")
        headers = (*headers, length)
    if not has_body(method, response.status):
        close_body(body)
        body = b""
    if headers is response.headers and body is response.body:
        return response
    return Response(status=response.status, headers=headers, body=body)


def head_bytes(response: Response) -> bytes:
    """Status line and headers of ``response``."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    return f"HTTP/1.1 {response.status} {reason(response.status)}\r\n{lines}\r\n".encode("latin-1")


class BodyParts(Iterator[bytes]):
    """The bytes of a delimited response's streamed body, in the pieces that the handler made."""

    def __init__(self, response: Response) -> None:
        assert not isinstance(response.body, bytes)
        self._chunks = response.body
        self._chunked = response.header("Transfer-Encoding") is not None
        self._ended = False

    def __next__(self) -> bytes:
        for chunk in self._chunks:
            if chunk:
                return b"%x\r\n%b\r\n" % (len(chunk), chunk) if self._chunked else chunk
        if self._ended or not self._chunked:
            raise StopIteration
        self._ended = True
        return b"0\r\n\r\n"

    def close(self) -> None:
        """Close what makes the body."""
        close_body(self._chunks)


def reason(status: int) -> str:
    """The phrase that goes with ``status``, empty for one that has no name."""
    return _REASONS.get(status, "")


def _length(value: str | None) -> int:
    if value is None:
        return 0
    if not (value.isascii() and value.isdigit()):
        raise MalformedRequest(f"Content-Length: {value}")
    return int(value)


def _split_target(target: str) -> tuple[str, str]:
    if not target.startswith("/"):  # the whole URL, as a proxy's client writes it
        url = urlsplit(target)
        return url.path or "/", url.query
    path, _, query = target.partition("?")
    return path, query


def header_pairs(lines: str) -> Headers:
    """Names and values of header ``lines``."""
    pairs: list[tuple[str, str]] = []
    for line in lines.split("\r\n") if lines else ():
        if line[0] in " \t":  # http.client folds a header that was given several values
            name, value = pairs.pop()
            pairs.append((name, f"{value} {line.strip()}"))
        else:
            name, _, value = line.partition(":")
            pairs.append((name, value.strip(" \t")))
    return tuple(pairs)
