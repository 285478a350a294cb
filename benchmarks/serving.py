"""The server beside a bare echo of werkzeug's: two processes, one client, keep-alive connections."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from threading import Thread
from urllib.parse import urlsplit

from .deployed import BODY, HEADERS
from .measure import Figure, Work, compare

THREADS = 4
CALLS = 60


def serving() -> Iterator[Figure]:
    """One call after another, and four clients at once."""
    with served("serve_url") as ours, served("serve_echo") as echo, served("serve_echo_kept_alive") as kept:
        for name, number, goal in (("server, sequential", 1, 1.3), ("server, 4 threads", THREADS, 1 / 0.75)):
            for floor, floor_name in ((echo, "a bare werkzeug echo"), (kept, "the same, connections kept")):
                yield compare(
                    name,
                    partial(clients, ours, number),
                    floor=partial(clients, floor, number),
                    floor_name=floor_name,
                    goal=round(goal, 2) if floor is echo else None,
                    calls=1,
                    batch=CALLS,
                    rounds=9,
                    in_process=False,
                )


@contextmanager
def clients(url: str, number: int, answer: str = BODY) -> Iterator[Work]:
    """So many clients, which post the body at once; the server sends ``answer``."""
    address = urlsplit(url)
    with ExitStack() as stack:
        connections = [HTTPConnection(address.netloc) for _ in range(number)]
        for connection in connections:
            stack.callback(connection.close)

        def all_calls() -> None:
            calls = partial(_calls, path=address.path, answer=answer, number=CALLS // number)
            threads = [Thread(target=calls, args=(each,)) for each in connections]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        yield all_calls


def _calls(connection: HTTPConnection, path: str, answer: str, number: int) -> None:
    for _ in range(number):
        connection.request("POST", path, BODY, HEADERS)
        response = connection.getresponse()
        assert response.status == 200
        assert response.read() == answer.encode()


@contextmanager
def served(entry: str, *arguments: object) -> Iterator[str]:
    """The URL that a process of its own serves until the block ends."""
    source = f"from benchmarks.servers import {entry}; {entry}(*{arguments!r})"
    with subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as it:
        assert it.stdin is not None
        assert it.stdout is not None
        yield it.stdout.readline().strip()
        it.stdin.close()  # tells it to stop


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {"server": serving}
