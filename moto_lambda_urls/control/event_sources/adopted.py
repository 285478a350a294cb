"""Event source mappings of plain moto, taken over and given back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .. import in_moto
from ..functions.names import parse
from . import sources
from .kinds import kind_of
from .mappings import EventSourceMapping

if TYPE_CHECKING:
    from moto.awslambda.models import EventSourceMapping as MotoMapping
    from moto.awslambda.models import LambdaBackend

MOTO_DELIVERS = ("sqs", "kinesis", "dynamodb")


def take(backend: LambdaBackend, kept: Iterable[EventSourceMapping]) -> dict[str, EventSourceMapping]:
    """Take moto's mappings out of ``backend``, and over: by their UUIDs. moto delivers for them no more.

    ``kept`` are those that ``give_back`` had to give: what moto does not know of them is as it was. What was in streams
    has been delivered by moto.
    """
    known = {mapping.uuid: mapping for mapping in kept}
    taken = {uuid: mapping for uuid, mapping in known.items() if mapping.kind.service not in MOTO_DELIVERS}
    for theirs in in_moto.take_event_source_mappings(backend):
        for source in sources.find(theirs.event_source_arn, theirs.account_id, theirs.region):
            holder = source.lambda_event_source_mappings
            for key in [key for key, each in holder.items() if each is theirs]:
                del holder[key]
        mapping = taken[theirs.uuid] = _taken(theirs, known.get(theirs.uuid))
        if mapping.kind.is_stream:
            sources.begin(mapping, "LATEST")
    return taken


def give_back(backend: LambdaBackend, mappings: Iterable[EventSourceMapping]) -> None:
    """Let moto have those of ``mappings`` that it can, and deliver for them."""
    for mapping in mappings:
        if mapping.kind.service not in MOTO_DELIVERS or mapping.transition == "Deleting":
            continue
        spec = {
            **mapping.settings,
            "FunctionName": mapping.function[0],
            "FunctionArn": mapping.function_arn,
            "Enabled": mapping.is_enabled,
            "Tags": dict(mapping.tags),
        }
        theirs = in_moto.put_event_source_mapping(backend, mapping.uuid, mapping.arn, spec)
        key = mapping.source_arn if mapping.kind.service == "kinesis" else mapping.function_arn
        for source in sources.find(theirs.event_source_arn, theirs.account_id, theirs.region):
            source.lambda_event_source_mappings[key] = theirs


def _taken(theirs: MotoMapping, kept: EventSourceMapping | None) -> EventSourceMapping:
    shown = {name: value for name, value in theirs.get_configuration().items() if value is not None}
    kind = kind_of(shown)
    named = parse(theirs.function_arn)
    before: Mapping[str, Any] = kept.settings if kept else {}
    mapping = EventSourceMapping(
        uuid=theirs.uuid,
        arn=theirs.arn,
        account_id=theirs.account_id,
        region=theirs.region,
        kind=kind,
        function=(named.name, named.qualifier),
        function_arn=theirs.function_arn,
        settings={**kind.defaults, **before},
        is_enabled=bool(theirs.enabled),
        tags=dict(theirs.tags),
    )
    mapping.put({name: value for name, value in shown.items() if kind.takes(name)})
    return mapping
