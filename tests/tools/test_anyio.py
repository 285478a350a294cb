"""anyio runs on asyncio and on trio."""

from __future__ import annotations

import anyio
import pytest
from support.beside import LoopBeside
from support.clients import httpx_async


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_anyio(loop_beside: LoopBeside, backend: str) -> None:
    loop_beside(lambda function: anyio.run(function, backend=backend), httpx_async)
