"""Asynchronous invocations: retries, then the destination or the dead-letter queue of the function."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from threading import local
from typing import TYPE_CHECKING, Any, Literal

from moto.awslambda.utils import get_backend as get_lambda_backend
from moto.backends import get_backend

from .recorder import result_of

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from .runtime import Outcome

Condition = Literal["Success", "RetriesExhausted", "ZeroReservedConcurrency"]
DEFAULT_RETRIES = 2


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An event accepted with 202. ``run`` invokes the function once; None when its reserved concurrency is 0.

    ``function_arn`` is the one that was asked for; ``version`` the function version that answers it.
    """

    function: LambdaFunction
    function_arn: str
    request_id: str
    payload: bytes
    run: Callable[[], Outcome | None]


_thread = local()


def deliver(delivery: Delivery) -> None:
    """Run ``delivery`` in this thread, now, or right after the one that this thread is delivering.

    A decision: AWS answers 202 first and runs later. Here the event has been handled when its sender gets the answer,
    so that a test sees the effect without waiting; an event that a handler sends waits until that handler has returned,
    so that a function may send events to itself.
    """
    queue: deque[Delivery] | None = getattr(_thread, "queue", None)
    if queue is not None:
        queue.append(delivery)
        return
    _thread.queue = queue = deque([delivery])
    try:
        while queue:
            _deliver(queue.popleft())
    finally:
        del _thread.queue


def _deliver(delivery: Delivery) -> None:
    settings = delivery.function.event_invoke_config[-1].config if delivery.function.event_invoke_config else {}
    retries = settings.get("MaximumRetryAttempts", DEFAULT_RETRIES)
    outcome, attempts = None, 0
    while attempts <= retries:
        outcome = delivery.run()
        if outcome is None:
            break
        attempts += 1
        if outcome.error is None:
            _finish(delivery, settings, "Success", outcome, attempts)
            return
    _finish(delivery, settings, "RetriesExhausted" if outcome else "ZeroReservedConcurrency", outcome, attempts)


def _finish(
    delivery: Delivery, settings: dict[str, Any], condition: Condition, outcome: Outcome | None, attempts: int
) -> None:
    destinations = settings.get("DestinationConfig") or {}
    key = "OnSuccess" if condition == "Success" else "OnFailure"
    if arn := (destinations.get(key) or {}).get("Destination"):
        _send(arn, _record(delivery, condition, outcome, attempts), delivery)
    dead_letters = getattr(delivery.function, "dead_letter_config", None) or {}
    if condition != "Success" and (arn := dead_letters.get("TargetArn")):
        _send_dead_letter(arn, delivery, outcome)


def _record(delivery: Delivery, condition: Condition, outcome: Outcome | None, attempts: int) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""
    now = datetime.now(timezone.utc)
    record = {
        "version": "1.0",
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
        "requestContext": {
            "requestId": delivery.request_id,
            "functionArn": _qualified(delivery),
            "condition": condition,
            "approximateInvokeCount": attempts,
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


def _send(arn: str, record: dict[str, Any], delivery: Delivery) -> None:
    _, _, service, region, account_id, *name = arn.split(":")
    message = json.dumps(record, separators=(",", ":"))
    if service == "sqs":
        get_backend("sqs")[account_id][region].send_message(name[0], message)
    elif service == "sns":
        get_backend("sns")[account_id][region].publish(message, arn=arn)
    elif service == "lambda":
        get_lambda_backend(account_id, region).invoke(arn, None, message, {"X-Amz-Invocation-Type": "Event"}, {})
    elif service == "events":
        outcome = "Success" if record["requestContext"]["condition"] == "Success" else "Failure"
        event = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - {outcome}",
            "Resources": [arn, _qualified(delivery)],
            "Detail": message,
            "EventBusName": arn,
        }
        get_backend("events")[account_id][region].put_events([event])


def _send_dead_letter(arn: str, delivery: Delivery, outcome: Outcome | None) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq"""
    _, _, service, region, account_id, name = arn.split(":")
    reason = json.loads(outcome.payload).get("errorMessage", "") if outcome else "Rate Exceeded."
    attributes = {
        "RequestID": _attribute("String", delivery.request_id),
        "ErrorCode": _attribute("Number", "200" if outcome else "429"),
        "ErrorMessage": _attribute("String", reason[:1024] or "-"),
    }
    message = delivery.payload.decode()
    if service == "sqs":
        get_backend("sqs")[account_id][region].send_message(name, message, message_attributes=attributes)
    elif service == "sns":
        get_backend("sns")[account_id][region].publish(
            message, arn=arn, message_attributes={key: _sns(value) for key, value in attributes.items()}
        )


def _attribute(data_type: str, value: str) -> dict[str, str]:
    return {"data_type": data_type, "string_value": value}


def _sns(attribute: dict[str, str]) -> dict[str, str]:
    return {"Type": attribute["data_type"], "Value": attribute["string_value"]}
