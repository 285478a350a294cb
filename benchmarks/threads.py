"""Clients in several threads of one process: do they wait for our locks?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import Thread

import requests

from .deployed import answered_by_callback, handler, mocked, posting
from .measure import Figure, Work, compare

THREADS = 4
CALLS = 120
"""In all, divided among the threads."""


def threads() -> Iterator[Figure]:
    """As many calls by four threads as by one: ours, and those that a bare callback of ``responses`` answers.

    The second shows what Python's own lock costs both.
    """
    yield _by_four(f"{THREADS} client threads", _deployed, goal=1.0, held_at=1.2)
    yield _by_four(f"{THREADS} threads, a bare callback", answered_by_callback)


def _by_four(
    name: str,
    served: Callable[[], AbstractContextManager[str]],
    *,
    goal: float | None = None,
    held_at: float | None = None,
) -> Figure:
    return compare(
        name,
        partial(_calling, served, THREADS),
        floor=partial(_calling, served, 1),
        floor_name="one client thread",
        goal=goal,
        held_at=held_at,
        calls=1,
        batch=CALLS,
        rounds=21,
    )


@contextmanager
def _deployed() -> Iterator[str]:
    with mocked() as urls:
        yield str(urls.deploy(handler, name="orders"))


@contextmanager
def _calling(served: Callable[[], AbstractContextManager[str]], number: int) -> Iterator[Work]:
    with served() as url:
        yield lambda: _all(number, url)


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
