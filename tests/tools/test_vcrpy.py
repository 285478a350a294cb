"""vcrpy records what goes over connections; a cassette that only replays takes function URLs left out by a setting."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import vcr
from support.beside import NAMES, Beside, OwnProcess
from support.beside import beside as enter_beside
from vcr.request import Request


@contextmanager
def cassette(**options: object) -> Iterator[None]:
    """A cassette that is recorded and thrown away."""
    with tempfile.TemporaryDirectory() as folder, vcr.use_cassette(str(Path(folder) / "cassette.yaml"), **options):
        yield


def test_vcrpy(beside: Beside) -> None:
    with beside(cassette):
        pass


def test_first_mock(own_process: OwnProcess) -> None:
    own_process(cassette)


HTTPX = [name for name in NAMES if name.startswith("httpx")]


def left_out(request: Request) -> Request | None:
    """What a cassette plays and records: all but requests to function URLs."""
    return None if ".lambda-url." in request.host else request


def test_cassette_that_only_replays(beside: Beside) -> None:
    with beside(lambda: cassette(record_mode="none", before_record_request=left_out), reaching=()):
        pass


def test_cassette_that_only_replays_around_the_mock(server: str) -> None:
    with enter_beside(
        "mock-in-tool", lambda: cassette(record_mode="none"), server, clients=["requests", *HTTPX], reaching=()
    ):
        pass
