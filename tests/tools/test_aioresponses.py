"""aioresponses refuses unknown addresses, through aiohttp: ``passthrough_unmatched`` lets them through."""

from __future__ import annotations

from aioresponses import aioresponses
from support.beside import Beside


def test_aioresponses(beside: Beside) -> None:
    # Its own answers fail with aiohttp 3.14 (a new argument of ClientResponse), without the mock too.
    with beside(lambda: aioresponses(passthrough_unmatched=True)):
        pass
