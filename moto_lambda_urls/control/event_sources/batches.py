"""Batches of records as the events of invocations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ...messages.limits import MAX_EVENT_BYTES

_ROOM = 1024
"""Bytes of an event beside its records, but for the state of a window."""


class Record(Protocol):
    """A record; ``text`` is it as JSON."""

    @property
    def text(self) -> bytes: ...


R = TypeVar("R", bound=Record)


def event_of(batch: Sequence[Record], **more: Any) -> bytes:
    """The event with the records of ``batch``, and what ``more`` there is in it."""
    records = b'{"Records": [' + b", ".join(each.text for each in batch) + b"]"
    return records + (b", " + json.dumps(more).encode()[1:] if more else b"}")


def fitting(batch: Sequence[R]) -> Sequence[R]:
    """As many of ``batch``, from the first one on and at least one, as go into an event."""
    room = MAX_EVENT_BYTES - _ROOM
    for position, each in enumerate(batch):
        room -= len(each.text) + 2
        if room < 0 and position:
            return batch[:position]
    return batch
