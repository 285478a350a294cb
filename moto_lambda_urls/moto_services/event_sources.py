"""Hooks in moto's queues, streams and tables: what is sent there is delivered by event source mappings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

from moto.core.utils import unix_time_millis

from ..control.backends import backends_in
from ..patching.late_imports import patch_late
from ..patching.patches import Method, Patches, counted_patches


def _patch(patches: Patches) -> None:
    patch_late(_MODULES, lambda name: _MODULES[name](sys.modules[name], patches), patches)


def _patch_queues(sqs: Any, patches: Patches) -> None:
    patches.method(sqs.Queue, "add_message", partial(_delivering, lambda queue: queue, lambda queue: queue.queue_arn))
    for name in ("receive_message", "get_queue_attributes"):
        patches.method(sqs.SQSBackend, name, _looking)
    patches.method(sqs.SQSBackend, "send_message_batch", _together)
    # moto's is False at the very moment, where a frozen clock stays.
    patches.value(sqs.Message, "visible", property(lambda message: unix_time_millis() >= message.visible_at))


def _patch_streams(kinesis: Any, patches: Patches) -> None:
    patches.method(kinesis.Stream, "put_record", partial(_delivering, lambda stream: stream, lambda stream: stream.arn))
    patches.method(kinesis.KinesisBackend, "put_records", _together)
    for name in ("merge_shards", "split_shard"):
        patches.method(kinesis.Stream, name, _resharding)


def _patch_tables(table: Any, patches: Patches) -> None:
    add = partial(_delivering, lambda shard: shard.table, _stream_arn)
    patches.method(table.StreamShard, "add", add)


def _patch_transactions(dynamodb: Any, patches: Patches) -> None:
    patches.method(dynamodb.DynamoDBBackend, "transact_write_items", _together)


_MODULES: Mapping[str, Callable[[Any, Patches], None]] = {
    "moto.sqs.models": _patch_queues,
    "moto.kinesis.models": _patch_streams,
    "moto.dynamodb.models.table": _patch_tables,
    "moto.dynamodb.models": _patch_transactions,
}


def _stream_arn(shard: Any) -> str:
    return f"{shard.table.table_arn}/stream/{shard.table.latest_stream_label}"


def _delivering(owner_of: Callable[[Any], Any], arn_of: Callable[[Any], str], original: Method) -> Method:
    """The method that adds a record to a source, with the delivery of what is due of that source after it."""

    def method(source: Any, *args: Any, **kwargs: Any) -> Any:
        added = original(source, *args, **kwargs)
        owner = owner_of(source)
        for each in backends_in(owner.account_id, getattr(owner, "region", None) or owner.region_name):
            each.deliver_due(arn_of(source))
        return added

    return method


def _looking(original: Method) -> Method:
    def method(sqs: Any, *args: Any, **kwargs: Any) -> Any:
        for each in backends_in(sqs.account_id, sqs.region_name):
            each.deliver_waited()
        return original(sqs, *args, **kwargs)

    return method


def _together(original: Method) -> Method:
    def method(backend: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            for each in backends_in(backend.account_id, backend.region_name):
                stack.enter_context(each.together())
            return original(backend, *args, **kwargs)

    return method


def _resharding(original: Method) -> Method:
    def method(stream: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            for each in backends_in(stream.account_id, stream.region):
                stack.enter_context(each.resharding(stream.arn))
            return original(stream, *args, **kwargs)

    return method


_counted = counted_patches(_patch)
"""Of the process, as moto's queues and streams are."""

install = _counted.install
uninstall = _counted.uninstall
