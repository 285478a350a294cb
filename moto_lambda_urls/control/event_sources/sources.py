"""moto's queues, tables and streams that event source mappings read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend

from . import records

if TYPE_CHECKING:
    from moto.awslambda.models import EventSourceMapping


def is_queue(mapping: EventSourceMapping) -> bool:
    """Whether the mapping reads a queue, not a stream."""
    return service_of(mapping) == "sqs"


def service_of(mapping: EventSourceMapping) -> str:
    """The service of the mapping's source, as its ARN names it."""
    return str(mapping.event_source_arn.split(":")[2])


def detach(mapping: EventSourceMapping) -> None:
    """Keep moto from delivering for the mapping itself."""
    for source in _sources(mapping):
        theirs = source.lambda_event_source_mappings
        for key in [key for key, each in theirs.items() if each is mapping]:
            del theirs[key]


def attach(mapping: EventSourceMapping) -> None:
    """Let moto deliver for the mapping again."""
    key = mapping.event_source_arn if service_of(mapping) == "kinesis" else mapping.function_arn
    for source in _sources(mapping):
        source.lambda_event_source_mappings[key] = mapping


def queue_of(mapping: EventSourceMapping) -> Any:
    """The mapping's queue; None when it is gone."""
    return next(_sources(mapping), None)


@dataclass(frozen=True)
class Shard:
    """A shard of a stream: ``inner`` is moto's, by which its reader knows it; records are numbered from 1."""

    inner: Any
    length: int
    read: Callable[[int, int], list[dict[str, Any]]]
    """``read(position, count)`` are up to ``count`` records after ``position``, as functions get them."""


def shards_of(mapping: EventSourceMapping, role: str) -> list[Shard]:
    """The shards of the mapping's stream; none when it is gone. ``role`` is the function's."""
    make = _kinesis_shards if service_of(mapping) == "kinesis" else _table_shards
    return [shard for source in _sources(mapping) for shard in make(source, mapping, role)]


def _kinesis_shards(stream: Any, mapping: EventSourceMapping, role: str) -> Iterator[Shard]:
    for shard in stream.shards.values():

        def read(position: int, count: int, shard: Any = shard) -> list[dict[str, Any]]:
            found, *_ = shard.get_records(str(position), count)
            return [
                records.of_kinesis(
                    each, shard_id=shard.shard_id, stream_arn=stream.arn, role=role, region=mapping.region
                )
                for each in found
            ]

        yield Shard(shard, shard.get_max_sequence_number(), read)


def _table_shards(table: Any, mapping: EventSourceMapping, _role: str) -> Iterator[Shard]:
    shard = table.stream_shard
    if shard is None:
        return

    def read(position: int, count: int) -> list[dict[str, Any]]:
        found = shard.items[position : position + count]
        return [records.of_table(each, stream_arn=mapping.event_source_arn, region=mapping.region) for each in found]

    yield Shard(shard, len(shard.items), read)


def _sources(mapping: EventSourceMapping) -> Iterator[Any]:
    arn, service = mapping.event_source_arn, service_of(mapping)
    backend: Any = get_backend(service)[mapping.account_id][mapping.region]  # type: ignore[call-overload]  # not a literal
    if service == "sqs":
        yield from (queue for queue in list(backend.queues.values()) if queue.queue_arn == arn)
    elif service == "kinesis":
        yield from (stream for stream in list(backend.streams.values()) if stream.arn == arn)
    else:
        name = arn.split("/")[1]
        yield from (table for table in list(backend.tables.values()) if table.name == name)
