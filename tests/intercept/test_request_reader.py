"""Requests of HTTP/1.1, as a reader gets them and as http.client and aiohttp write them."""

from __future__ import annotations

import asyncio
import http.client
import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from typing import Any

import aiohttp
import pytest
from support.builders import HOST, make_request
from support.clients import Call, Client, named
from support.intercepting import URL, answered_by, text

from moto_lambda_urls.intercept.request_reader import RequestReader
from moto_lambda_urls.messages import Request

pytestmark = pytest.mark.in_process

HOST_LINE = b"Host: " + HOST.encode() + b"\r\n"
PLAIN = b"POST /a%2Fb//c?q=1&r HTTP/1.1\r\n" + HOST_LINE + b"Content-Length: 3\r\n\r\nabc"
CHUNKED = (
    b"PUT / HTTP/1.1\r\nhOST: h\r\ntransfer-encoding: chunked\r\n\r\n"
    b"3;x=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n"
)


def read(content: bytes, *, at_once: int | None = None) -> Request | None:
    """What is read of ``content`` in pieces of ``at_once`` bytes, the last of which completes it."""
    reader = RequestReader(HOST)
    step = at_once or len(content)
    pieces = [content[start : start + step] for start in range(0, len(content), step)]
    for piece in pieces[:-1]:
        assert reader.read(piece) is None
        assert reader.read(b"") is None
    return reader.read(pieces[-1])


@pytest.mark.parametrize("at_once", [None, 1, 7])
def test_a_request_of_known_length(at_once: int | None) -> None:
    assert read(PLAIN, at_once=at_once) == make_request(
        method="POST", path="/a%2Fb//c", query="q=1&r", headers=(("Content-Length", "3"),), body=b"abc"
    )


@pytest.mark.parametrize("at_once", [None, 1, 7])
def test_a_chunked_request(at_once: int | None) -> None:
    got = read(CHUNKED, at_once=at_once)
    assert got is not None
    assert (got.method, got.headers) == ("PUT", (("hOST", "h"), ("transfer-encoding", "chunked")))
    assert got.body == b"abc0123456789"


def test_header_lines_keep_their_order_case_and_bytes_and_folded_lines_are_one() -> None:
    lines = (
        b"X-Latin: caf\xe9\r\nx-two: 1\r\nX-Folded: a\r\n\tb\r\nX-TWO: 2\r\nX-Colon: a:b \r\nX-None:\r\nx-two: 1\r\n"
    )
    got = read(b"GET / HTTP/1.1\r\n" + HOST_LINE + lines + b"\r\n")
    assert got is not None
    assert got.headers == (
        ("Host", HOST),
        ("X-Latin", "caf\xe9"),
        ("x-two", "1"),
        ("X-Folded", "a b"),
        ("X-TWO", "2"),
        ("X-Colon", "a:b"),
        ("X-None", ""),
        ("x-two", "1"),
    )


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/", ("/", "")),
        (b"/?", ("/", "")),
        (b"/a?b?c", ("/a", "b?c")),
        (b"//a//", ("//a//", "")),
        (b"https://host/a%2F?b=1", ("/a%2F", "b=1")),
        (b"http://host:80", ("/", "")),
        (b"http://host?q", ("/", "q")),
    ],
)
def test_targets(target: bytes, expected: tuple[str, str]) -> None:
    got = read(b"GET %b HTTP/1.1\r\n%b\r\n" % (target, HOST_LINE))
    assert got is not None
    assert (got.raw_path, got.raw_query) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (b"Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n", True),
        (b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nx", False),
        (b"Content-Length: 1\r\n\r\n", False),
        (b"Expect: 100-continue\r\n", False),
    ],
)
def test_who_waits_for_continue(lines: bytes, expected: bool) -> None:
    reader = RequestReader(HOST)
    assert reader.read(b"POST / HTTP/1.1\r\n" + HOST_LINE + lines) is None
    assert reader.awaits_continue() is expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GET /a b HTTP/1.1\r\n" + HOST_LINE, "request line"),
        (b"GET http://[/ HTTP/1.1\r\n" + HOST_LINE, "Invalid IPv6 URL"),
        (b"GET / HTTP/1.1\r\nX: 1\r\n", "Missing mandatory Host"),
        (b"GET / HTTP/1.1\r\n" + 2 * HOST_LINE, "multiple Host"),
        (b"GET / HTTP/1.1\r\n" + HOST_LINE + b"X Y: 1\r\n", "header line"),
        (b"GET / HTTP/1.1\r\n" + HOST_LINE + b"X: a\0b\r\n", "header line"),
        (b"GET / HTTP/1.1\r\n" + HOST_LINE + b"Content-Length: +1\r\n", "Content-Length"),
        (b"GET / HTTP/1.1\r\n" + HOST_LINE + b"Transfer-Encoding: gzip\r\n", "Transfer-Encoding"),
        (b"GET / HTTP/1.1\r\n" + HOST_LINE + b"Transfer-Encoding: chunked\r\n\r\nsize", "chunk header"),
    ],
)
def test_what_is_no_request(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        RequestReader(HOST).read(content + b"\r\n\r\n")


@pytest.mark.parametrize("client", named("requests", "urllib3", "http.client", "urllib.request"))
@pytest.mark.parametrize("header", [("X Y", "1"), ("X", "a\0b"), ("Transfer-Encoding", "gzip")])
def test_what_is_no_request_is_a_bad_request(client: Client, header: tuple[str, str]) -> None:
    with answered_by(lambda _: text("")) as arrived:
        reply = client.send(Call(method="GET", url=URL, headers=(header,)))
    assert (reply.status, reply.body, arrived) == (400, b"", [])


def test_http_client_writes_lines_heads_and_bodies_of_any_size() -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b"", *[b"%08d" % number for number in range(1000)], body]

    body = bytes(range(256)) * 24_000
    with answered_by(lambda _: text("")) as arrived, closing(http.client.HTTPConnection(HOST)) as connection:
        framings = ((body, ("Content-Length", str(len(body)))), (chunks(), ("Transfer-Encoding", "chunked")))
        for content, framing in framings:
            connection.putrequest("POST", "/a?b")
            connection.putheader("x-folded", "a", "b")
            connection.putheader("X-Large", "1" * 3_000_000)
            connection.putheader("X-Folded", "c")
            connection.putheader(*framing)
            connection.endheaders(content, encode_chunked="chunked" in framing)
            with connection.getresponse() as got:
                assert got.status == 200
    expected = [("x-folded", "a b"), ("X-Large", "1" * 3_000_000), ("X-Folded", "c")]
    assert [list(each.headers[-4:-1]) for each in arrived] == [expected] * 2
    assert [each.body for each in arrived] == [body, b"".join(b"%08d" % number for number in range(1000)) + body]


def test_aiohttp_writes_heads_and_bodies_of_any_size() -> None:
    async def chunks() -> Any:
        for _ in range(24):
            yield b""
            yield body[: len(body) // 24]

    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            for data, expect100 in ((io.BytesIO(body), False), (io.BytesIO(body), True), (chunks(), False)):
                options: Any = {"data": data, "headers": {"X-Large": "1" * 3_000_000}, "expect100": expect100}
                async with session.post(URL, **options) as got:
                    assert got.status == 200

    body = bytes(1000) * 6_000
    with answered_by(lambda _: text("")) as arrived:
        asyncio.run(main())
    assert [each.header("X-Large") for each in arrived] == ["1" * 3_000_000] * 3
    assert [each.body for each in arrived] == [body] * 3


LATE = """
import sys
from unittest.mock import patch
import httpx
from moto_lambda_urls.intercept import install
from moto_lambda_urls.messages import Response
import aiohttp, asyncio, http.client, io, requests, urllib3

install(lambda request: Response(status=200, body=request.raw_path.encode()))
assert requests.post(URL + "a", data=b"b").text == "/a"
assert requests.post(URL + "a", data=io.BytesIO(b"b")).text == requests.post(URL + "a", data=iter([b"b"])).text == "/a"
assert urllib3.PoolManager().request("POST", URL + "a", body=b"b").data == b"/a"
assert urllib3.PoolManager().request("POST", URL + "a", body=io.BytesIO(b"b"), chunked=True).data == b"/a"
assert "h11" not in sys.modules

def ask(value):
    connection = http.client.HTTPConnection(HOST)
    connection.request("GET", "/b", headers={"X": value})
    with connection.getresponse() as got:
        return got.status, got.read()

async def main():
    async with aiohttp.ClientSession() as session, session.get(URL + "c") as got:
        return await got.text()

for _ in range(2):
    with patch.dict(sys.modules):
        for name in [name for name in sys.modules if name.startswith(("h11", "moto_lambda_urls"))]:
            del sys.modules[name]
        assert ask("1") == (200, b"/b")
        assert ask("a\\0b") == (400, b"")
        assert asyncio.run(main()) == "/c"
    assert "h11" not in sys.modules
print("done")
"""


@pytest.mark.skipif(version("urllib3").startswith("1."), reason="urllib3 1.26 writes its requests as bytes")
def test_h11_loads_with_the_first_client_that_writes_bytes() -> None:
    code = LATE.replace("URL", repr(URL)).replace("HOST", repr(HOST))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("done\n", "")
