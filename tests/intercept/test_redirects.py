"""Redirects and cookies are the clients' own business, and work on function URLs."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar

import aiohttp
import httpx
import pytest
import requests
import urllib3
from support.builders import HOST
from support.intercepting import URL, answered_by, text

from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process

OTHER = HOST.replace("abc", "xyz")
Ask = Callable[[str], str]


def by_requests(url: str) -> str:
    with requests.Session() as session:
        return session.get(url).text


def by_urllib_request(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with opener.open(url) as got:
        return got.read().decode()


def by_httpx(url: str) -> str:
    with httpx.Client(follow_redirects=True) as client:
        return client.get(url).text


def by_httpx_async(url: str) -> str:
    async def ask() -> str:
        async with httpx.AsyncClient(follow_redirects=True) as client:
            return (await client.get(url)).text

    return asyncio.run(ask())


def by_aiohttp(url: str) -> str:
    async def ask() -> str:
        async with aiohttp.ClientSession() as session, session.get(url) as got:
            return await got.text()

    return asyncio.run(ask())


def by_urllib3(url: str) -> str:
    with urllib3.PoolManager() as pool:
        return pool.request("GET", url).data.decode()


def site(request: Request) -> Response:
    """Logs in with cookies and sends on, first to another path and then to another function URL."""
    if request.raw_path == "/login":
        cookies = (("Set-Cookie", "session=s1; Path=/"), ("Set-Cookie", "theme=dark; Path=/"))
        return text("", status=302, headers=(("Location", "/home?from=login"), *cookies))
    if request.raw_path == "/away":
        return text("", status=307, headers=(("Location", f"https://{OTHER}/there"),))
    return text(f"{request.host[:3]} {request.raw_path}?{request.raw_query} {request.header('Cookie')}")


with_a_jar = pytest.mark.parametrize("ask", [by_requests, by_urllib_request, by_httpx, by_httpx_async, by_aiohttp])
every = pytest.mark.parametrize(
    "ask", [by_requests, by_urllib_request, by_httpx, by_httpx_async, by_aiohttp, by_urllib3]
)


@with_a_jar
def test_a_redirect_with_cookies(ask: Ask) -> None:
    with answered_by(site) as arrived:
        assert ask(f"{URL}login") == "abc /home?from=login session=s1; theme=dark"
    assert [request.raw_path for request in arrived] == ["/login", "/home"]


@every
def test_a_redirect_to_another_function_url(ask: Ask) -> None:
    with answered_by(site) as arrived:
        assert ask(f"{URL}away") == "xyz /there? None"
    assert [request.host for request in arrived] == [HOST, OTHER]


def test_urllib3_follows_a_redirect() -> None:
    with answered_by(site):
        assert by_urllib3(f"{URL}login") == "abc /home?from=login None"
