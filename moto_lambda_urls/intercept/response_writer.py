"""Responses to intercepted clients as the bytes of HTTP/1.1."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

from ..messages import Response, close_body, has_body, has_length

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BAD_REQUEST = Response(status=400, headers=(("Content-Length", "0"), ("Connection", "close")))
"""The answer to what is no request."""

_LENGTHS = frozenset({"content-length", "transfer-encoding"})


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
    return http.client.responses.get(status, "")
