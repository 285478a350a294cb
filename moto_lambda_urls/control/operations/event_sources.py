"""The operations on event source mappings."""

from __future__ import annotations

from typing import Any

from moto.utilities.utils import get_partition

from ...state import scope
from .. import in_moto
from ..event_sources import sources
from ..event_sources.checks import check_changes, check_new
from ..event_sources.kinds import kind_of
from ..event_sources.mappings import EventSourceMapping, Transition
from ..exceptions import InvalidParameterValueException, ResourceConflictException, ResourceInUseException
from ..functions.checks import check_tags, check_tenancy
from ..functions.deployed import DeployedFunction
from ..functions.names import Key, parse
from .deliveries import DeliveryOperations
from .lookup import requested_resource_not_found
from .pages import page

MAX_LISTED = 100
"""https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html"""


class EventSourceOperations(DeliveryOperations):
    """Event source mappings of one account and region.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    """

    def create_event_source_mapping(self, spec: dict[str, Any]) -> EventSourceMapping:  # type: ignore[override]  # moto's gives its own
        """Create the mapping that ``spec`` (the request's parameters) describes, and deliver what is there already.

        :raises InvalidParameterValueException, SerializationException: the settings are not acceptable for the source,
            or the function or the source is missing.
        :raises ResourceConflictException: the function has a mapping of this source.
        """
        kind = kind_of(spec)
        check_new(kind, spec)
        check_tags(spec.get("Tags") or {})
        with self.changing:
            key, function = self._function_of_mapping(spec["FunctionName"], "CreateEventSourceMapping")
            uuid = in_moto.random_uuid()
            partition = get_partition(self.region_name)
            mapping = EventSourceMapping(
                uuid=uuid,
                arn=f"arn:{partition}:lambda:{self.region_name}:{self.account_id}:event-source-mapping:{uuid}",
                account_id=self.account_id,
                region=self.region_name,
                kind=kind,
                function=key,
                function_arn=self._arn(key),
                settings=dict(kind.defaults),
                is_enabled=spec.get("Enabled", True),
                tags=dict(spec.get("Tags") or {}),
            )
            mapping.put(spec)
            if kind.service == "kafka":
                mapping.settings.setdefault("AmazonManagedKafkaEventSourceConfig", {"ConsumerGroupId": uuid})
            self._check_source(mapping, function)
            self._check_new_source(mapping)
            self._begin(mapping)
            mapping.transition = _shown("Creating" if mapping.is_enabled else None)
            self.event_sources[uuid] = mapping
        self.deliver_soon(mapping)
        return mapping

    def get_event_source_mapping(self, uuid: str) -> dict[str, Any]:  # type: ignore[override]  # as above
        """The mapping as the API answers it. With ``function_states`` "pending" a change is over after the first look.

        :raises ResourceNotFoundException: it is missing.
        """
        self.deliver_waited()
        mapping = self._mapping(uuid)
        described = mapping.describe()
        self._settle(mapping)
        return described

    def event_source_mappings_page(
        self,
        *,
        source_arn: str | None = None,
        function_name: str | None = None,
        marker: str | None = None,
        max_items: int | None = None,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The mappings of a source, of a function, or all: a page of at most ``max_items`` after ``marker``; the next
        marker. A decision: without a qualifier those of the function's versions and aliases are among them."""
        self.deliver_waited()
        wanted = [
            mapping
            for mapping in list(self.event_sources.values())
            if source_arn in (None, mapping.source_arn) and _is_of(mapping, function_name)
        ]
        listed, next_marker = page(
            wanted, lambda each: (each.number,), marker=marker, max_items=max_items, most=MAX_LISTED
        )
        described = [mapping.describe() for mapping in listed]
        for mapping in listed:
            self._settle(mapping)
        return described, next_marker

    def update_event_source_mapping(self, uuid: str, spec: dict[str, Any]) -> EventSourceMapping:  # type: ignore[override]  # as above
        """Replace each setting that ``spec`` (the request's parameters) names, and deliver what is due.

        :raises ResourceNotFoundException: the mapping is missing.
        :raises ResourceInUseException: a change is in progress.
        :raises InvalidParameterValueException: the settings are not acceptable.
        """
        with self.changing:
            mapping = self._mapping(uuid)
            check_changes(mapping.kind, spec, {**mapping.settings, **spec})
            self._check_settled(mapping, "update")
            if "FunctionName" in spec:
                key, function = self._function_of_mapping(spec["FunctionName"], "UpdateEventSourceMapping")
                self._check_source(mapping, function)
                mapping.function, mapping.function_arn = key, self._arn(key)
            mapping.put(spec)
            is_enabled = spec.get("Enabled", mapping.is_enabled)
            if is_enabled != mapping.is_enabled:
                mapping.transition = _shown("Enabling" if is_enabled else "Disabling")
            else:
                mapping.transition = _shown("Updating" if is_enabled else None)
            mapping.is_enabled = is_enabled
        self.deliver_soon(mapping)
        return mapping

    def delete_event_source_mapping(self, uuid: str) -> dict[str, Any]:  # type: ignore[override]  # as above
        """Delete a mapping: the answer has it as Deleting. With ``function_states`` "pending" it is gone after the
        first look.

        :raises ResourceNotFoundException: it is missing.
        :raises ResourceInUseException: a change is in progress.
        """
        with self.changing:
            mapping = self._mapping(uuid)
            self._check_settled(mapping, "delete")
            mapping.transition = "Deleting"
            if _shown("Deleting") is None:
                del self.event_sources[uuid]
            return mapping.describe()

    def tagged_mapping(self, arn: str) -> EventSourceMapping:
        """The mapping ``arn``.

        :raises ResourceNotFoundException: it is missing.
        """
        return self._mapping(arn.rpartition(":")[2])

    def _mapping(self, uuid: str) -> EventSourceMapping:
        if uuid not in self.event_sources:
            raise requested_resource_not_found()
        return self.event_sources[uuid]

    def _settle(self, mapping: EventSourceMapping) -> None:
        if mapping.transition == "Deleting":
            self.event_sources.pop(mapping.uuid, None)
        else:
            mapping.transition = None

    def _check_settled(self, mapping: EventSourceMapping, doing: str) -> None:
        if mapping.transition is not None:
            self._settle(mapping)
            raise ResourceInUseException(f"Cannot {doing} the event source mapping because it is in use.")

    def _function_of_mapping(self, function_name: str, action: str) -> tuple[Key, DeployedFunction]:
        key = self._resolve(function_name, None, action)
        if not self._exists(key):
            # As another implementation has it.
            raise InvalidParameterValueException("Function does not exist")
        function = self.deployed(key)
        check_tenancy(function.details.as_sent, "An event source mapping")
        return key, function

    def _check_source(self, mapping: EventSourceMapping, function: DeployedFunction) -> None:
        if not sources.is_there(mapping):
            if mapping.kind.service == "sqs":
                raise InvalidParameterValueException(
                    "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                    "SQS Error Message: The specified queue does not exist."
                )
            raise InvalidParameterValueException(f"Stream not found: {mapping.source_arn}")
        if mapping.kind.service == "sqs":
            visible_after = int(sources.queue_of(mapping).visibility_timeout)
            if visible_after < int(function.timeout):
                raise InvalidParameterValueException(
                    f"Queue visibility timeout: {visible_after} seconds is less than "
                    f"Function timeout: {function.timeout} seconds"
                )

    def _check_new_source(self, mapping: EventSourceMapping) -> None:
        for other in self.event_sources.values():
            if other.function_arn != mapping.function_arn or not _have_one_source(other, mapping):
                continue
            arn, name = mapping.source_arn, mapping.function[0]
            if mapping.kind.service == "sqs":
                found = f'An event source mapping with SQS arn (" {arn} ") and function (" {name} ") already exists.'
            else:
                found = f'The event source arn (" {arn} ") and function (" {name} ") provided mapping already exists.'
            raise ResourceConflictException(
                f"{found} Please update or delete the existing mapping with UUID {other.uuid}"
            )

    def _begin(self, mapping: EventSourceMapping) -> None:
        if mapping.kind.is_stream:
            settings = mapping.settings
            sources.begin(mapping, settings["StartingPosition"], settings.get("StartingPositionTimestamp"))


def _shown(transition: Transition | None) -> Transition | None:
    return transition if scope.options().function_states == "pending" else None


def _is_of(mapping: EventSourceMapping, function_name: str | None) -> bool:
    if function_name is None:
        return True
    named = parse(function_name)
    return (named.name, named.qualifier or mapping.function[1]) == mapping.function


def _have_one_source(mapping: EventSourceMapping, other: EventSourceMapping) -> bool:
    names = ("EventSourceArn", "SelfManagedEventSource", "Topics", "Queues", "DocumentDBEventSourceConfig")
    return all(mapping.settings.get(name) == other.settings.get(name) for name in names)
