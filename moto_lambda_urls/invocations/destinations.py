"""Destinations and dead-letter queues of asynchronous invocations."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from moto.awslambda.utils import get_backend as get_lambda_backend
from moto.backends import get_backend

from ..messages.trace import trace_header
from ..state.concurrency import Throttled
from ..state.record import result_of

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from ..runtime.invocation_request import Outcome

MAX_ERROR_LENGTH = 1024
"""Of an error message in a dead letter's attributes."""


class Condition(Enum):
    """How an asynchronous invocation ended, as its record says."""

    SUCCESS = "Success"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    ZERO_RESERVED_CONCURRENCY = "ZeroReservedConcurrency"


@dataclass(frozen=True)
class Attempts:
    """The attempts at one event: their ``count``, and the ``outcome`` of the last, None when there was none."""

    condition: Condition
    outcome: Outcome | None
    count: int


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event accepted with 202. ``run`` invokes the function once; None when its reserved concurrency is 0.

    ``function_arn`` is the one that was asked for; ``function`` the version that answers it. ``settings`` are the
    function's EventInvokeConfig, ``dead_letter_arn`` the target of its DeadLetterConfig.
    """

    function: LambdaFunction
    function_arn: str
    request_id: str
    payload: bytes
    run: Callable[[], Outcome | None]
    settings: Mapping[str, Any] = field(default_factory=dict)
    dead_letter_arn: str | None = None


def send_result(delivery: Delivery, attempts: Attempts) -> None:
    """Send the record to the destination that is configured for it, and a failed event to the dead-letter queue.

    Raises what the target service raises when the target is missing.
    """
    succeeded = attempts.condition is Condition.SUCCESS
    destinations = delivery.settings.get("DestinationConfig") or {}
    if arn := (destinations.get("OnSuccess" if succeeded else "OnFailure") or {}).get("Destination"):
        _send(arn, _record(delivery, attempts), delivery, succeeded=succeeded)
    if not succeeded and delivery.dead_letter_arn:
        _send_dead_letter(delivery.dead_letter_arn, delivery, attempts.outcome)


def _record(delivery: Delivery, attempts: Attempts) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    outcome = attempts.outcome
    record = {
        "version": "1.0",
        "timestamp": timestamp(),
        "requestContext": {
            "requestId": delivery.request_id,
            "functionArn": _qualified(delivery),
            "condition": attempts.condition.value,
            "approximateInvokeCount": attempts.count,
        },
        "requestPayload": json.loads(delivery.payload),
    }
    if outcome is None:
        return record
    error = {} if outcome.error is None else {"functionError": "Unhandled"}
    return {
        **record,
        "responseContext": {"statusCode": 200, "executedVersion": str(delivery.function.version), **error},
        "responsePayload": result_of(outcome.payload),
    }


def _qualified(delivery: Delivery) -> str:
    arn = delivery.function_arn
    return arn if arn.count(":") == 7 else f"{arn}:$LATEST"


def _send(arn: str, record: dict[str, Any], delivery: Delivery, *, succeeded: bool) -> None:
    _, _, service, region, account_id, *_ = arn.split(":")
    message = json.dumps(record, separators=(",", ":"))
    if service == "lambda":
        get_lambda_backend(account_id, region).invoke(arn, None, message, {"X-Amz-Invocation-Type": "Event"}, {})
    elif service == "events":
        event = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {'Success' if succeeded else 'Failure'}",
            "Resources": [arn, _qualified(delivery)],
            "Detail": message,
            "EventBusName": arn,
        }
        get_backend("events")[account_id][region].put_events([event])
    else:
        name = f"{delivery.request_id}.json"
        key = object_key(f"async/{delivery.function.function_name}", record["timestamp"], name)
        send_record(arn, message, account_id=delivery.function.account_id, key=key)


def timestamp() -> str:
    """The time now, as records of invocations have it."""
    now = datetime.now(timezone.utc)
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z"


def object_key(folder: str, when: str, name: str) -> str:
    """The key in a bucket of the record of ``when``, its timestamp; ``name`` tells it from others."""
    day, second = when[:10].replace("-", "/"), when[:19].replace(":", ".")
    return f"aws/lambda/{folder}/{day}/{second}-{name}"


def send_record(arn: str, message: str, *, account_id: str, key: str) -> None:
    """Send ``message``, the JSON of an invocation's record, to the queue, topic or bucket ``arn``.

    ``account_id`` is whose function it was; ``key`` is the object's, for a bucket. Raises what the target service
    raises when the target is missing.
    """
    _, partition, service, region, owner_id, *name = arn.split(":")
    if service == "sqs":
        get_backend("sqs")[owner_id][region].send_message(name[0], message, system_attributes=_trace())
    elif service == "sns":
        get_backend("sns")[owner_id][region].publish(message, arn=arn)
    elif service == "s3":
        get_backend("s3")[account_id][partition].put_object(name[0], key, message.encode())


def _trace() -> dict[str, dict[str, str]]:
    """The system attribute of messages, with the X-Ray header that Lambda sends along.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
    """
    header = trace_header(f"1-{int(time.time()):08x}-{token_hex(12)}")
    return {"AWSTraceHeader": {"DataType": "String", "StringValue": header}}


def _send_dead_letter(arn: str, delivery: Delivery, outcome: Outcome | None) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq"""
    _, _, service, region, account_id, name = arn.split(":")
    reason = json.loads(outcome.payload).get("errorMessage", "") if outcome else Throttled.message
    attributes = {
        "RequestID": ("String", delivery.request_id),
        "ErrorCode": ("Number", "200" if outcome else "429"),
        "ErrorMessage": ("String", reason[:MAX_ERROR_LENGTH] or "-"),
    }
    message = delivery.payload.decode()
    if service == "sqs":
        get_backend("sqs")[account_id][region].send_message(
            name,
            message,
            message_attributes={
                key: {"DataType": kind, "StringValue": value} for key, (kind, value) in attributes.items()
            },
            system_attributes=_trace(),
        )
    elif service == "sns":
        get_backend("sns")[account_id][region].publish(
            message,
            arn=arn,
            message_attributes={key: {"Type": kind, "Value": value} for key, (kind, value) in attributes.items()},
        )
