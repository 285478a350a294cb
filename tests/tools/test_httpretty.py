"""httpretty stands in for sockets: function URLs need none, and it loses what real servers answer."""

from __future__ import annotations

import httpcore  # noqa: F401 - reads, with trio, methods of sockets that httpretty's lack
import httpretty
from support.beside import Beside, OwnProcess


def enabled() -> httpretty.httprettized:
    """Its sockets, which connect to what it was not told of."""
    return httpretty.enabled(allow_net_connect=True)


def test_httpretty(beside: Beside) -> None:
    # Answers of real servers are lost with every client on Python 3.11, without the mock too.
    with beside(enabled, reaching=()):
        pass


def test_first_mock(own_process: OwnProcess) -> None:
    own_process(enabled, reaching=())
