"""A handler's exception reaches the caller as it was raised, whatever the client makes of its own."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator

import aiohttp
import httpx
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from support.clients import Call, Client, named
from support.intercepting import URL, answered_by, text
from urllib3.connection import HTTPSConnection
from urllib3.util import Retry

from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process

PATIENCE = 20.0
ERRORS: list[Exception] = [
    OSError("own"),
    ConnectionResetError("own"),
    TimeoutError("own"),
    ssl.SSLError("own"),
    ValueError("own"),
    KeyError("own"),
    http.client.HTTPException("own"),
    http.client.IncompleteRead(b"own"),
    urllib.error.URLError("own"),
    urllib3.exceptions.ProtocolError("own"),
    urllib3.exceptions.DecodeError("own"),
    urllib3.exceptions.ReadTimeoutError(None, "own", "own"),  # type: ignore[arg-type]  # no pool is at hand
    urllib3.exceptions.MaxRetryError(None, "own"),  # type: ignore[arg-type]  # no pool is at hand
    urllib3.exceptions.InvalidHeader("own"),
    requests.ConnectionError("own"),
    requests.ReadTimeout("own"),
    httpx.ReadTimeout("own"),
    httpx.RemoteProtocolError("own"),
]
errors = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


@errors
@pytest.mark.parametrize("timeout", [None, PATIENCE])
@pytest.mark.parametrize("client", named())
def test_an_exception_instead_of_an_answer(client: Client, timeout: float | None, error: Exception) -> None:
    def handle(_: Request) -> Response:
        raise error

    with answered_by(handle) as arrived, pytest.raises(type(error)) as raised:
        client.send(Call(method="GET", url=URL, timeout=timeout))
    assert raised.value is error
    assert len(arrived) == 1


@errors
@pytest.mark.parametrize("timeout", [None, PATIENCE])
@pytest.mark.parametrize("client", named())
def test_an_exception_within_a_streamed_answer(client: Client, timeout: float | None, error: Exception) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first"
        raise error

    with answered_by(lambda _: Response(status=200, body=chunks())) as arrived, pytest.raises(type(error)) as raised:
        client.send(Call(method="GET", url=URL, timeout=timeout))
    assert raised.value is error
    assert len(arrived) == 1


@errors
def test_an_exception_after_aiohttp_has_waited_for_100_continue(error: Exception) -> None:
    def handle(_: Request) -> Response:
        raise error

    async def post() -> None:
        async with aiohttp.ClientSession() as session:
            await session.post(URL, data=b"x", expect100=True, timeout=aiohttp.ClientTimeout(PATIENCE))

    with answered_by(handle) as arrived, pytest.raises(type(error)) as raised:
        asyncio.run(post())
    assert raised.value is error
    assert len(arrived) == 1


@errors
@pytest.mark.parametrize("client", named("requests", "urllib3", "botocore", "httpx", "aiohttp", "http.client"))
def test_an_exception_of_a_handler_that_another_handler_calls(client: Client, error: Exception) -> None:
    def handle(request: Request) -> Response:
        if request.raw_path == "/inner":
            raise error
        try:
            client.send(Call(method="GET", url=f"{URL}inner"))
        except Exception as raised:
            return text(str(raised is error))
        return text("nothing raised")

    with answered_by(handle):
        assert client.send(Call(method="GET", url=URL)).body == b"True"


@errors
@pytest.mark.parametrize("streamed", [False, True])
def test_an_exception_through_a_bare_connection_of_urllib3(error: Exception, streamed: bool) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first"
        raise error

    def handle(_: Request) -> Response:
        if streamed:
            return Response(status=200, body=chunks())
        raise error

    connection = HTTPSConnection(URL.split("/")[2])
    with answered_by(handle), pytest.raises(type(error)) as raised:
        connection.request("GET", "/")
        connection.getresponse().read()
    assert raised.value is error


@errors
def test_an_exception_while_requests_streams(error: Exception) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first"
        raise error

    with answered_by(lambda _: Response(status=200, body=chunks())), requests.get(URL, stream=True) as got:
        parts = got.iter_content(None)
        assert next(parts) == b"first"
        with pytest.raises(type(error)) as raised:
            next(parts)
    assert raised.value is error


@errors
def test_a_retry_policy_does_not_try_again(error: Exception) -> None:
    def handle(_: Request) -> Response:
        raise error

    with answered_by(handle) as arrived, requests.Session() as session, urllib3.PoolManager() as pool:
        session.mount("https://", HTTPAdapter(max_retries=Retry(3, backoff_factor=0)))
        with pytest.raises(type(error)):
            session.get(URL, timeout=PATIENCE)
        with pytest.raises(type(error)):
            pool.request("GET", URL, retries=Retry(3, backoff_factor=0))
    assert len(arrived) == 2


@pytest.mark.parametrize("client", named("requests", "urllib3", "http.client", "urllib.request", "botocore"))
def test_a_request_with_a_length_that_is_none_is_a_bad_request(client: Client) -> None:
    with answered_by(lambda _: text("")) as arrived:
        reply = client.send(Call(method="GET", url=URL, headers=(("Content-Length", "many"),)))
    assert (reply.status, reply.body, arrived) == (400, b"", [])


@pytest.mark.parametrize("client", named("httpx", "httpx-asyncio"))
def test_httpx_refuses_a_length_that_is_none(client: Client) -> None:
    with answered_by(lambda _: text("")), pytest.raises(httpx.LocalProtocolError, match="bad Content-Length"):
        client.send(Call(method="GET", url=URL, headers=(("Content-Length", "many"),)))


@pytest.mark.parametrize("client", named("requests", "urllib3", "http.client", "urllib.request"))
def test_an_answer_with_a_length_that_is_none_is_read_to_its_end(client: Client) -> None:
    with answered_by(lambda _: Response(status=200, headers=(("Content-Length", "many"),), body=b"all of it")):
        assert client.send(Call(method="GET", url=URL)).body == b"all of it"


def test_a_bare_connection_of_urllib3_that_outlives_the_mock_says_so() -> None:
    connection = HTTPSConnection(URL.split("/")[2])
    with answered_by(lambda _: text("")):
        connection.request("GET", "/")
    with pytest.raises(ConnectionError, match="was opened under a mock that has ended"):
        connection.getresponse()
