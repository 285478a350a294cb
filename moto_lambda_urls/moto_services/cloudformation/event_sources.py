"""Resource class of AWS::Lambda::EventSourceMapping."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...control.event_sources.mappings import EventSourceMapping
from ...control.exceptions import ResourceNotFoundException
from ...control.models import FunctionUrlBackend
from ...control.validation import validate
from .properties import parameters
from .resources import Resource

_REPLACED = ("EventSourceArn", "SelfManagedEventSource", "StartingPosition", "StartingPositionTimestamp")
"""Properties whose change makes a new mapping.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html"""

_CLEARED: dict[str, Any] = {
    "FilterCriteria": {"Filters": []},
    "KMSKeyArn": "",
    "MetricsConfig": {"Metrics": []},
    "ProvisionedPollerConfig": {},
    "ScalingConfig": {},
}
"""What takes a setting away that a template no longer names."""


class EventSourceMappingResource(Resource):
    """An event source mapping; ``Ref`` is its UUID."""

    attributes = frozenset({"EventSourceMappingArn", "Id"})

    def __init__(self, mapping: EventSourceMapping) -> None:
        self.mapping = mapping
        self.physical_resource_id = mapping.uuid
        self.values = {"EventSourceMappingArn": mapping.arn, "Id": mapping.uuid}

    @classmethod
    def create(
        cls,
        backend: FunctionUrlBackend,
        name: str,  # noqa: ARG003
        properties: dict[str, Any],
    ) -> EventSourceMappingResource:
        wanted = _parameters("CreateEventSourceMapping", properties)
        mapping = backend.create_event_source_mapping({**wanted, "Tags": _tags(properties)})
        mapping.transition = None  # CloudFormation waits for it, here and below
        return cls(mapping)

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: EventSourceMappingResource, properties: dict[str, Any]
    ) -> EventSourceMappingResource | None:
        mapping = original.mapping
        wanted = _parameters("CreateEventSourceMapping", properties)
        if any(wanted.get(name) != mapping.settings.get(name) for name in _REPLACED):
            return None
        # What a template no longer names goes back to its default.
        defaults = {"Enabled": True, **{name: _CLEARED[name] for name in _CLEARED if mapping.kind.takes(name)}}
        settings = {**mapping.kind.defaults, **defaults, **_parameters("UpdateEventSourceMapping", properties)}
        mapping.transition = None
        changed = backend.update_event_source_mapping(mapping.uuid, settings)
        changed.transition, changed.tags = None, _tags(properties)
        return cls(changed)

    def remove(self, backend: FunctionUrlBackend) -> None:
        self.mapping.transition = None
        with suppress(ResourceNotFoundException):
            backend.delete_event_source_mapping(self.mapping.uuid)
        backend.event_sources.pop(self.mapping.uuid, None)


def _parameters(operation: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The parameters of ``operation``: a template spells some of them otherwise, and its tags are a list."""
    renamed = {"KmsKeyArn": "KMSKeyArn"}
    given = {renamed.get(name, name): value for name, value in properties.items() if name != "Tags"}
    endpoints = (given.get("SelfManagedEventSource") or {}).get("Endpoints") or {}
    if "KafkaBootstrapServers" in endpoints:
        servers = {"KAFKA_BOOTSTRAP_SERVERS": endpoints["KafkaBootstrapServers"]}
        given["SelfManagedEventSource"] = {"Endpoints": servers}
    wanted = parameters(operation, given)
    moment = wanted.get("StartingPositionTimestamp")
    if isinstance(moment, str):
        with suppress(ValueError):
            wanted["StartingPositionTimestamp"] = float(moment)
    validate(operation, {"UUID": "0" * 36, **wanted} if operation == "UpdateEventSourceMapping" else wanted)
    return wanted


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: str(each["Value"]) for each in properties.get("Tags") or []}
