"""Checks of the settings of event source mappings that the service model does not express."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ..exceptions import InvalidParameterValueException, SerializationException
from .filters import check_criteria
from .kinds import SourceKind, unsupported

MIN_RECORD_AGE = 60
"""Seconds; -1 is no bound. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""
MAX_BATCH_WITHOUT_WINDOW = 10
"""Messages of a queue."""
_DESTINATIONS = ("sqs", "sns", "s3")
"""https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""


def check_new(kind: SourceKind, settings: Mapping[str, Any]) -> None:
    """Check the ``settings`` of a request that creates a mapping.

    :raises SerializationException, InvalidParameterValueException: they are not acceptable.
    """
    kind.check_settings(settings)
    for name in kind.required:
        if not settings.get(name):
            raise _missing(name)
    _check_position(kind, settings)
    check_changes(kind, settings, settings)


def check_changes(kind: SourceKind, changes: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Check the ``changes`` of a request; ``settings`` are the mapping's, with them in place.

    :raises InvalidParameterValueException: they are not acceptable.
    """
    kind.check_settings(changes)
    check_criteria(changes.get("FilterCriteria"))
    if (changes.get("DestinationConfig") or {}).get("OnSuccess") is not None:
        raise unsupported("DestinationConfig")
    check_destination(kind, (changes.get("DestinationConfig") or {}).get("OnFailure") or {})
    if 0 <= changes.get("MaximumRecordAgeInSeconds", -1) < MIN_RECORD_AGE:
        # A decision: AWS's text is not public.
        raise InvalidParameterValueException(
            f"MaximumRecordAgeInSeconds must be -1, or greater than or equal to {MIN_RECORD_AGE}."
        )
    if kind.service == "sqs":
        check_queue_batches(settings)


def check_queue_batches(settings: Mapping[str, Any]) -> None:
    """Check that batches of a queue's messages are as large as it allows.

    :raises InvalidParameterValueException: they are larger, or the queue is a FIFO queue and has a batching window.
    """
    window = settings.get("MaximumBatchingWindowInSeconds", 0)
    if settings["EventSourceArn"].endswith(".fifo") and window:
        raise InvalidParameterValueException("Batching window is not supported for FIFO queues")
    if settings.get("BatchSize", 0) > MAX_BATCH_WITHOUT_WINDOW and not window:
        raise InvalidParameterValueException(
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
        )


def check_destination(kind: SourceKind, on_failure: Mapping[str, Any]) -> None:
    """Check where records that are left out are sent.

    :raises InvalidParameterValueException: it is no queue, topic or bucket, nor, for Kafka, a topic of it.
    """
    arn = on_failure.get("Destination") or ""
    if not arn or (arn.startswith("kafka://") and not kind.is_stream):
        return
    if arn.startswith("kafka://") or arn.split(":")[2] not in _DESTINATIONS:
        # A decision: this is AWS's text for destinations of asynchronous invocations.
        raise InvalidParameterValueException(
            "The provided destination config DestinationConfig(onSuccess=null, "
            f"onFailure=OnFailure(destination={arn})) is invalid."
        )


def _check_position(kind: SourceKind, settings: Mapping[str, Any]) -> None:
    position, moment = settings.get("StartingPosition"), settings.get("StartingPositionTimestamp")
    if moment is not None and (isinstance(moment, bool) or not isinstance(moment, int | float)):
        raise SerializationException("StartingPositionTimestamp is no number of seconds since 1970")
    if moment is not None and position != "AT_TIMESTAMP":
        raise InvalidParameterValueException("Timestamp only valid with StartingPosition AT_TIMESTAMP")
    if position is not None and position not in kind.positions:
        raise InvalidParameterValueException(
            f"Unsupported starting position for arn type: {settings['EventSourceArn']}"
        )
    if position == "AT_TIMESTAMP":
        _check_moment(moment)


def _check_moment(moment: float | None) -> None:
    if moment is not None and moment < 0:
        raise InvalidParameterValueException(
            "Received Exception while reading from provided stream. "
            "class java.lang.Long can not be converted to a Timestamp"
        )
    if moment is None or moment > time.time():
        # A decision: AWS's texts are not public; its documentation excludes the future.
        raise InvalidParameterValueException(
            "StartingPositionTimestamp is required with StartingPosition AT_TIMESTAMP, and must not be in the future."
        )


def _missing(name: str) -> InvalidParameterValueException:
    member = f"{name[0].lower()}{name[1:]}"
    if name == "StartingPosition":
        return InvalidParameterValueException(
            f"1 validation error detected: Value null at '{member}' failed to satisfy constraint: "
            "Member must not be null."
        )
    return InvalidParameterValueException(f"Required '{member}' parameter is missing.")
