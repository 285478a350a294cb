"""Every HTTP client, behind one signature."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import httpx
import pytest
import requests
import urllib3
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ReadTimeoutError as BotocoreReadTimeoutError
from botocore.httpsession import URLLib3Session

Pairs = tuple[tuple[str, str], ...]
Each = Callable[[bytes], bool]


@dataclass(frozen=True)
class Reply:
    """What a client got: header names in lower case, the body decoded."""

    status: int
    headers: Pairs
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a client is asked to send. ``chunks`` is a body for upload in chunks; ``timeout`` is in seconds."""

    method: str
    url: str
    headers: Pairs = ()
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()
    timeout: float | None = None

    def limit(self) -> dict[str, Any]:
        """The timeout as a keyword argument; without one, the client's own default holds."""
        return {} if self.timeout is None else {"timeout": self.timeout}

    def content(self) -> Any:
        """The body as clients take it: bytes, a generator, or None."""
        return (chunk for chunk in self.chunks) if self.chunks else self.body or None

    async def async_content(self) -> Any:
        for chunk in self.chunks:
            yield chunk


@dataclass(frozen=True, kw_only=True)
class Client:
    """``send`` makes one exchange; ``stream`` gives each piece of a body to a function until that returns False."""

    name: str
    send: Callable[[Call], Reply]
    late: type[Exception]
    stream: Callable[[str, Each], None] | None = None


def _reply(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Reply:
    return Reply(status, tuple((name.lower(), value) for name, value in headers), body)


def _quoted(url: str) -> str:
    return quote(url, safe=":/?&=%")


def _unzipped(headers: Any, body: bytes) -> bytes:
    return gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body


def _until_false(pieces: Iterable[bytes], each: Each) -> None:
    for piece in pieces:
        if piece and not each(piece):
            return


def with_requests(call: Call) -> Reply:
    with requests.Session() as session:
        got = session.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            data=call.content(),
            timeout=call.timeout,
            allow_redirects=False,
        )
        return _reply(got.status_code, got.raw.headers.items(), got.content)


def stream_requests(url: str, each: Each) -> None:
    with requests.get(url, stream=True) as got:
        _until_false(got.iter_content(None), each)


def with_urllib3(call: Call) -> Reply:
    with urllib3.PoolManager() as pool:
        got = pool.request(
            call.method,
            call.url,
            headers=dict(call.headers),
            body=call.content(),
            timeout=call.timeout,
            retries=False,
        )
        return _reply(got.status, got.headers.items(), got.data)


def stream_urllib3(url: str, each: Each) -> None:
    with urllib3.PoolManager() as pool:
        got = pool.request("GET", url, preload_content=False)
        _until_false(got.stream(), each)
        got.close()


def with_http_client(call: Call) -> Reply:
    url = urlsplit(_quoted(call.url))
    target = url.path + (f"?{url.query}" if url.query or call.url.endswith("?") else "")
    connection_class = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    with closing(connection_class(url.hostname or "", url.port, **call.limit())) as connection:
        connection.request(
            call.method, target, body=call.content(), headers=dict(call.headers), encode_chunked=bool(call.chunks)
        )
        with connection.getresponse() as got:
            return _reply(got.status, got.headers.items(), _unzipped(got.headers, got.read()))


def stream_http_client(url: str, each: Each) -> None:
    with closing(http.client.HTTPSConnection(urlsplit(url).hostname or "")) as connection:
        connection.request("GET", urlsplit(url).path)
        with connection.getresponse() as got:
            _until_false(iter(lambda: got.read1(65_536), b""), each)


class _Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def with_urllib_request(call: Call) -> Reply:
    request = urllib.request.Request(_quoted(call.url), call.content(), dict(call.headers), method=call.method)
    opener = urllib.request.build_opener(_Unredirected)
    try:
        got = opener.open(request, **call.limit())
    except urllib.error.HTTPError as error:
        got = error
    with got:
        return _reply(got.status, got.headers.items(), _unzipped(got.headers, got.read()))


def stream_urllib_request(url: str, each: Each) -> None:
    with urllib.request.urlopen(url) as got:
        _until_false(iter(lambda: got.read1(65_536), b""), each)


def with_botocore(call: Call) -> Reply:
    prepared = AWSRequest(call.method, call.url, dict(call.headers), call.content()).prepare()
    for name, value in call.headers:
        prepared.headers[name] = value
    got = URLLib3Session(**call.limit()).send(prepared)
    return _reply(got.status_code, got.raw.headers.items(), _unzipped(got.headers, got.content))


def stream_botocore(url: str, each: Each) -> None:
    prepared = AWSRequest("GET", url, stream_output=True).prepare()
    got = URLLib3Session().send(prepared)
    _until_false(got.raw.stream(), each)
    got.raw.close()


def with_httpx(call: Call) -> Reply:
    with httpx.Client(timeout=call.timeout) as client:
        got = client.request(call.method, call.url, headers=call.headers, content=call.content())
        return _reply(got.status_code, got.headers.multi_items(), got.content)


def stream_httpx(url: str, each: Each) -> None:
    with httpx.stream("GET", url) as got:
        _until_false(got.iter_bytes(), each)


async def httpx_async(call: Call) -> Reply:
    async with httpx.AsyncClient(timeout=call.timeout) as client:
        content = call.async_content() if call.chunks else call.content()
        got = await client.request(call.method, call.url, headers=call.headers, content=content)
        return _reply(got.status_code, got.headers.multi_items(), got.content)


async def _stream_httpx_async(url: str, each: Each) -> None:
    async with httpx.AsyncClient() as client, client.stream("GET", url) as got:
        async for piece in got.aiter_bytes():
            if not each(piece):
                return


async def aiohttp_async(call: Call) -> Reply:
    timeout = aiohttp.ClientTimeout(sock_read=call.timeout)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        content = call.async_content() if call.chunks else call.content()
        async with session.request(
            call.method, call.url, headers=call.headers, data=content, allow_redirects=False
        ) as got:
            return _reply(got.status, got.headers.items(), await got.read())


async def _stream_aiohttp(url: str, each: Each) -> None:
    async with aiohttp.ClientSession() as session, session.get(url) as got:
        async for piece in got.content.iter_any():
            if not each(piece):
                got.close()
                return


def _on_asyncio(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: asyncio.run(function(*args))


def _on_trio(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: pytest.importorskip("trio").run(function, *args)


CLIENTS = [
    Client(name="requests", send=with_requests, stream=stream_requests, late=requests.ReadTimeout),
    Client(name="urllib3", send=with_urllib3, stream=stream_urllib3, late=urllib3.exceptions.ReadTimeoutError),
    Client(name="http.client", send=with_http_client, stream=stream_http_client, late=socket.timeout),
    Client(name="urllib.request", send=with_urllib_request, stream=stream_urllib_request, late=socket.timeout),
    Client(name="botocore", send=with_botocore, stream=stream_botocore, late=BotocoreReadTimeoutError),
    Client(name="httpx", send=with_httpx, stream=stream_httpx, late=httpx.ReadTimeout),
    Client(
        name="httpx-asyncio",
        send=_on_asyncio(httpx_async),
        stream=_on_asyncio(_stream_httpx_async),
        late=httpx.ReadTimeout,
    ),
    Client(name="httpx-trio", send=_on_trio(httpx_async), stream=_on_trio(_stream_httpx_async), late=httpx.ReadTimeout),
    Client(
        name="aiohttp",
        send=_on_asyncio(aiohttp_async),
        stream=_on_asyncio(_stream_aiohttp),
        late=aiohttp.ServerTimeoutError,
    ),
]


def named(*names: str) -> list[Any]:
    """Parameters for ``pytest.mark.parametrize``: these clients, as far as they are there; all without names."""
    return [pytest.param(client, id=client.name) for client in CLIENTS if not names or client.name in names]
