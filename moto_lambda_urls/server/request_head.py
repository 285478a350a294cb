"""Strict parsing of the head of an HTTP/1.1 request (RFC 9112): what could be read in two ways is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPMessage
from io import BufferedReader

MAX_HEAD_BYTES = 65_536
"""The request line and all header lines together. Decision: AWS takes 1 MB of them for a function URL
(https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), which no client sends by intent."""

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
FIELD_LINE = re.compile(rb"(%b):([\t\x20-\x7e\x80-\xff]*)\r\n" % TOKEN)
_REQUEST_LINE = re.compile(rb"(%b) ([\x21-\x7e]+) (HTTP/1\.[01])\r\n" % TOKEN)
_OTHER_VERSION = re.compile(rb"%b [\x21-\x7e]+ HTTP/[0-9.]+\r\n" % TOKEN)
_TARGET = re.compile(r"(?:/|(?i:https?)://[^/?#@]+(?:[/?]|$))[^#]*|\*")
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}")
_HOST = re.compile(r"[\x21-\x7e]*")
_LENGTH = re.compile(r"[0-9]{1,18}")
_NOT_TEXT = re.compile(rb"[^\x20-\x7e\r]")
_NOTHING = b"\r\n"


class BadRequestError(Exception):
    """The request breaks RFC 9112, or its head is too large; ``status`` is the answer's."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """A request line and its header lines, as sent; ``length`` is the body's in bytes, None when it is chunked."""

    method: str
    target: str
    version: str
    lines: tuple[tuple[str, str], ...]
    length: int | None

    def values(self, name: str) -> list[str]:
        """The values of the header ``name``, which is lower case, a line each."""
        return [value for key, value in self.lines if key.lower() == name]

    def message(self) -> HTTPMessage:
        """The header lines as http.server has them."""
        message = HTTPMessage()
        for name, value in self.lines:
            message[name] = value
        return message

    @property
    def keeps_connection(self) -> bool:
        """Whether the client may send another request after this one."""
        options = {option.strip().lower() for value in self.values("connection") for option in value.split(",")}
        return "close" not in options and (self.version == "HTTP/1.1" or "keep-alive" in options)

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for ``100 Continue`` before it sends its body."""
        return self.version == "HTTP/1.1" and "100-continue" in (value.lower() for value in self.values("expect"))


def read_head(source: BufferedReader) -> RequestHead | None:
    """The next request's head; None when the client has closed the connection instead.

    :raises BadRequestError: it is malformed, ambiguous, of another version or too large.
    """
    begun = source.peek(1)
    if not begun:
        return None
    if _NOT_TEXT.search(begun.partition(b"\n")[0]):  # a TLS hello, for one: do not wait for the end of its line
        raise BadRequestError("This is not HTTP/1.1.")
    first = _line(source, MAX_HEAD_BYTES, HTTPStatus.REQUEST_URI_TOO_LONG)
    if first == _NOTHING:  # RFC 9112, 2.2: an empty line before a request is skipped
        first = _line(source, MAX_HEAD_BYTES, HTTPStatus.REQUEST_URI_TOO_LONG)
    method, target, version = _request_line(first)
    lines = _field_lines(source, MAX_HEAD_BYTES - len(first))
    _check_host(lines, version)
    return RequestHead(method=method, target=target, version=version, lines=lines, length=_length(lines, version))


def _line(source: BufferedReader, most: int, status: HTTPStatus) -> bytes:
    line = source.readline(most + 1)
    if len(line) > most:
        raise BadRequestError(f"The request's head has more than {MAX_HEAD_BYTES} bytes.", status)
    if not line.endswith(b"\r\n"):
        raise BadRequestError("A line of the request's head does not end with CR LF.")
    return line


def _request_line(line: bytes) -> tuple[str, str, str]:
    found = _REQUEST_LINE.fullmatch(line)
    if found is None and _OTHER_VERSION.fullmatch(line):
        raise BadRequestError("This server speaks HTTP/1.1 and 1.0.", HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    if found is None:
        raise BadRequestError("The first line is no request of HTTP/1.1.")
    method, target, version = (part.decode("ascii") for part in found.groups())
    if not (_AUTHORITY if method == "CONNECT" else _TARGET).fullmatch(target):
        raise BadRequestError("The request's target is neither a path nor an http URL.")
    return method, target, version


def _field_lines(source: BufferedReader, left: int) -> tuple[tuple[str, str], ...]:
    lines: list[tuple[str, str]] = []
    while (line := _line(source, left, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)) != _NOTHING:
        left -= len(line)
        found = FIELD_LINE.fullmatch(line)
        if found is None:
            raise BadRequestError("A header line is not of the form 'name: value'.")
        lines.append((found[1].decode("ascii"), found[2].strip(b" \t").decode("latin-1")))
    return tuple(lines)


def _check_host(lines: tuple[tuple[str, str], ...], version: str) -> None:
    hosts = [value for name, value in lines if name.lower() == "host"]
    if len(hosts) > 1 or (not hosts and version == "HTTP/1.1"):
        raise BadRequestError(f"The request has {len(hosts)} Host lines instead of one.")
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise BadRequestError("The request's Host is no host.")


def _length(lines: tuple[tuple[str, str], ...], version: str) -> int | None:
    # RFC 9112, 6.3 lets a server guess what equal lengths, or a length beside a coding, mean; this one does not.
    framing = [(name.lower(), value) for name, value in lines if name.lower() in _FRAMING]
    if not framing:
        return 0
    if len(framing) > 1:
        raise BadRequestError("More than one header line says how long the body is.")
    [(name, value)] = framing
    if name == "content-length":
        if not _LENGTH.fullmatch(value):
            raise BadRequestError("Content-Length is not one number.")
        return int(value)
    if value.lower() != "chunked" or version != "HTTP/1.1":
        raise BadRequestError(f"Transfer-Encoding {value[:40]!r} is not known here.")
    return None


_FRAMING = frozenset({"content-length", "transfer-encoding"})
