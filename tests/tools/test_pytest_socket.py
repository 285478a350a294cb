"""pytest-socket lets no connection be made: function URLs need none, and the server's host has to be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest_socket
import requests
from support.beside import Beside
from support.builders import make_zip


@contextmanager
def none_allowed() -> Iterator[None]:
    """No sockets but those with which event loops wake themselves."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@contextmanager
def loopback_allowed() -> Iterator[None]:
    """Connections to this machine only."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"])
    yield
    pytest_socket._remove_restrictions()


def test_without_sockets(beside: Beside) -> None:
    with beside(none_allowed, reaching=()):
        pass


def test_host_allowed(beside: Beside) -> None:
    with beside(loopback_allowed):
        pass


def test_host_allowed_for_processes(beside: Beside) -> None:
    with beside(loopback_allowed) as urls:
        url = urls.deploy(make_zip("def handler(event, context): return 'function'"), process=True)
        assert requests.get(url).text == "function"
