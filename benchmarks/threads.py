"""Clients in several threads of one process: do they wait for our locks?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import requests

from .deployed import handler, mocked, posting
from .measure import Figure, Subject, Work, compare

THREADS = 4
CALLS = 120
"""In all, divided among the threads."""


def threads() -> Iterator[Figure]:
    """As many calls by four threads as by one."""
    yield compare(
        f"{THREADS} client threads",
        _calling(THREADS),
        floor=_calling(1),
        floor_name="one client thread",
        goal=1.0,
        calls=1,
        batch=CALLS,
        rounds=21,
    )


def _calling(number: int) -> Subject:
    @contextmanager
    def called() -> Iterator[Work]:
        with mocked() as urls:
            url = str(urls.deploy(handler, name="orders"))
            yield lambda: _all(number, url)

    return called


def _all(number: int, url: str) -> None:
    clients = [Thread(target=_client, args=(url, CALLS // number)) for _ in range(number)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def _client(url: str, calls: int) -> None:
    with requests.Session() as session:
        for _ in range(calls):
            posting(session, url)


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {"threads": threads}
