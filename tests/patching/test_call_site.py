"""Warnings about a request stand at the line of the test that made it, whichever client and thread carried it."""

from __future__ import annotations

import asyncio
import http.client
import inspect
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import trio
import urllib3
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

from moto_lambda_urls import FunctionUrlPermissionWarning, LambdaUrls

pytestmark = pytest.mark.in_process


def by_requests(url: str) -> int:
    requests.get(url)
    return here()


def by_requests_with_a_timeout(url: str) -> int:
    requests.get(url, timeout=30)
    return here()


def by_a_session(url: str) -> int:
    with requests.Session() as session:
        session.get(url)
        return here()


def by_urllib3(url: str) -> int:
    urllib3.PoolManager().request("GET", url)
    return here()


def by_botocore(url: str) -> int:
    URLLib3Session().send(AWSRequest(method="GET", url=url).prepare())
    return here()


def by_requests_in_a_thread(url: str) -> int:
    with ThreadPoolExecutor() as pool:
        return pool.submit(by_requests, url).result()


def by_http_client(url: str) -> int:
    connection = http.client.HTTPSConnection(url.split("/")[2], context=ssl.create_default_context())
    connection.request("GET", "/")
    connection.getresponse().read()
    return here()


def by_httpx(url: str) -> int:
    httpx.get(url)
    return here()


async def _by_httpx(url: str) -> int:
    async with httpx.AsyncClient() as client:
        await client.get(url)
        return here()


async def _by_aiohttp(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        await response.read()
    return here(back=2)


def by_httpx_on_asyncio(url: str) -> int:
    return asyncio.run(_by_httpx(url))


def by_httpx_on_trio(url: str) -> int:
    return trio.run(_by_httpx, url)


def by_aiohttp(url: str) -> int:
    return asyncio.run(_by_aiohttp(url))


def here(back: int = 1) -> int:
    """The number of the line that is ``back`` lines before the caller's."""
    frame: Any = inspect.currentframe()
    return int(frame.f_back.f_lineno) - back


@pytest.mark.parametrize(
    "ask",
    [
        by_requests,
        by_requests_with_a_timeout,
        by_a_session,
        by_urllib3,
        by_botocore,
        by_requests_in_a_thread,
        by_httpx,
        by_httpx_on_asyncio,
        by_httpx_on_trio,
        by_aiohttp,
    ],
)
def test_the_line_that_made_the_request(mock: LambdaUrls, ask: Callable[[str], int]) -> None:
    url = mock.deploy(lambda event, context: "ok", grant=False)
    with pytest.warns(FunctionUrlPermissionWarning) as caught:
        line = ask(url)
    assert [(each.filename, each.lineno) for each in caught] == [(__file__, line)]


def test_the_line_where_http_client_reads_the_answer(mock: LambdaUrls) -> None:
    url = mock.deploy(lambda event, context: "ok", grant=False)
    with pytest.warns(FunctionUrlPermissionWarning) as caught:
        line = by_http_client(url)
    assert [(each.filename, each.lineno) for each in caught] == [(__file__, line)]
