"""uvloop is another event loop of asyncio."""

from __future__ import annotations

import uvloop
from support.beside import LoopBeside
from support.clients import aiohttp_async, httpx_async


def test_uvloop(loop_beside: LoopBeside) -> None:
    loop_beside(lambda function: uvloop.run(function()), httpx_async, aiohttp_async)
