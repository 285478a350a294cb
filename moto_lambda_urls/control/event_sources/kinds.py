"""Kinds of event sources: how their ARNs look, which settings they take, and the settings that they begin with.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exceptions import InvalidParameterValueException

_EVERYWHERE = frozenset(
    {
        *("BatchSize", "Enabled", "EventSourceArn", "FilterCriteria", "FunctionName", "KMSKeyArn"),
        *("MaximumBatchingWindowInSeconds", "MetricsConfig", "Tags", "UUID"),
    }
)
_POSITIONS = frozenset({"StartingPosition", "StartingPositionTimestamp"})
_FAILURES = frozenset(
    {
        *("BisectBatchOnFunctionError", "DestinationConfig", "FunctionResponseTypes"),
        *("MaximumRecordAgeInSeconds", "MaximumRetryAttempts"),
    }
)
_STREAM = _POSITIONS | _FAILURES | {"ParallelizationFactor", "TumblingWindowInSeconds"}
_KAFKA = _POSITIONS | _FAILURES | {"LoggingConfig", "ProvisionedPollerConfig", "SourceAccessConfigurations", "Topics"}


@dataclass(frozen=True, kw_only=True)
class SourceKind:
    """``settings`` are those that not every kind takes, ``required`` those that a new mapping must have; ``defaults``
    are in each answer. ``reason`` is the StateTransitionReason, ``positions`` are the starting positions."""

    service: str
    settings: frozenset[str]
    defaults: Mapping[str, Any]
    required: tuple[str, ...] = ()
    reason: str = "USER_INITIATED"
    positions: tuple[str, ...] = field(default=("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"))

    @property
    def is_stream(self) -> bool:
        """Whether records are read from shards, and processed in their order."""
        return "ParallelizationFactor" in self.settings

    @property
    def tells_result(self) -> bool:
        """Whether the answers have LastProcessingResult: only those about queues of SQS are without."""
        return self.service != "sqs"

    def takes(self, name: str) -> bool:
        """Whether ``name`` is a setting of sources of this kind."""
        return name in self.settings | _EVERYWHERE

    def check_settings(self, names: Mapping[str, Any]) -> None:
        """Check that sources of this kind take the settings ``names``.

        :raises InvalidParameterValueException: AWS's text is recorded for DestinationConfig, and here is for all.
        """
        for name in names:
            if not self.takes(name):
                if name in _POSITIONS and self.service == "sqs":
                    raise InvalidParameterValueException("StartingPosition is not valid for SQS event sources.")
                raise unsupported(name)


_STREAM_DEFAULTS = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
_QUEUE_DEFAULTS = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
# Half a second is the batching window of Kafka and MQ, which the API cannot express: the service model's documentation.
_KAFKA_DEFAULTS = {"BatchSize": 100, "DestinationConfig": {"OnFailure": {}}, "FunctionResponseTypes": []}

_KINDS = (
    SourceKind(
        service="sqs",
        settings=frozenset({"FunctionResponseTypes", "ProvisionedPollerConfig", "ScalingConfig"}),
        defaults=_QUEUE_DEFAULTS,
        positions=(),
    ),
    SourceKind(
        service="kinesis",
        settings=_STREAM,
        defaults=_STREAM_DEFAULTS,
        required=("StartingPosition",),
        reason="User action",
    ),
    SourceKind(
        service="dynamodb",
        settings=_STREAM,
        defaults=_STREAM_DEFAULTS,
        required=("StartingPosition",),
        reason="User action",
        positions=("TRIM_HORIZON", "LATEST"),
    ),
    SourceKind(
        service="kafka",
        settings=_KAFKA | {"AmazonManagedKafkaEventSourceConfig"},
        defaults=_KAFKA_DEFAULTS,
        required=("StartingPosition", "Topics"),
    ),
    SourceKind(
        service="mq",
        settings=frozenset({"Queues", "SourceAccessConfigurations"}),
        defaults={"BatchSize": 100},
        required=("Queues", "SourceAccessConfigurations"),
        positions=(),
    ),
    SourceKind(
        service="rds",  # of Amazon DocumentDB
        settings=_POSITIONS | {"DocumentDBEventSourceConfig", "SourceAccessConfigurations"},
        defaults={"BatchSize": 100, "MaximumBatchingWindowInSeconds": 0},
        required=("StartingPosition", "SourceAccessConfigurations", "DocumentDBEventSourceConfig"),
        reason="User action",
    ),
)
_SELF_MANAGED = SourceKind(
    service="",
    settings=_KAFKA | {"SelfManagedEventSource", "SelfManagedKafkaEventSourceConfig"},
    defaults=_KAFKA_DEFAULTS,
    required=("StartingPosition", "Topics", "SourceAccessConfigurations"),
)
_BY_SERVICE = {kind.service: kind for kind in _KINDS}


def kind_of(settings: Mapping[str, Any]) -> SourceKind:
    """The kind of the source that the ``settings`` of a mapping name.

    :raises InvalidParameterValueException: they name none, or one of another service.
    """
    arn = settings.get("EventSourceArn")
    if not arn and settings.get("SelfManagedEventSource"):
        return _SELF_MANAGED
    kind = _BY_SERVICE.get(arn.split(":")[2]) if arn else None
    if kind is None or (kind.service == "dynamodb" and "/stream/" not in str(arn)):
        raise InvalidParameterValueException("Unrecognized event source.")
    return kind


def unsupported(name: str) -> InvalidParameterValueException:
    """The error for a setting that the kind of source does not have."""
    return InvalidParameterValueException(f"Unsupported {name} parameter for given event source mapping type.")
