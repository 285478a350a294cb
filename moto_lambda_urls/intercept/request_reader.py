"""Requests that clients write as bytes, read by h11. Not imported before one does: h11 must not load with a mock."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import h11

from ..messages import Request


class RequestReader:
    """Reads a request to ``host``, in whatever pieces it comes."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=sys.maxsize)
        self._head: h11.Request | None = None
        self._body: list[bytes] = []

    def read(self, piece: bytes) -> Request | None:
        """The request, if ``piece`` completes it; None while there is more to come.

        :raises ValueError: it is no request of HTTP/1.1.
        """
        if piece:  # an empty one tells h11 that the client has closed
            self._connection.receive_data(piece)
        try:
            while (event := self._connection.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Request):
                    self._head = event
                elif isinstance(event, h11.Data):
                    self._body.append(event.data)
                elif self._head:
                    return self._complete(self._head)
        except h11.RemoteProtocolError as error:
            raise ValueError(str(error)) from error
        return None

    def awaits_continue(self) -> bool:
        """Whether the client has sent ``Expect: 100-continue`` and nothing of the body yet."""
        return self._connection.they_are_waiting_for_100_continue

    def _complete(self, head: h11.Request) -> Request:
        path, query = _split_target(head.target.decode("ascii"))
        lines = head.headers.raw_items()
        return Request(
            method=head.method.decode("ascii"),
            host=self._host,
            raw_path=path,
            raw_query=query,
            headers=tuple([(name.decode("ascii"), value.decode("latin-1")) for name, value in lines]),
            body=b"".join(self._body),
        )


def _split_target(target: str) -> tuple[str, str]:
    if not target.startswith("/"):  # the whole URL, as a proxy's client writes it
        url = urlsplit(target)
        return url.path or "/", url.query
    path, _, query = target.partition("?")
    return path, query
