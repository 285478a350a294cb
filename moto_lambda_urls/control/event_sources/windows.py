"""Tumbling windows: the records of a span of time, and the state that a function hands from batch to batch.

https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

MAX_STATE_BYTES = 1_048_576
"""A state that is larger ends its window early."""


@dataclass(frozen=True)
class Window:
    """``start`` and ``end`` are in seconds since 1970; ``state`` is what the function gave last."""

    start: float
    end: float
    state: Any

    @classmethod
    def around(cls, moment: float, length: int) -> Window:
        """The window of ``length`` seconds, a multiple of which it begins at, that ``moment`` is in."""
        start = moment // length * length
        return cls(start, start + length, {})

    def event(self, *, shard_id: str, source_arn: str, is_final: bool, is_early: bool = False) -> dict[str, Any]:
        """What the event has beside its records."""
        return {
            "window": {"start": _shown(self.start), "end": _shown(self.end)},
            "state": self.state,
            "shardId": shard_id,
            "eventSourceARN": source_arn,
            "isFinalInvokeForWindow": is_final,
            "isWindowTerminatedEarly": is_early,
        }

    def after(self, payload: bytes) -> Window | None:
        """The window with the state of the function's answer ``payload``; None if it has none, which AWS's guide calls
        a failed invocation."""
        try:
            answer = json.loads(payload or b"null")
        except ValueError:
            return None
        if not isinstance(answer, dict) or "state" not in answer:
            return None
        state = answer["state"]
        return Window(self.start, self.end, {} if state is None else state)

    @property
    def is_too_large(self) -> bool:
        return len(json.dumps(self.state).encode()) > MAX_STATE_BYTES


def _shown(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
