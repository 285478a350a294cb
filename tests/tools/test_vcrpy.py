"""vcrpy records what goes over connections; a cassette that only replays takes function URLs left out by a setting."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
import vcr
from botocore.exceptions import HTTPClientError
from support.beside import NAMES, Beside, OwnProcess, answer, without
from support.beside import beside as enter_beside
from support.clients import CLIENTS, Call
from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.request import Request

from moto_lambda_urls import mock_lambda_urls


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
    names = ["requests", "urllib3", *HTTPX]
    with enter_beside("mock-in-tool", lambda: cassette(record_mode="none"), server, clients=names, reaching=()):
        pass


def test_cassette_that_only_replays_in_the_mock(server: str) -> None:
    names = ["requests", "urllib3"]
    with enter_beside("tool-in-mock", lambda: cassette(record_mode="none"), server, clients=names, reaching=()):
        pass


@pytest.mark.parametrize("name", without("requests", "urllib3"))
def test_cassette_in_the_mock_that_refuses(name: str) -> None:
    with mock_lambda_urls() as urls, vcr.use_cassette("unwritten.yaml", record_mode="none"):
        url = urls.deploy(answer)
        with pytest.raises((CannotOverwriteExistingCassetteException, HTTPClientError)):
            next(each for each in CLIENTS if each.name == name).send(Call(method="POST", url=str(url), body=b"{}"))
        assert len(urls.invocations) == 0


def test_later_request_of_a_pool(server: str) -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(answer)
        with urllib3.PoolManager() as pools, cassette(record_mode="none"):
            assert pools.request("POST", f"{url}a", body=b"{}").status == 200
            with pytest.raises(CannotOverwriteExistingCassetteException):
                pools.request("GET", server)
        with urllib3.PoolManager() as pools:
            assert pools.request("POST", f"{url}b", body=b"{}").status == 200
            with cassette(record_mode="none"):
                assert pools.request("POST", f"{url}c", body=b"{}").status == 200
