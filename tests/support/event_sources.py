"""Queues, streams and tables with a function that keeps its batches, for tests of event source mappings."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import boto3

from moto_lambda_urls import LambdaUrls

ACCOUNT = "123456789012"
NOW = "2026-03-04T05:06:07Z"
PARTIAL = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


class Function:
    """A function that keeps its events and answers, or raises, what ``answer`` gives for the batch; it is deployed to
    ``mock``."""

    def __init__(self, mock: LambdaUrls | None = None, name: str = "fn") -> None:
        self.events: list[Any] = []
        self.answer: Callable[[Any], Any] = lambda records: None
        if mock is not None:
            mock.deploy(self, name=name)

    def __call__(self, event: Any, context: Any) -> Any:
        self.events.append(event)
        return self.answer(event["Records"])

    @property
    def batches(self) -> list[Any]:
        """The records of each event."""
        return [event["Records"] for event in self.events]

    @property
    def contents(self) -> list[list[str]]:
        """The bodies of messages, data or keys of the records of each batch."""
        return [[content_of(each) for each in batch] for batch in self.batches]


def content_of(record: Any) -> str:
    """The body, the data, or the key ``id`` of a record as a function gets it."""
    if "body" in record:
        return str(record["body"])
    if "kinesis" in record:
        return base64.b64decode(record["kinesis"]["data"]).decode()
    return str(record["dynamodb"]["Keys"]["id"]["S"])


def fail(records: Any) -> None:
    """An answer that is none."""
    raise ValueError("not today")


def failing_on(*contents: str) -> Callable[[Any], None]:
    """An answer that fails where one of ``contents`` is in the batch."""

    def answer(records: Any) -> None:
        if set(map(content_of, records)) & set(contents):
            raise ValueError("not today")

    return answer


def client(service: str) -> Any:
    return boto3.client(service, "us-east-1")


def make_queue(name: str = "q", **attributes: str) -> tuple[str, str]:
    """A queue's URL and ARN."""
    url = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"


def make_stream(shards: int = 1) -> str:
    """The ARN of the Kinesis stream ``s``."""
    client("kinesis").create_stream(StreamName="s", ShardCount=shards)
    return f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"


def make_table() -> str:
    """The ARN of the stream of a table ``orders``, whose key is ``id``."""
    return client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]


def make_mapping(arn: str, *patterns: Any, **fields: Any) -> str:
    """The UUID of a mapping of ``fn`` with filters of ``patterns``."""
    if patterns:
        fields["FilterCriteria"] = {"Filters": [{"Pattern": json.dumps(each)} for each in patterns]}
    fields = {"FunctionName": "fn", **fields}
    return str(client("lambda").create_event_source_mapping(EventSourceArn=arn, **fields)["UUID"])


def put(*data: str, key: str = "p") -> None:
    """Put records into the stream ``s``, in one call each."""
    for each in data:
        client("kinesis").put_record(StreamName="s", PartitionKey=key, Data=each.encode())


def put_batch(*data: str, keys: str = "") -> None:
    """Put records into the stream ``s`` in one call, each with a letter of ``keys`` as its key."""
    records = [
        {"PartitionKey": keys[number] if keys else "p", "Data": each.encode()} for number, each in enumerate(data)
    ]
    client("kinesis").put_records(StreamName="s", Records=records)


def put_item(key: str, **attributes: Any) -> None:
    """Put an item into the table ``orders``."""
    client("dynamodb").put_item(TableName="orders", Item={"id": {"S": key}, **attributes})


def received(url: str) -> list[str]:
    """The bodies of the queue's messages that are visible."""
    answer = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [each["Body"] for each in answer.get("Messages", [])]
