"""Deliveries by event source mappings: which API calls cause them, and how the functions are invoked."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from moto.backends import get_backend
from werkzeug.exceptions import HTTPException

from ...invocations import asynchronous
from ..event_sources import queues, sources, streams
from ..event_sources.discards import Answer
from ..event_sources.mappings import EventSourceMapping
from .invoke import InvokeOperations

_DEFAULT_CONCURRENCY = 1000
"""Threads that deliver of one queue where nothing else says how many; AWS's default for a function."""
_logger = logging.getLogger("moto_lambda_urls")
_is_receiving: ContextVar[bool] = ContextVar("moto_lambda_urls.is_receiving", default=False)


class DeliveryOperations(InvokeOperations):
    """Deliveries by the event source mappings of one account and region.

    A decision: AWS polls. Here what is due is delivered before the call that caused it returns, or, if a handler made
    it, when that handler has ended. What is due when time has passed (a message that failed, the end of a window) is
    delivered with the next call that looks: one that sends to or receives from a queue of the region or reads its
    attributes, that puts into the stream, or that creates, changes, gets or lists mappings.
    """

    event_sources: dict[str, EventSourceMapping]
    """By their UUIDs."""

    def deliver_due(self, source_arn: str) -> None:
        """Deliver what is due of the queue or stream ``source_arn``."""
        for mapping in list(self.event_sources.values()):
            if mapping.reads(source_arn):
                self.deliver_soon(mapping)

    def deliver_waited(self) -> None:
        """Deliver what has become due as time has passed, of all sources.

        A message that a function makes visible again waits for a look after its delivery: the function looks, too.
        """
        if _is_receiving.get():
            return
        for mapping in list(self.event_sources.values()):
            is_idle_queue = mapping.kind.service == "sqs" and not mapping.reader.is_delivering
            if is_idle_queue or (mapping.kind.is_stream and streams.has_waited(mapping)):
                self.deliver_soon(mapping)

    def deliver_soon(self, mapping: EventSourceMapping) -> None:
        """Deliver what is due of the mapping's source."""
        if mapping.is_active:
            asynchronous.soon(_Due(self, mapping))

    def together(self) -> AbstractContextManager[None]:
        """What becomes due inside the block is delivered at its end, in one batch."""
        return asynchronous.together()

    @contextmanager
    def resharding(self, stream_arn: str) -> Iterator[None]:
        """Let the shards of a stream change inside the block: moto moves records, into old shards too. Where all were
        delivered they do not come again; otherwise some may. The windows of shards that end do so, too:
        https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html"""
        mappings = [each for each in list(self.event_sources.values()) if each.reads(stream_arn)]
        read = [each for each in mappings if streams.is_read(each)]
        were_open = {shard.inner for each in mappings for shard in sources.shards_of(each) if shard.is_open}
        with self.together():
            yield
            for mapping in mappings:
                for shard in sources.shards_of(mapping):
                    if mapping in read:
                        mapping.reader.shards.go_on_at(shard.inner, shard.length)
                    elif not shard.length:  # emptied: numbers begin anew
                        mapping.reader.shards.go_on_at(shard.inner, 0)
                    if shard.inner in were_open and not shard.is_open:
                        mapping.reader.shards.end_windows_at(shard.inner, shard.length)
                if streams.has_waited(mapping):
                    self.deliver_soon(mapping)

    def deliver_now(self, mapping: EventSourceMapping) -> None:
        """Deliver what is due of the mapping's source, unless it is gone or off since this became due."""
        if self.event_sources.get(mapping.uuid) is not mapping or not mapping.is_active:
            return
        try:
            role = self.get_function(*mapping.function).role
            invoke = partial(self._answer_to, mapping)
            if mapping.kind.service == "sqs":
                self._deliver_messages(mapping, invoke)
            elif mapping.kind.is_stream:
                with closing(mapping.reader.turns()) as turns:
                    for _ in turns:
                        streams.deliver(mapping, role, invoke)
        except HTTPException as refused:  # missing or throttled: no attempt, as nothing has reached the function
            _logger.warning("%s could not call %s: %s", mapping.source_arn, mapping.function_arn, refused)

    def _deliver_messages(self, mapping: EventSourceMapping, invoke: queues.Invoke) -> None:
        queue = sources.queue_of(mapping)
        if queue is None:
            return
        most = (mapping.settings.get("ScalingConfig") or {}).get("MaximumConcurrency") or _DEFAULT_CONCURRENCY
        with closing(mapping.reader.turns(int(most))) as turns:
            for _ in turns:
                queues.deliver(mapping, queue, partial(self._received, mapping, queue), invoke)

    def _received(self, mapping: EventSourceMapping, queue: Any, hidden_seconds: int) -> Sequence[Any]:
        if sources.queue_of(mapping) is not queue:
            return ()  # the function has deleted it
        sqs = get_backend("sqs")[self.account_id][self.region_name]
        with _receiving(), self.changing:
            return sqs.receive_message(queue.name, mapping.batch_size, 0, hidden_seconds, ["All"])

    def _answer_to(self, mapping: EventSourceMapping, event: bytes) -> Answer:
        answer = self.answer_invoke(*mapping.function, event)
        return Answer(
            payload=answer.payload,
            request_id=answer.headers.get("x-amzn-requestid", ""),
            executed_version=answer.headers.get("x-amz-executed-version", "$LATEST"),
            is_error="x-amz-function-error" in answer.headers,
        )


@dataclass(frozen=True)
class _Due:
    """Something is due of a mapping's source; equal ones are delivered together."""

    backend: DeliveryOperations
    mapping: EventSourceMapping

    def __call__(self) -> None:
        self.backend.deliver_now(self.mapping)


@contextmanager
def _receiving() -> Iterator[None]:
    token = _is_receiving.set(True)
    try:
        yield
    finally:
        _is_receiving.reset(token)
