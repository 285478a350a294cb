"""The records of queues and streams in the form in which functions get them."""

from __future__ import annotations

import base64
import json
from typing import Any

from moto.dynamodb.models.utilities import DynamoJsonEncoder


def of_message(message: Any, queue_arn: str, region: str) -> dict[str, Any]:
    """An SQS message that was received, https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event"""
    attributes = {
        "ApproximateReceiveCount": str(message.approximate_receive_count),
        "AWSTraceHeader": (message.system_attributes.get("AWSTraceHeader") or {}).get("StringValue"),
        "SentTimestamp": str(message.sent_timestamp),
        "SequenceNumber": message.sequence_number,
        "MessageGroupId": message.group_id,
        "SenderId": message.sender_id,
        "MessageDeduplicationId": message.deduplication_id,
        "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
    }
    named = message.message_attributes
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {name: value for name, value in attributes.items() if value is not None},
        "messageAttributes": {name: _attribute(value) for name, value in named.items()},
        **({"md5OfMessageAttributes": message.attribute_md5} if named else {}),
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    content = (
        {"binaryValue": base64.b64encode(value["BinaryValue"]).decode()}
        if value["DataType"].startswith("Binary")
        else {"stringValue": value["StringValue"]}
    )
    return {**content, "stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}


def of_kinesis(record: Any, *, shard_id: str, stream_arn: str, role: str, region: str) -> dict[str, Any]:
    """A record of a Kinesis stream, https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#services-kinesis-event-example"""
    number = str(record.sequence_number)
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record.partition_key,
            "sequenceNumber": number,
            "data": record.data,
            "approximateArrivalTimestamp": round(record.created_at, 3),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{number}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": region,
        "eventSourceARN": stream_arn,
    }


def of_table(record: Any, *, stream_arn: str, region: str) -> dict[str, Any]:
    """A record of a DynamoDB stream, https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html#events-sample-dynamodb

    Binary values are base64.
    """
    shown: dict[str, Any] = json.loads(json.dumps(record.to_json(), cls=DynamoJsonEncoder))
    return {**shown, "eventVersion": "1.1", "awsRegion": region, "eventSourceARN": stream_arn}
