"""Parsing of the HTTP/1.1 requests of functions' runtimes from bytes, without I/O."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_HEAD_BYTES = 2 * 1024 * 1024
"""Clients of AWS's send an X-Ray cause of up to 1 MB in one header."""

_END_OF_HEAD = b"\r\n\r\n"


class Malformed(Exception):  # noqa: N818 - what it says of the bytes
    """The bytes are no HTTP/1.1 request."""


@dataclass(frozen=True)
class RequestStart:
    """A request line and its headers, whose names are in lower case; ``target`` is as it was sent."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass(frozen=True)
class RequestEnd:
    """The end of a request's body, with the trailers that followed it."""

    trailers: dict[str, str] = field(default_factory=dict)


class RequestParser:
    """The requests of one connection: ``feed`` it bytes, and ask for ``next_event`` until there is none.

    A request is a ``RequestStart``, any number of pieces of its body, and a ``RequestEnd``.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._in_body = False
        self._chunked = False
        self._in_trailers = False
        self._left = 0

    @property
    def in_body(self) -> bool:
        """Whether a request has begun and not ended."""
        return self._in_body

    def feed(self, data: bytes) -> None:
        """Add what was received."""
        self._buffer += data

    def next_event(self) -> RequestStart | bytes | RequestEnd | None:
        """The next part of a request; None until more is fed.

        :raises Malformed: there will never be one.
        """
        if not self._in_body:
            return self._read_head()
        if self._left:
            return self._read_body()
        if not self._chunked:
            return self._end({})
        return self._read_trailers() if self._in_trailers else self._read_chunk_size()

    def _read_head(self) -> RequestStart | None:
        text = self._take_through(_END_OF_HEAD, MAX_HEAD_BYTES)
        if text is None:
            return None
        lines = text.decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise Malformed(f"{lines[0]!r} is no request line")
        headers = _fields(lines[1:])
        self._in_body = True
        self._chunked = headers.get("transfer-encoding", "").lower().endswith("chunked")
        self._left = 0 if self._chunked else _length(headers.get("content-length", "0"), 10)
        return RequestStart(words[0], words[1], headers)

    def _read_body(self) -> bytes | None:
        piece = bytes(self._buffer[: self._left])
        if not piece:
            return None
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        return piece

    def _read_chunk_size(self) -> bytes | RequestEnd | None:
        line = self._take_through(b"\r\n", MAX_HEAD_BYTES)
        if line is None:
            return None
        if not line:  # what ends the chunk before
            return self._read_chunk_size()
        self._left = _length(line.partition(b";")[0].decode("latin-1").strip(), 16)
        if self._left:
            return self._read_body()
        self._in_trailers = True
        return self._read_trailers()

    def _read_trailers(self) -> RequestEnd | None:
        if self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]
            return self._end({})
        text = self._take_through(_END_OF_HEAD, MAX_HEAD_BYTES)
        return None if text is None else self._end(_fields(text.decode("latin-1").split("\r\n")))

    def _end(self, trailers: dict[str, str]) -> RequestEnd:
        self._in_body = self._chunked = self._in_trailers = False
        return RequestEnd(trailers)

    def _take_through(self, mark: bytes, most: int) -> bytes | None:
        """What stands before ``mark``, which goes with it."""
        at = self._buffer.find(mark)
        if at < 0:
            if len(self._buffer) > most:
                raise Malformed(f"over {most} bytes without an end")
            return None
        text = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return text


def response_bytes(status: int, reason: str, headers: dict[str, str], body: bytes) -> bytes:
    """A whole response."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1", "replace") + body


def _fields(lines: list[str]) -> dict[str, str]:
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise Malformed(f"{line!r} is no header")
        fields[name.lower()] = value.strip()
    return fields


def _length(text: str, base: int) -> int:
    if not text.isalnum():
        raise Malformed(f"{text!r} is no length")
    try:
        return int(text, base)
    except ValueError as error:
        raise Malformed(f"{text!r} is no length") from error
