"""Function URLs as probes ask them: a request, sent as it is, and the reply."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

Pairs = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Url:
    """A function URL that a probe asks."""

    function_name: str
    url: str
    url_id: str


@dataclass(frozen=True)
class UrlRequest:
    """A request to a function URL; ``chunks`` are sent in chunked encoding, in the place of ``body``."""

    url: Url
    method: str = "GET"
    target: str = "/"
    headers: Pairs = ()
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()

    def send(self, host: str, endpoint_url: str | None) -> Reply:
        """Send it with ``host`` in its Host header: to that host itself, or to a server at ``endpoint_url``."""
        connection: http.client.HTTPConnection
        if endpoint_url is None:
            connection = http.client.HTTPSConnection(host, timeout=70)
        else:
            connection = http.client.HTTPConnection(urlsplit(endpoint_url).netloc, timeout=70)
        try:
            connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            for name, value in self.headers:
                connection.putheader(name, value)
            if self.chunks:
                connection.putheader("Transfer-Encoding", "chunked")
            elif self.body or self.method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(self.body)))
            body = iter(self.chunks) if self.chunks else self.body or None
            connection.endheaders(body, encode_chunked=bool(self.chunks))
            answer = connection.getresponse()
            lines = [(name.lower(), value) for name, value in answer.getheaders()]
            return Reply(answer.status, lines, answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Reply:
    """What a function URL answered: names in lower case, everything as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def is_compressed(self) -> bool:
        """Whether the body's bytes, and their number, differ by the release of zlib."""
        return ("content-encoding", "gzip") in self.headers

    @property
    def content(self) -> bytes:
        """The body without its encoding."""
        return gzip.decompress(self.body) if self.is_compressed else self.body
