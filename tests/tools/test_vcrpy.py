"""vcrpy records what goes over connections: function URLs and the server are left out of its cassettes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import vcr
from support.beside import NAMES, Beside, OwnProcess, without
from support.beside import beside as enter_beside


@contextmanager
def cassette(**options: object) -> Iterator[None]:
    """A cassette that is recorded and thrown away."""
    with tempfile.TemporaryDirectory() as folder, vcr.use_cassette(str(Path(folder) / "cassette.yaml"), **options):
        yield


HTTPX = tuple(name for name in NAMES if name.startswith("httpx"))


def test_vcrpy(beside: Beside, order: str) -> None:
    with beside(cassette, clients=NAMES if order == "mock-in-tool" else without(*HTTPX), reaching=NAMES):
        pass


def test_first_mock(own_process: OwnProcess, order: str) -> None:
    own_process(cassette, clients=NAMES if order == "mock-in-tool" else without(*HTTPX), reaching=NAMES)


@pytest.mark.xfail(
    strict=True,
    reason="a cassette calls HTTPTransport.handle_request as vcr found it when it was imported, past the mock's",
)
@pytest.mark.parametrize("client", HTTPX)
def test_httpx_in_a_cassette_in_the_mock(server: str, client: str) -> None:
    with enter_beside("tool-in-mock", cassette, server, clients=[client]):
        pass
