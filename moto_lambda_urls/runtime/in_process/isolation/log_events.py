"""Log events of one invocation, bounded: the first ones and the last ones."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

MAX_PART_BYTES = 1_048_576
"""Of the first events, and of the last ones. A decision: what AWS does with more is not public."""
MAX_EVENT_CHARACTERS = 262_144
"""A decision: a longer line becomes several events."""
_EVENT_BYTES = 26
"""What each event counts besides its text. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"""

Event = dict[str, Any]


class LogEvents:
    """Events in the form of PutLogEvents; between the parts a line says how much is left out."""

    def __init__(self) -> None:
        self._first: list[Event] = []
        self._last: deque[Event] = deque()
        self._first_bytes = self._last_bytes = 0
        self._left_out = self._left_out_characters = 0

    def append(self, message: str) -> None:
        """Add ``message``, cut into events of AWS's size; none for an empty one."""
        if len(message) > MAX_EVENT_CHARACTERS:
            for start in range(0, len(message), MAX_EVENT_CHARACTERS):
                self.append(message[start : start + MAX_EVENT_CHARACTERS])
        elif message:
            event, size = {"timestamp": now_ms(), "message": message}, len(message) + _EVENT_BYTES
            if self._last or self._first_bytes + size > MAX_PART_BYTES:
                self._append_last(event, size)
            else:
                self._first.append(event)
                self._first_bytes += size

    def all(self) -> list[Event]:
        """Everything that is kept, in order."""
        return self._first + self.last() if self._last else self._first[:]

    def last(self) -> list[Event]:
        """What came after the first part was full, the line about what is left out before it."""
        if not self._left_out:
            return list(self._last)
        message = f"[{self._left_out} log events of {self._left_out_characters} characters are left out here]\n"
        return [{"timestamp": self._last[0]["timestamp"], "message": message}, *self._last]

    def _append_last(self, event: Event, size: int) -> None:
        self._last.append(event)
        self._last_bytes += size
        while self._last_bytes > MAX_PART_BYTES and len(self._last) > 1:
            length = len(self._last.popleft()["message"])
            self._last_bytes -= length + _EVENT_BYTES
            self._left_out += 1
            self._left_out_characters += length


def now_ms() -> int:
    """The time as CloudWatch Logs counts it, in milliseconds since the epoch."""
    return int(time.time() * 1000)
