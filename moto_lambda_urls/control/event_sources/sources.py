"""moto's queues, tables and streams that mappings read, and where in a stream a mapping begins to read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from moto.backends import get_backend

from . import records
from .mappings import EventSourceMapping


@dataclass(frozen=True)
class StreamRecord:
    """A record of a stream: its ``number`` in the shard, from 1; ``shown`` is the form in which functions get it."""

    number: int
    shown: dict[str, Any]

    @property
    def sequence_number(self) -> str:
        return str(self._inner["sequenceNumber" if "kinesis" in self.shown else "SequenceNumber"])

    @property
    def arrived(self) -> float:
        """When it came into the stream, in seconds since 1970."""
        name = "approximateArrivalTimestamp" if "kinesis" in self.shown else "ApproximateCreationDateTime"
        return float(self._inner[name])

    @cached_property
    def text(self) -> bytes:
        """As JSON."""
        return json.dumps(self.shown).encode()

    def lane(self, count: int) -> int:
        """Which of ``count`` lanes it is in: those of one key are in one."""
        if count == 1:
            return 0
        key = self._inner["partitionKey"] if "kinesis" in self.shown else json.dumps(self._inner["Keys"])
        return int.from_bytes(hashlib.md5(str(key).encode(), usedforsecurity=False).digest(), "big") % count

    @property
    def _inner(self) -> dict[str, Any]:
        inner: dict[str, Any] = self.shown.get("kinesis") or self.shown["dynamodb"]
        return inner


@dataclass(frozen=True)
class Shard:
    """A shard of a stream; ``inner`` is moto's, by which readers know it."""

    inner: Any
    shard_id: str
    length: int
    is_open: bool
    """Whether it was neither split nor merged."""
    read: Callable[[int, int | None], list[StreamRecord]]
    """``read(position, count)`` are up to ``count`` records after the one numbered ``position``; None for all."""

    def read_lane(self, position: int, count: int, lane: int, lanes: int) -> list[StreamRecord]:
        """Up to ``count`` records after ``position`` of one of so many ``lanes``."""
        if lanes == 1:
            return self.read(position, count)
        return [each for each in self.read(position, None) if each.lane(lanes) == lane][:count]


def find(arn: str, account_id: str, region: str) -> Iterator[Any]:
    """moto's queue, stream or table of the source ``arn``, if it is there."""
    service = arn.split(":")[2]
    backend: Any = get_backend(service)[account_id][region]  # type: ignore[call-overload]  # not a literal
    if service == "sqs":
        yield from (queue for queue in list(backend.queues.values()) if queue.queue_arn == arn)
    elif service == "kinesis":
        stream_arn = arn.partition("/consumer/")[0]
        yield from (stream for stream in list(backend.streams.values()) if stream.arn == stream_arn)
    else:
        name = arn.split("/")[1]
        yield from (table for table in list(backend.tables.values()) if table.name == name)


def queue_of(mapping: EventSourceMapping) -> Any:
    """The mapping's queue; None when it is gone."""
    return next(_sources(mapping), None)


def is_there(mapping: EventSourceMapping) -> bool:
    """Whether the source is there, as far as moto has such sources."""
    if mapping.kind.service not in ("sqs", "kinesis", "dynamodb"):
        return True
    source = next(_sources(mapping), None)
    if source is None or mapping.kind.service == "sqs":
        return source is not None
    arn = mapping.source_arn
    if mapping.kind.service == "dynamodb":
        return bool(source.stream_shard) and arn.endswith(f"/stream/{source.latest_stream_label}")
    return "/consumer/" not in arn or any(each.consumer_arn == arn for each in source.consumers)


def shards_of(mapping: EventSourceMapping, role: str = "") -> list[Shard]:
    """The shards of the mapping's stream; none when it is gone. ``role`` is the function's."""
    make = _kinesis_shards if mapping.kind.service == "kinesis" else _table_shards
    return [shard for source in _sources(mapping) for shard in make(source, mapping, role)]


def begin(mapping: EventSourceMapping, position: str | None, moment: float | None = None) -> None:
    """Let ``mapping`` read its stream from ``position``, a StartingPosition, on; ``moment`` is Unix time."""
    for shard in shards_of(mapping):
        if position == "LATEST":
            mapping.reader.shards.begin_at(shard.inner, shard.length)
        elif position == "AT_TIMESTAMP":
            before = (each.number for each in shard.read(0, None) if each.arrived < (moment or 0))
            mapping.reader.shards.begin_at(shard.inner, max(before, default=0))


def _kinesis_shards(stream: Any, mapping: EventSourceMapping, role: str) -> Iterator[Shard]:
    for shard in list(stream.shards.values()):

        def read(position: int, count: int | None, shard: Any = shard) -> list[StreamRecord]:
            found, *_ = shard.get_records(str(position), count)
            where = {"shard_id": shard.shard_id, "stream_arn": stream.arn, "role": role, "region": mapping.region}
            return [StreamRecord(int(each.sequence_number), records.of_kinesis(each, **where)) for each in found]

        yield Shard(shard, shard.shard_id, shard.get_max_sequence_number(), shard.is_open, read)


def _table_shards(table: Any, mapping: EventSourceMapping, _role: str) -> Iterator[Shard]:
    shard = table.stream_shard
    if shard is None:
        return

    def read(position: int, count: int | None) -> list[StreamRecord]:
        found: Sequence[Any] = shard.items[position : None if count is None else position + count]
        return [
            StreamRecord(number, records.of_table(each, stream_arn=mapping.source_arn, region=mapping.region))
            for number, each in enumerate(found, position + 1)
        ]

    yield Shard(shard, shard.id, len(shard.items), True, read)


def _sources(mapping: EventSourceMapping) -> Iterator[Any]:
    yield from find(mapping.source_arn, mapping.account_id, mapping.region)
