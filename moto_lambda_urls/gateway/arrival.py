"""The arrival of a request: its time, request id and X-Ray trace id, as AWS gives them."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from random import Random
from typing import NamedTuple

from ..messages.trace import trace_header

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


class Arrival(NamedTuple):
    """The time and ids that AWS gives a request when it comes in; each answer is made from them.

    ``method`` is the request's; ``request_id`` a UUID; ``trace_id`` an X-Ray id without ``Root=``
    (``1-<8 hex>-<24 hex>``); ``now`` the time with its zone.
    """

    method: str
    request_id: str
    trace_id: str
    now: datetime

    @property
    def epoch_ms(self) -> int:
        """``now`` in whole milliseconds since the epoch."""
        return (self.now - _EPOCH) // _MILLISECOND

    @property
    def trace_header(self) -> str:
        """The ``X-Amzn-Trace-Id`` of the response and of the handler's environment."""
        return trace_header(self.trace_id)


def arrive(method: str) -> Arrival:
    """The arrival, now, of a request with ``method``; its ids are random."""
    now = datetime.now(timezone.utc)
    digits = f"{_random.getrandbits(224):056x}"
    return Arrival(
        method=method,
        request_id=f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:30]}",
        trace_id=f"1-{int(now.timestamp()):08x}-{digits[32:]}",
        now=now,
    )


# Of the process: uuid4 would ask the system for each id, which costs more than all else here, and ids are no secrets.
_random = Random()
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_random.seed)
