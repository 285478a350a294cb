"""Event source mappings: functions that are called with the messages of queues and the records of streams."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from moto.backends import get_backend
from werkzeug.exceptions import HTTPException

from ...invocations import asynchronous
from .. import in_moto
from ..event_sources import filters, records, sources
from ..event_sources.failures import failed_items
from ..event_sources.readers import Reader
from ..event_sources.sources import Shard
from .invoke import InvokeOperations

if TYPE_CHECKING:
    from moto.awslambda.models import EventSourceMapping

Record = dict[str, Any]
_logger = logging.getLogger("moto_lambda_urls")
_is_receiving: ContextVar[bool] = ContextVar("moto_lambda_urls.is_receiving", default=False)


class EventSourceOperations(InvokeOperations):
    """Event source mappings of one account and region.

    A decision: AWS polls. Here what is due is delivered before the call that caused it returns, or, if a handler made
    it, when that handler has ended. A message that failed is due when its visibility timeout is over, and delivered
    with the next call that looks: one that sends to or receives from a queue of the region or reads its attributes, or
    that creates, changes or gets a mapping.
    """

    readers: WeakKeyDictionary[EventSourceMapping, Reader]

    def create_event_source_mapping(self, spec: dict[str, Any]) -> EventSourceMapping:
        filters.check_criteria(spec.get("FilterCriteria"))
        mapping = super().create_event_source_mapping(spec)
        self.take_event_source(mapping)
        self.deliver_due(mapping.event_source_arn)
        return mapping

    def update_event_source_mapping(self, uuid: str, spec: dict[str, Any]) -> EventSourceMapping | None:
        filters.check_criteria(spec.get("FilterCriteria"))
        mapping = super().update_event_source_mapping(uuid, spec)
        if mapping is not None:
            mapping.function_name = spec.get("FunctionName", mapping.function_name)
            self.deliver_due(mapping.event_source_arn)
        return mapping

    def get_event_source_mapping(self, uuid: str) -> EventSourceMapping | None:
        self.deliver_from_queues()
        return super().get_event_source_mapping(uuid)

    def take_event_source(self, mapping: EventSourceMapping) -> None:
        """Deliver for ``mapping`` in moto's place, from its starting position on."""
        sources.detach(mapping)
        reader = self.readers[mapping] = Reader()
        if not sources.is_queue(mapping) and mapping.starting_position == "LATEST":
            reader.positions.update({shard.inner: shard.length for shard in sources.shards_of(mapping, "")})

    def deliver_due(self, source_arn: str) -> None:
        """Deliver what is due of the queue or stream ``source_arn``."""
        for mapping in in_moto.event_source_mappings(self):
            if mapping.event_source_arn == source_arn and mapping.enabled:
                asynchronous.soon(partial(self._deliver, mapping))

    def deliver_from_queues(self) -> None:
        """Deliver what is due of all queues."""
        if _is_receiving.get():
            return
        for mapping in in_moto.event_source_mappings(self):
            if sources.is_queue(mapping) and mapping.enabled:
                asynchronous.soon(partial(self._deliver, mapping))

    def together(self) -> AbstractContextManager[None]:
        """What becomes due inside the block is delivered at its end, in one batch."""
        return asynchronous.together()

    def _deliver(self, mapping: EventSourceMapping) -> None:
        if not mapping.enabled or mapping not in in_moto.event_source_mappings(self):
            return  # since this became due, by the handler that caused it
        try:
            role = self.get_function(mapping.function_name).role
            if sources.is_queue(mapping):
                self._deliver_messages(mapping)
                return
            for _ in self.readers[mapping].turns():
                for shard in sources.shards_of(mapping, role):
                    self._deliver_records(mapping, shard)
        except HTTPException as refused:  # missing or throttled: no attempt, as nothing has reached the function
            _logger.warning("%s could not call %s: %s", mapping.event_source_arn, mapping.function_name, refused)

    def _deliver_messages(self, mapping: EventSourceMapping) -> None:
        queue = sources.queue_of(mapping)
        if queue is None:
            return
        seen: set[str] = set()  # a queue without visibility timeout gives them again at once
        while messages := [each for each in self._received(mapping, queue) if each.id not in seen]:
            seen.update(each.id for each in messages)
            shown = [records.of_message(each, queue.queue_arn, self.region_name) for each in messages]
            wanted = [each for each in shown if filters.is_wanted(each, mapping.filter_criteria)]
            failed = self._sent(mapping, wanted, [each["messageId"] for each in wanted])
            for each in messages:
                if each.id not in failed:
                    queue.delete_message(each.receipt_handle)

    def _received(self, mapping: EventSourceMapping, queue: Any) -> Sequence[Any]:
        sqs = get_backend("sqs")[self.account_id][self.region_name]
        with _receiving(), self.changing:
            timeout = int(queue.visibility_timeout)
            return sqs.receive_message(queue.name, mapping.batch_size, 0, timeout, ["All"])

    def _deliver_records(self, mapping: EventSourceMapping, shard: Shard) -> None:
        """Deliver until there are no more, or a batch has failed; it comes again with the next record."""
        positions = self.readers[mapping].positions
        attempts = 0
        while batch := shard.read(positions.get(shard.inner, 0), mapping.batch_size):
            start = positions.get(shard.inner, 0)
            handled = self._handled(mapping, batch)
            positions[shard.inner] = start + handled
            attempts = attempts + 1 if handled < len(batch) else 0
            if not attempts:
                continue
            retries = mapping.max_retry_attempts
            if retries is None or int(retries) < 0:
                return
            if attempts > int(retries):
                positions[shard.inner], attempts = start + len(batch), 0

    def _handled(self, mapping: EventSourceMapping, batch: Sequence[Record]) -> int:
        """How many of the records of ``batch``, from the first one on, are done with."""
        wanted = [each for each in batch if filters.is_wanted(each, mapping.filter_criteria)]
        numbers = [_sequence_number(each) for each in wanted]
        failed = self._sent(mapping, wanted, numbers)
        first = next((number for number in numbers if number in failed), None)
        return len(batch) if first is None else [_sequence_number(each) for each in batch].index(first)

    def _sent(self, mapping: EventSourceMapping, batch: Sequence[Record], identifiers: Sequence[str]) -> frozenset[str]:
        """Invoke the function with ``batch``: the identifiers of the records that failed."""
        if not batch:
            return frozenset()
        answer = self.answer_invoke(mapping.function_name, None, json.dumps({"Records": batch}).encode())
        if "x-amz-function-error" in answer.headers:
            return frozenset(identifiers)
        if "ReportBatchItemFailures" not in (mapping.function_response_types or ()):
            return frozenset()
        return failed_items(answer.payload, identifiers)


def _sequence_number(record: Record) -> str:
    return str(record["kinesis"]["sequenceNumber"] if "kinesis" in record else record["dynamodb"]["SequenceNumber"])


@contextmanager
def _receiving() -> Iterator[None]:
    token = _is_receiving.set(True)
    try:
        yield
    finally:
        _is_receiving.reset(token)
