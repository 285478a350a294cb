from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from time import monotonic
from typing import Any

import httpx
import pytest
import requests
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process
BOTH = pytest.mark.parametrize("invoke_mode", ["BUFFERED", "RESPONSE_STREAM"])
Send = Callable[[dict[str, Any]], Any]


def start(status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}


def body(content: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": content, "more_body": more}


@BOTH
def test_lifespan(mock: LambdaUrls, invoke_mode: Any) -> None:
    said: list[str] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        said.append("startup")
        yield {"pool": "open"}
        said.append("shutdown")

    def page(request: Request) -> Response:
        said.append("request")
        return PlainTextResponse(request.state.pool)

    url = mock.deploy(Starlette(routes=[Route("/", page)], lifespan=lifespan), invoke_mode=invoke_mode)
    assert requests.get(url).text == "open"
    assert said == ["startup", "request", "shutdown"]


@BOTH
def test_application_without_lifespan(mock: LambdaUrls, invoke_mode: Any) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        assert scope["type"] == "http"
        assert (await receive())["body"] == b"hello"
        await send(start(201))
        await send(body(b"bye"))
        assert await receive() == {"type": "http.disconnect"}

    answer = requests.post(mock.deploy(app, invoke_mode=invoke_mode), data=b"hello")
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (201, "bye", "text/plain")
    assert mock.invocations.last.error is None


@BOTH
def test_background_task(mock: LambdaUrls, invoke_mode: Any) -> None:
    done: list[int] = []

    async def later() -> None:
        await asyncio.sleep(0.01)
        done.append(1)

    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("ok", background=BackgroundTask(later)))])
    assert requests.get(mock.deploy(app, invoke_mode=invoke_mode)).text == "ok"
    assert done == [1]


def test_streams_piece_by_piece() -> None:
    pause = 0.3

    async def numbers() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number
            await asyncio.sleep(pause)

    app = Starlette(routes=[Route("/", lambda _: StreamingResponse(numbers(), media_type="text/plain"))])
    with LambdaUrlsServer() as server:
        url = server.urls.deploy(app, invoke_mode="RESPONSE_STREAM")
        with httpx.stream("GET", url) as answer:
            arrived = [(piece, monotonic()) for piece in answer.iter_raw()]
    assert [piece for piece, _ in arrived] == [b"0", b"1", b"2"]
    assert all(after - before > pause / 2 for (_, before), (_, after) in pairwise(arrived))


def test_client_that_leaves_ends_the_application(mock: LambdaUrls) -> None:
    ended: list[str] = []

    async def app(scope: Any, receive: Any, send: Send) -> None:
        assert scope["type"] == "http"
        await send(start())
        try:
            while True:
                await send(body(b"more", more=True))
        finally:
            ended.append("closed")

    with requests.get(mock.deploy(app, invoke_mode="RESPONSE_STREAM"), stream=True) as answer:
        assert next(answer.iter_content(4)) == b"more"
    assert ended == ["closed"]


def test_failure_in_mid_stream(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        assert scope["type"] == "http"
        await send(start())
        await send(body(b"half", more=True))
        raise LookupError("the rest")

    url = mock.deploy(app, invoke_mode="RESPONSE_STREAM")
    answer = requests.get(url)
    assert (answer.status_code, answer.text) == (200, "half")
    assert url.last.error is not None
    assert (url.last.error.type, url.last.error.message) == ("LookupError", "the rest")


def test_response_that_is_not_finished(mock: LambdaUrls) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] == "http":
            await send(start())

    url = mock.deploy(app, invoke_mode="RESPONSE_STREAM")
    assert requests.get(url).text == ""
    assert url.last.error is not None
    assert url.last.error.message == "the ASGI application ended before its response did"


def test_failure_before_the_response(mock: LambdaUrls) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        raise LookupError("all")

    url = mock.deploy(app, invoke_mode="RESPONSE_STREAM")
    assert requests.get(url).status_code == 502
    assert url.last.error is not None
    assert url.last.error.message == "all"


def test_mangum_logs_what_a_buffered_application_raises(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        assert scope["type"] == "http"
        raise LookupError("all")

    assert requests.get(mock.deploy(app)).status_code == 500
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR][-1] == "mangum.http"


def test_handlers_and_register() -> None:
    async def app(scope: Any, receive: Any, send: Send) -> None:
        await send(start())
        await send(body(scope["path"].encode()))

    with mock_lambda_urls(handlers={"orders": app}) as urls:
        assert requests.get(f"{urls.deploy('package.handler', name='orders')}x").text == "/x"
        url = urls.deploy("package.handler", name="users")
        urls.register("users", app)
        assert requests.get(f"{url}y").text == "/y"
    with LambdaUrlsServer(handlers={"orders": app}) as server:
        assert requests.get(f"{server.urls.deploy('package.handler', name='orders')}z").text == "/z"


async def test_async_client(mock: LambdaUrls) -> None:
    app = Starlette(routes=[Route("/", lambda _: StreamingResponse(iter([b"a", b"b"])))])
    url = mock.deploy(app, invoke_mode="RESPONSE_STREAM")
    async with httpx.AsyncClient() as client:
        assert (await client.get(url)).text == "ab"
