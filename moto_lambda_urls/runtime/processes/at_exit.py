"""All pools of this process: ended when it ends, given up in a forked child."""

from __future__ import annotations

import atexit
import os
from typing import Protocol
from weakref import WeakSet


class Pool(Protocol):
    """Who has processes; an ``Environments`` is one."""

    def close(self) -> None: ...
    def abandon(self) -> None: ...


def register(pool: Pool) -> None:
    """Close ``pool`` when this process ends, and abandon it in a forked child."""
    _pools.add(pool)


_pools: WeakSet[Pool] = WeakSet()
"""Of the process, whose end and forks are its own."""


def _close_all() -> None:
    for pool in list(_pools):
        pool.close()


def _abandon_all() -> None:
    for pool in list(_pools):
        pool.abandon()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
