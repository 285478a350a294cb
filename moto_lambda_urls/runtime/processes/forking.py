"""A lock that keeps forks and the start of processes apart: a forked child would keep their pipes and sockets open."""

from __future__ import annotations

import os
from threading import RLock

UNFORKED = RLock()
"""Held, this process does not fork; of the process, which waits for it with a fork of any thread.

Reentrant, since an abandoned stream may be collected in any call.
"""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=UNFORKED.acquire, after_in_parent=UNFORKED.release, after_in_child=UNFORKED.release)
