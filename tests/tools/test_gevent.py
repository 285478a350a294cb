"""gevent puts its own sockets, threads and locks in the standard library's place before anything else is imported."""

from __future__ import annotations

import sys

from support.beside import OwnProcess, without

PATCHED_FIRST = """
from gevent import monkey

monkey.patch_all()

import runpy

runpy.run_module("support.beside", run_name="__main__")
"""


def test_gevent(own_process: OwnProcess) -> None:
    # trio does not run where gevent has taken ``select.epoll``.
    own_process(None, launcher=(sys.executable, "-c", PATCHED_FIRST), clients=without("httpx-trio"))
