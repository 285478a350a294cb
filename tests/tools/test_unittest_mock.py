"""unittest.mock's patches of modules and of the clients' classes around a start, which is the first one too."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import httpx
import pytest
import requests
import trio  # noqa: F401 - anyio holds what it has imported of it, and httpx imports it when it connects
import urllib3
from support.beside import Beside, OwnProcess, functions_answer, server_answers

from moto_lambda_urls import mock_lambda_urls

CLASSES = [
    (http.client, "HTTPConnection"),
    (http.client, "HTTPSConnection"),
    (httpx, "HTTPTransport"),
    (requests, "Session"),
    (urllib3, "HTTPConnectionPool"),
]


@contextmanager
def modules() -> Iterator[None]:
    """What is imported meanwhile is forgotten."""
    with mock.patch.dict(sys.modules):
        yield


@contextmanager
def stand_ins() -> Iterator[None]:
    """Classes of the clients that a test has put its own in place of, as names of their modules."""
    with ExitStack() as patches:
        for module, name in CLASSES:
            patches.enter_context(mock.patch.object(module, name))
        yield


def test_modules(beside: Beside) -> None:
    with beside(modules):
        pass


def test_first_mock_between_modules(own_process: OwnProcess) -> None:
    own_process(modules)


@contextmanager
def started_beside_stand_ins() -> Iterator[None]:
    """A mock that started and ended meanwhile: what it found in place of the classes is gone."""
    with stand_ins(), mock_lambda_urls():
        pass
    yield


def test_mock_after_one_beside_stand_ins(beside: Beside) -> None:
    with beside(started_beside_stand_ins):
        pass


def test_first_mock_beside_stand_ins(own_process: OwnProcess) -> None:
    own_process(started_beside_stand_ins)


@contextmanager
def no_sockets() -> Iterator[None]:
    """A stand-in for the class of all sockets, of which event loops want real ones."""
    with mock.patch("socket.socket"):
        yield


def test_first_mock_without_sockets(own_process: OwnProcess) -> None:
    own_process(no_sockets, clients=["requests", "urllib3", "botocore", "httpx", "http.client"], reaching=())


@pytest.mark.parametrize(("module", "name"), CLASSES, ids=lambda each: getattr(each, "__name__", each))
def test_started_beside_a_stand_in(module: object, name: str, server: str) -> None:
    patch = mock.patch.object(module, name)
    patch.start()
    with mock_lambda_urls() as urls:
        patch.stop()
        functions_answer(urls)
        server_answers(server)
