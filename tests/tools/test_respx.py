"""respx refuses hosts that it was not told of, through httpx, but for function URLs: the server's is passed through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import respx
from support.beside import Beside


def test_respx(beside: Beside) -> None:
    @contextmanager
    def tool() -> Iterator[None]:
        with respx.mock(assert_all_called=False) as theirs:
            theirs.route(host="127.0.0.1").pass_through()
            theirs.get("https://api.example.com/").respond(text="theirs")
            yield

    with beside(tool):
        assert httpx.get("https://api.example.com/").text == "theirs"
