"""HTTP requests and responses as values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Headers = tuple[tuple[str, str], ...]
"""Header lines in the order and spelling of the wire, repeated names included."""

HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
"""What a header line can hold: https://www.rfc-editor.org/rfc/rfc9110#section-5."""

CONNECTION_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding"})
"""Names, in lower case, of the headers that a server sends for its connection: it leaves out those of a response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it was sent to a function URL, before anything is decoded.

    ``host`` is the AWS host name that it is for (``<id>.lambda-url.<region>.on.aws``, lower case, no port), however it
    was addressed. ``raw_path`` starts with ``/`` and keeps its percent-encoding; ``raw_query`` has no ``?``.
    ``headers`` holds what the client sent, its own ``Host`` line included, as ``str`` and nothing derived from it: the
    handler gets them. ``signed_path`` is the path that the client put on the wire where it is another than ``raw_path``
    (a server's prefix was taken off): signatures are made over that one. ``scheme`` is what the client spoke.
    ``is_served`` is True where a server received it, whose clients may be other programs.
    """

    method: str
    host: str
    raw_path: str = "/"
    raw_query: str = ""
    headers: Headers = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    signed_path: str | None = None
    scheme: str = "https"
    is_served: bool = field(default=False, compare=False)

    def header(self, name: str) -> str | None:
        """The value of the header ``name`` (any case), repeated lines joined by ``,``; None when there is none."""
        return _joined(self.headers, name)

    @property
    def size(self) -> int:
        """About its bytes: the characters of method, target and header lines, and the bytes of the body."""
        lines = sum([len(name) + len(value) for name, value in self.headers])
        return len(self.method) + len(self.raw_path) + len(self.raw_query) + lines + len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer as it goes out: ``body`` is bytes, or for a streamed answer an iterator of non-empty chunks.

    Whoever stops reading an iterator early must give it to ``close_body``.
    """

    status: int
    headers: Headers = ()
    body: bytes | Iterator[bytes] = b""

    def header(self, name: str) -> str | None:
        """The value of the header ``name`` (any case), repeated lines joined by ``,``; None when there is none."""
        return _joined(self.headers, name)


Handle = Callable[[Request], Response]
"""Answers a request to a function URL."""


def error_response(status: int, error_type: str, body: Mapping[str, str | None]) -> Response:
    """AWS's answer of an error: ``error_type`` is its ``x-amzn-ErrorType``, ``body`` the JSON object."""
    return Response(
        status=status,
        headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type)),
        body=json.dumps(body, separators=(",", ":")).encode(),
    )


def has_body(method: str, status: int) -> bool:
    """Whether a response to ``method`` with ``status`` has a body at all (RFC 9110 6.4.1)."""
    return method != "HEAD" and has_length(status)


def has_length(status: int) -> bool:
    """Whether a response with ``status`` has a Content-Length: not 1xx and 204 (RFC 9110 8.6), nor 304 here."""
    return status >= 200 and status not in (204, 304)


def close_body(body: object) -> None:
    """Close ``body``, a response's, if it is an iterator that can be closed."""
    close = getattr(body, "close", None)
    if close is not None:
        close()


def _joined(headers: Headers, name: str) -> str | None:
    values = [value for key, value in headers if key.lower() == name.lower()]
    return ",".join(values) if values else None
