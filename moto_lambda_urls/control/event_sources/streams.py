"""Delivery of a stream's records to a function: batches, retries, bisection, discards, LastProcessingResult.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html,
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

from ...state import scope
from . import discards, filters
from .batches import event_of, fitting
from .discards import Answer, Condition, Discard
from .failures import failed_items
from .mappings import EventSourceMapping
from .readers import Progress
from .sources import Shard, StreamRecord, shards_of
from .windows import Window

Invoke = Callable[[bytes], Answer]
Batch = Sequence[StreamRecord]
PROCESSED, PROBLEM = "OK", "PROBLEM: Function call failed"


def deliver(mapping: EventSourceMapping, role: str, invoke: Invoke) -> None:
    """Deliver what the mapping has not read. ``role`` is the function's, ``invoke`` calls it with an event."""
    for lane in _lanes(mapping, role):
        lane.deliver(invoke)


def has_waited(mapping: EventSourceMapping) -> bool:
    """Whether time has brought something about: a window is over, or records are too old."""
    return any(lane.has_waited() for lane in _lanes(mapping, ""))


def is_read(mapping: EventSourceMapping) -> bool:
    """Whether nothing of the stream is left to deliver."""
    return not any(lane.has_unread() for lane in _lanes(mapping, ""))


def _lanes(mapping: EventSourceMapping, role: str) -> list[_Lane]:
    count = int(mapping.settings["ParallelizationFactor"])
    return [
        _Lane(mapping, shard, progress, number, count)
        for shard in shards_of(mapping, role)
        for number, progress in enumerate(mapping.reader.shards.lanes(shard.inner, count))
    ]


class _Lane:
    """The records of a shard that come one after the other: all, or those of some of its keys."""

    def __init__(self, mapping: EventSourceMapping, shard: Shard, progress: Progress, number: int, count: int) -> None:
        self._mapping, self._shard, self._progress = mapping, shard, progress
        self._number, self._count = number, count
        settings = mapping.settings
        self._retries = int(settings["MaximumRetryAttempts"])
        self._age = int(settings["MaximumRecordAgeInSeconds"])
        self._bisects = bool(settings["BisectBatchOnFunctionError"])
        self._length = int(settings["TumblingWindowInSeconds"])

    def has_unread(self) -> bool:
        return bool(self._read(1))

    def has_waited(self) -> bool:
        progress = self._progress
        if progress.window is None and not progress.is_gathering and self._age < 0:
            return False  # without a look at the records: every call that looks asks
        unread = self._read(self._mapping.batch_size)
        if self._is_window_over(unread):
            return True
        if not unread:
            return False
        return self._is_too_old(unread[0]) or (self._progress.is_gathering and not self._is_gathering(unread))

    def deliver(self, invoke: Invoke) -> None:
        """Deliver until there are no more, or a batch that may be tried without end has failed; it comes again with the
        next record."""
        while self._mapping.is_active:
            batch = self._next_batch()
            if self._is_window_over(batch) and not self._is_window_closed(invoke):
                return
            self._progress.is_gathering = bool(batch) and self._is_gathering(batch)
            if not batch:
                # So that another number of lanes begins behind what this one has no records of.
                self._progress.position = max(self._progress.position, self._shard.length)
            if not batch or self._progress.is_gathering or not self._is_done(invoke, batch):
                return

    def _read(self, count: int) -> Batch:
        return self._shard.read_lane(self._progress.position, count, self._number, self._count)

    def _next_batch(self) -> Batch:
        batch = self._read(self._mapping.batch_size)
        if self._length and batch:
            end = Window.around(batch[0].arrived, self._length).end
            batch = list(takewhile(lambda each: each.arrived < end, batch))
        return fitting(batch)

    def _is_gathering(self, batch: Batch) -> bool:
        """Whether ``batch`` waits for more records. A decision: only where ``function_states`` is "pending"."""
        window = int(self._mapping.settings["MaximumBatchingWindowInSeconds"])
        if scope.options().function_states != "pending" or len(batch) >= self._mapping.batch_size:
            return False
        return time.time() < batch[0].arrived + window and len(batch) == len(self._read(self._mapping.batch_size))

    def _is_done(self, invoke: Invoke, batch: Batch) -> bool:
        """Whether ``batch`` is done with: handled, or left out."""
        parts, attempts = [batch], 0
        while parts and self._mapping.is_active:
            part = self._without_old(parts.pop(), attempts)
            if not part:
                attempts = 0
                continue
            answer, handled = self._handled(invoke, part)
            attempts += 1
            self._reach(part[:handled])
            rest = part[handled:]
            if not rest:
                attempts = 0
            elif self._bisects and (handled or len(rest) > 1):
                # The batch is split where the answer says, or in the middle, which is no retry.
                parts += [rest] if handled else [rest[len(rest) // 2 :], rest[: len(rest) // 2]]
                attempts = 0
            elif self._retries < 0:
                return False
            elif attempts > self._retries:
                self._leave_out(rest, "RetryAttemptsExhausted", attempts, answer)
                attempts = 0
            else:
                parts.append(rest)
        return not parts

    def _handled(self, invoke: Invoke, part: Batch) -> tuple[Answer | None, int]:
        """The function's answer to ``part``, and how many records, from the first one on, are done with."""
        mapping, progress = self._mapping, self._progress
        wanted = [each for each in part if filters.is_wanted(each.shown, mapping.filter_criteria)]
        if not wanted:
            return None, len(part)
        window = None
        if self._length:
            window = progress.window or Window.around(wanted[0].arrived, self._length)
        answer = invoke(event_of(wanted, **self._window_event(window, is_final=False)))
        after = None if window is None or answer.is_error else window.after(answer.payload)
        is_failed = answer.is_error or (window is not None and after is None)
        mapping.last_result = PROBLEM if is_failed else PROCESSED
        if is_failed:
            return answer, 0
        if after is not None:
            progress.window = after
        if not mapping.reports_items:
            return answer, len(part)
        failed = failed_items(answer.payload, [each.sequence_number for each in wanted])
        return answer, next((at for at, each in enumerate(part) if each.sequence_number in failed), len(part))

    def _is_window_over(self, unread: Batch) -> bool:
        """Whether a window is open that no record can come into any more; ``unread`` are the next ones."""
        window = self._progress.window
        if window is None:
            return False
        ended_at = self._progress.ended_at
        if ended_at is not None and (not unread or unread[0].number > ended_at):
            return True
        return window.is_too_large or (unread[0].arrived if unread else time.time()) >= window.end

    def _is_window_closed(self, invoke: Invoke) -> bool:
        """Call the function for the end of its window: whether it has succeeded, or may not be tried again."""
        window, attempts = self._progress.window, 0
        assert window is not None
        event = event_of([], **self._window_event(window, is_final=True, is_early=window.is_too_large))
        while invoke(event).is_error:
            attempts += 1
            if self._retries < 0:
                return False
            if attempts > self._retries:
                break
        self._progress.window = self._progress.ended_at = None
        return True

    def _window_event(self, window: Window | None, *, is_final: bool, is_early: bool = False) -> dict[str, Any]:
        if window is None:
            return {}
        return window.event(
            shard_id=self._shard.shard_id, source_arn=self._mapping.source_arn, is_final=is_final, is_early=is_early
        )

    def _without_old(self, part: Batch, attempts: int) -> Batch:
        old = list(takewhile(self._is_too_old, part))
        if old:
            self._leave_out(old, "RecordAgeExceeded", attempts, None)
        return part[len(old) :]

    def _is_too_old(self, record: StreamRecord) -> bool:
        return self._age >= 0 and time.time() - record.arrived > self._age

    def _leave_out(self, batch: Batch, condition: Condition, attempts: int, answer: Answer | None) -> None:
        self._reach(batch)
        wanted = [each for each in batch if filters.is_wanted(each.shown, self._mapping.filter_criteria)]
        if wanted:
            discard = Discard(
                batch=wanted, shard_id=self._shard.shard_id, condition=condition, attempts=attempts, answer=answer
            )
            discards.tell(self._mapping, discard)

    def _reach(self, done: Batch) -> None:
        if done:
            self._progress.position = done[-1].number
