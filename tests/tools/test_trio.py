"""trio runs httpx."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import requests
import trio
from support.beside import LoopBeside
from support.clients import httpx_async

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process


def test_trio(loop_beside: LoopBeside) -> None:
    loop_beside(trio.run, httpx_async)


def test_handler_that_runs_trio() -> None:
    async def answer() -> str:
        return "trio"

    def handler(event: Any, context: Any) -> str:
        return trio.run(answer)

    async def ask() -> list[str]:
        async with httpx.AsyncClient() as client:
            return [(await client.get(url)).text, (await trio.to_thread.run_sync(requests.get, url)).text]

    async def ask_blocking() -> None:
        requests.get(url)

    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = urls.deploy(handler)
        assert trio.run(ask) == ["trio", "trio"]
        with pytest.raises(RuntimeError, match="Attempted to call run"):
            trio.run(ask_blocking)
