"""What httpx itself refuses to send is refused in front of a function URL too."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from support.intercepting import URL, answered_by, text

pytestmark = pytest.mark.in_process

NAMES = [b"x y", b"", b"x:"]
VALUES = [b"a\nb", b"a\r\nx: y", b" a", b"a ", b"\x00", b"\t"]


def refusal(headers: list[tuple[bytes, bytes]], *, is_async: bool) -> str:
    async def ask() -> None:
        async with httpx.AsyncClient() as client:
            await client.get(URL, headers=headers)

    with answered_by(lambda request: text("ok")) as requests, pytest.raises(httpx.LocalProtocolError) as refused:
        asyncio.run(ask()) if is_async else httpx.get(URL, headers=headers)
    assert requests == []
    return str(refused.value)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_illegal_header_names(name: bytes, is_async: bool) -> None:
    assert refusal([(name, b"a")], is_async=is_async) == f"Illegal header name {name!r}"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("value", VALUES)
def test_illegal_header_values(value: bytes, is_async: bool) -> None:
    assert refusal([(b"x-h", value)], is_async=is_async) == f"Illegal header value {value!r}"


@pytest.mark.parametrize("value", [b"", b"\xff", b"a \t b", b"a\x01b"])
def test_legal_header_values(value: bytes) -> None:
    with answered_by(lambda request: text("ok")) as requests:
        assert httpx.get(URL, headers=[(b"x-h", value)]).text == "ok"
    assert requests[0].header("x-h") == value.decode("latin-1")
