"""Delivery of the messages of a queue to a function.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from moto.core.exceptions import ServiceException

from ...state import scope
from . import filters, records
from .batches import event_of, fitting
from .discards import Answer
from .failures import failed_items
from .mappings import EventSourceMapping

Invoke = Callable[[bytes], Answer]
HOLD_SECONDS = 1
"""How long messages of a queue without visibility timeout are invisible while they are delivered."""


@dataclass(frozen=True)
class _Message:
    """A message that was received; ``shown`` is the form in which functions get it."""

    received: Any
    shown: dict[str, Any]

    @cached_property
    def text(self) -> bytes:
        return json.dumps(self.shown).encode()


def deliver(mapping: EventSourceMapping, queue: Any, receive: Callable[[int], Sequence[Any]], invoke: Invoke) -> None:
    """Deliver the messages of moto's ``queue`` that are visible, each once: what fails comes again later, when the
    timeout is over or the function's own ChangeMessageVisibility says.

    ``receive`` receives a batch, for so many seconds of invisibility; ``invoke`` calls the function with an event.
    """
    timeout = int(queue.visibility_timeout)
    seen: set[str] = set()
    failed: list[Any] = []
    try:
        while mapping.is_active and not _is_gathering(mapping, queue):
            with _left_visible(queue, seen):
                received = receive(timeout or HOLD_SECONDS)
            if not received:
                return
            seen.update(each.id for each in received)
            failed += received
            handled = _handled(mapping, queue, received, invoke)
            failed = [each for each in failed if each.id not in handled]
    finally:
        if not timeout:
            _show(queue, failed)


@contextmanager
def _left_visible(queue: Any, seen: Set[str]) -> Iterator[None]:
    """Have what is received inside the block be none of the messages ``seen``, those that are visible again included,
    nor what is behind them in their groups."""
    visible = [(each, each.visible_at) for each in queue.messages if each.id in seen]
    for message, _ in visible:
        message.visible_at = math.inf
        queue.pending_messages.add(message)
    try:
        yield
    finally:
        for message, visible_at in visible:
            message.visible_at = visible_at
            queue.pending_messages.discard(message)


def _handled(mapping: EventSourceMapping, queue: Any, received: Sequence[Any], invoke: Invoke) -> set[str]:
    """Invoke the function for the messages that were ``received``; the ids of those that are done with and deleted."""
    messages = [_Message(each, records.of_message(each, queue.queue_arn, mapping.region)) for each in received]
    wanted = [each for each in messages if filters.is_wanted(each.shown, mapping.filter_criteria)]
    handled = _deleted(queue, [each for each in messages if each not in wanted])
    while wanted:
        batch = fitting(wanted)
        wanted = wanted[len(batch) :]
        answer = invoke(event_of(batch))
        if answer.is_error:
            continue
        reported = mapping.reports_items
        failed = failed_items(answer.payload, [each.received.id for each in batch]) if reported else frozenset()
        handled |= _deleted(queue, [each for each in batch if each.received.id not in failed])
    return handled


def _deleted(queue: Any, messages: Sequence[_Message]) -> set[str]:
    for each in messages:
        with suppress(ServiceException):  # the function has purged the queue
            queue.delete_message(each.received.receipt_handle)
    return {each.received.id for each in messages}


def _is_gathering(mapping: EventSourceMapping, queue: Any) -> bool:
    """Whether messages wait for more. A decision: only where ``function_states`` is "pending"."""
    window = int(mapping.settings["MaximumBatchingWindowInSeconds"])
    if not window or scope.options().function_states != "pending":
        return False
    visible = [each for each in queue.messages if each.visible]
    if not visible or len(visible) >= mapping.batch_size:
        return False
    since: float = min(max(each.sent_timestamp, each.visible_at, each.delayed_until) for each in visible)
    return time.time() < since / 1000 + window


def _show(queue: Any, failed: Sequence[Any]) -> None:
    """Let the messages be visible, unless the function has deleted them or set their visibility itself."""
    hidden = {each.id: each.visible_at for each in failed}
    for message in list(queue.pending_messages):
        if hidden.get(message.id) == message.visible_at:
            message.change_visibility(0)
            queue.pending_messages.discard(message)
