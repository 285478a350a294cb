"""trio runs httpx."""

from __future__ import annotations

import trio
from support.beside import LoopBeside
from support.clients import httpx_async


def test_trio(loop_beside: LoopBeside) -> None:
    loop_beside(trio.run, httpx_async)
