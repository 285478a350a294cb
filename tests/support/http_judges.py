"""Other people's parsers of HTTP/1.1, to compare ours with: each gives the requests that bytes hold, up to an error."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import h11
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpRequestParser
from aiohttp.http_exceptions import HttpProcessingError


@dataclass(frozen=True)
class Parsed:
    """A complete request: where it ends is known by its body, and by what comes next."""

    method: str
    target: str
    body: bytes


def by_llhttp(sent: bytes) -> list[Parsed]:
    """What aiohttp's parser reads, which is llhttp, the parser of Node."""
    loop = asyncio.new_event_loop()
    try:
        parser = HttpRequestParser(BaseProtocol(loop), loop, 2**16, max_line_size=2**17, max_field_size=2**17)
        messages = []
        for position in range(len(sent)):  # one by one: an error takes what was fed along with it
            messages += parser.feed_data(sent[position : position + 1])[0]
    except (HttpProcessingError, ValueError):
        pass
    finally:
        loop.close()
    return [
        Parsed(message.method, message.path, b"".join(getattr(payload, "_buffer", ())))
        for message, payload in messages
        if payload.is_eof() and payload.exception() is None
    ]


def by_h11(sent: bytes) -> list[Parsed]:
    """What h11 reads."""
    found: list[Parsed] = []
    rest = sent
    while rest:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=2**17)
        connection.receive_data(rest.removeprefix(b"\r\n"))  # h11 does not skip an empty line, as RFC 9112 lets it
        try:
            request = _one(connection)
        except h11.RemoteProtocolError:
            break
        if request is None:
            break
        found.append(request)
        rest = connection.trailing_data[0]
    return found


def _one(connection: h11.Connection) -> Parsed | None:
    head: h11.Request | None = None
    body = b""
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            return Parsed(head.method.decode(), head.target.decode(), body)
        else:
            return None
