"""Discarded records of a stream: the message about them to their on-failure destination.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal

from ...invocations.destinations import object_key, send_record, timestamp
from .. import in_moto
from .mappings import EventSourceMapping
from .sources import StreamRecord

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]
_INFO = {"kinesis": "KinesisBatchInfo", "dynamodb": "DDBStreamBatchInfo"}
_logger = logging.getLogger("moto_lambda_urls")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a function answered to a batch, and how its invocation is known."""

    payload: bytes
    request_id: str
    executed_version: str
    is_error: bool


@dataclass(frozen=True, kw_only=True)
class Discard:
    """``batch`` is left out after ``attempts``, of which ``answer`` is the last one's; None when there was none."""

    batch: Sequence[StreamRecord]
    shard_id: str
    condition: Condition
    attempts: int
    answer: Answer | None


def tell(mapping: EventSourceMapping, discard: Discard) -> None:
    """Send the record of ``discard`` to the mapping's on-failure destination, if it has one."""
    arn = mapping.settings["DestinationConfig"]["OnFailure"].get("Destination")
    if not arn:
        return
    record = _record(mapping, discard)
    if arn.split(":")[2] == "s3":
        # Only a bucket gets the records themselves, as the text of the event.
        event = b'{"Records": [' + b", ".join(each.text for each in discard.batch) + b"]}"
        record["payload"] = event.decode()
    try:
        message = json.dumps(record, separators=(",", ":"))
        key = object_key(f"{mapping.uuid}/{discard.shard_id}", record["timestamp"], in_moto.random_uuid())
        send_record(arn, message, account_id=mapping.account_id, key=key)
    except Exception:  # as on AWS, the stream goes on
        _logger.exception("%s could not be told of records of %s", arn, mapping.source_arn)


def _record(mapping: EventSourceMapping, discard: Discard) -> dict[str, Any]:
    answer = discard.answer
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": answer.request_id if answer else in_moto.random_uuid(),
            "functionArn": mapping.function_arn,
            "condition": discard.condition,
            "approximateInvokeCount": discard.attempts,
        },
    }
    if answer is not None:
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": answer.executed_version,
            "functionError": "Unhandled" if answer.is_error else None,
        }
    return {**record, "version": "1.0", "timestamp": timestamp(), _INFO[mapping.kind.service]: _info(mapping, discard)}


def _info(mapping: EventSourceMapping, discard: Discard) -> dict[str, Any]:
    first, last = discard.batch[0], discard.batch[-1]
    return {
        "shardId": discard.shard_id,
        "startSequenceNumber": first.sequence_number,
        "endSequenceNumber": last.sequence_number,
        "approximateArrivalOfFirstRecord": _arrival(mapping, first),
        "approximateArrivalOfLastRecord": _arrival(mapping, last),
        "batchSize": len(discard.batch),
        "streamArn": mapping.source_arn,
    }


def _arrival(mapping: EventSourceMapping, record: StreamRecord) -> str:
    moment = datetime.fromtimestamp(record.arrived, timezone.utc)
    # Recorded: DynamoDB's times have no fraction.
    fraction = "" if mapping.kind.service == "dynamodb" else f".{moment.microsecond // 1000:03}"
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
