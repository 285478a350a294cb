"""Functions that queues and streams call: each rule from the service's own API to what the function got."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import freezegun
import pytest
import time_machine
from botocore.exceptions import ClientError
from moto import mock_aws
from support.event_sources import (
    ACCOUNT,
    NOW,
    PARTIAL,
    Function,
    client,
    fail,
    make_mapping,
    make_queue,
    make_stream,
    make_table,
    put,
    put_batch,
    put_item,
    received,
)
from support.server_functions import make_client, make_function

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process


def send(url: str, *bodies: str, **fields: Any) -> None:
    for body in bodies:
        client("sqs").send_message(QueueUrl=url, MessageBody=body, **fields)


def send_batch(url: str, *bodies: str) -> list[str]:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    sent = client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    return [each["MessageId"] for each in sent["Successful"]]


def waiting(url: str) -> tuple[int, int]:
    """How many messages of the queue are visible, and how many are in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


@pytest.fixture(params=["freezegun", "time-machine"])
def clock(request: pytest.FixtureRequest) -> Iterator[Callable[[float], object]]:
    """Sets the clock forward by seconds; it stands still otherwise."""
    if request.param == "freezegun":
        with freezegun.freeze_time(NOW) as frozen:
            yield lambda seconds: frozen.tick(seconds)
    else:
        with time_machine.travel(NOW, tick=False) as travelling:
            yield lambda seconds: travelling.shift(seconds)


def test_sqs_record(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    send(url, "hello")
    [[record]] = function.batches
    attributes = record["attributes"]
    assert (attributes["ApproximateReceiveCount"], attributes["SenderId"]) == ("1", "AIDAIT2UOQQY3AUEKVGXU")
    assert int(attributes["SentTimestamp"]) <= int(attributes["ApproximateFirstReceiveTimestamp"])
    assert (record["md5OfBody"], record["messageAttributes"]) == ("5d41402abc4b2a76b9719d911017c592", {})
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", arn, "us-east-1")
    assert waiting(url) == (0, 0)


def test_sqs_message_attributes(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    sent = {
        "text": {"DataType": "String", "StringValue": "a"},
        "number": {"DataType": "Number", "StringValue": "7"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    answer = client("sqs").send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=sent)
    [[record]] = function.batches
    lists: dict[str, list[str]] = {"stringListValues": [], "binaryListValues": []}
    assert record["messageAttributes"] == {
        "text": {"stringValue": "a", "dataType": "String", **lists},
        "number": {"stringValue": "7", "dataType": "Number", **lists},
        "bytes": {"binaryValue": base64.b64encode(b"\x00\xff").decode(), "dataType": "Binary", **lists},
    }
    assert record["md5OfMessageAttributes"] == answer["MD5OfMessageAttributes"]


def test_sqs_fifo_attributes(function: Function) -> None:
    url, arn = make_queue("q.fifo", FifoQueue="true")
    make_mapping(arn)
    send(url, "hello", MessageGroupId="g", MessageDeduplicationId="d")
    attributes = function.batches[0][0]["attributes"]
    assert (attributes["MessageGroupId"], attributes["MessageDeduplicationId"]) == ("g", "d")
    assert attributes["SequenceNumber"].isdigit()


def test_sqs_messages_from_before_the_mapping(function: Function) -> None:
    url, arn = make_queue()
    send(url, *"abcde")
    make_mapping(arn, BatchSize=2)
    assert function.contents == [["a", "b"], ["c", "d"], ["e"]]
    assert waiting(url) == (0, 0)


def test_sqs_batch_is_one_event(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    send_batch(url, "a", "b", "c")
    assert function.contents == [["a", "b", "c"]]


def test_sqs_mapping_switched_off_and_on(function: Function, aws_lambda: Any) -> None:
    url, arn = make_queue()
    uuid = make_mapping(arn, Enabled=False)
    send(url, "a")
    assert (function.contents, waiting(url)) == ([], (1, 0))
    aws_lambda.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert function.contents == [["a"]]
    aws_lambda.delete_event_source_mapping(UUID=uuid)
    send(url, "b")
    assert (function.contents, waiting(url)) == ([["a"]], (1, 0))


@pytest.mark.parametrize("switch_off", ["delete", "disable"])
def test_sqs_mapping_switched_off_by_the_handler_that_sent(
    mock: LambdaUrls, function: Function, aws_lambda: Any, switch_off: str
) -> None:
    url, arn = make_queue()
    uuid = make_mapping(arn)

    def sender(event: Any, context: Any) -> None:
        send(url, "a")
        if switch_off == "delete":
            client("lambda").delete_event_source_mapping(UUID=uuid)
        else:
            client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)

    mock.deploy(sender, name="sender")
    aws_lambda.invoke(FunctionName="sender")
    assert (function.contents, waiting(url)) == ([], (1, 0))


def test_sqs_mapping_of_another_function(mock: LambdaUrls, function: Function, aws_lambda: Any) -> None:
    other = Function()
    mock.deploy(other, name="other")
    url, arn = make_queue()
    aws_lambda.update_event_source_mapping(UUID=make_mapping(arn), FunctionName="other")
    send(url, "a")
    assert (function.contents, other.contents) == ([], [["a"]])


def test_sqs_retry_when_the_visibility_timeout_is_over(
    clock: Callable[[float], object], function: Function, aws_lambda: Any
) -> None:
    url, arn = make_queue(VisibilityTimeout="20")
    uuid = make_mapping(arn)
    function.answer = fail
    send(url, "a")
    assert (function.contents, waiting(url)) == ([["a"]], (0, 1))
    clock(19)
    aws_lambda.get_event_source_mapping(UUID=uuid)
    assert len(function.batches) == 1
    clock(1)
    aws_lambda.get_event_source_mapping(UUID=uuid)
    assert [batch[0]["attributes"]["ApproximateReceiveCount"] for batch in function.batches] == ["1", "2"]
    function.answer = lambda records: None
    clock(20)
    assert waiting(url) == (0, 0)
    assert len(function.batches) == 3


@pytest.mark.parametrize("look", ["send", "receive", "attributes", "get", "update"])
def test_sqs_calls_that_look(function: Function, aws_lambda: Any, look: str) -> None:
    url, arn = make_queue()
    other, _ = make_queue("other")
    with freezegun.freeze_time(NOW) as frozen:
        uuid = make_mapping(arn)
        function.answer = fail
        send(url, "a")
        frozen.tick(30)
        match look:
            case "send":
                send(url, "b")
                assert function.contents[1:] == [["a", "b"]]
            case "receive":
                assert received(other) == []
            case "attributes":
                assert waiting(other) == (0, 0)
            case "get":
                aws_lambda.get_event_source_mapping(UUID=uuid)
            case "update":
                aws_lambda.update_event_source_mapping(UUID=uuid, BatchSize=5)
        assert len(function.batches) == 2


def test_sqs_dead_letter_queue(clock: Callable[[float], object], function: Function) -> None:
    dead, dead_arn = make_queue("dead")
    url, arn = make_queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2}))
    make_mapping(arn)
    function.answer = fail
    send(url, "a")
    clock(30)
    assert received(dead) == []
    assert function.contents == [["a"], ["a"]]
    clock(30)
    assert received(dead) == ["a"]
    assert (function.contents, waiting(url)) == ([["a"], ["a"]], (0, 0))


def test_sqs_mapping_of_the_dead_letter_queue(clock: Callable[[float], object], function: Function) -> None:
    dead, dead_arn = make_queue("dead")
    url, arn = make_queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    make_mapping(arn)
    make_mapping(dead_arn)
    function.answer = lambda records: fail(records) if records[0]["eventSourceARN"] == arn else None
    send(url, "a")
    clock(30)
    assert (waiting(url), waiting(dead)) == ((0, 0), (0, 0))
    assert [batch[0]["eventSourceARN"] for batch in function.batches] == [arn, dead_arn]


def test_sqs_partial_batch_response(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn, **PARTIAL)
    function.answer = lambda records: {"batchItemFailures": [{"itemIdentifier": records[1]["messageId"]}]}
    with freezegun.freeze_time(NOW) as frozen:
        send_batch(url, "a", "b", "c")
        assert waiting(url) == (0, 1)
        function.answer = lambda records: {"batchItemFailures": []}
        frozen.tick(30)
        assert waiting(url) == (0, 0)
    assert function.contents == [["a", "b", "c"], ["b"]]


def test_sqs_answer_is_read_only_where_the_mapping_says_so(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    function.answer = lambda records: {"batchItemFailures": [{"itemIdentifier": records[0]["messageId"]}]}
    send(url, "a")
    assert waiting(url) == (0, 0)


def test_sqs_of_a_function_that_is_gone(function: Function, aws_lambda: Any) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    aws_lambda.delete_function(FunctionName="fn")
    send(url, "a")
    assert (function.batches, received(url)) == ([], ["a"])


def test_sqs_of_a_throttled_function(function: Function, aws_lambda: Any) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    with freezegun.freeze_time(NOW) as frozen:
        send(url, "a")
        assert (function.batches, waiting(url)) == ([], (0, 1))
        aws_lambda.delete_function_concurrency(FunctionName="fn")
        frozen.tick(30)
        assert waiting(url) == (0, 0)
    assert function.contents == [["a"]]


def test_sqs_queue_without_visibility_timeout(function: Function, aws_lambda: Any) -> None:
    """Each call that looks delivers each message once."""
    url, arn = make_queue()
    uuid = make_mapping(arn, BatchSize=1, Enabled=False)
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    send_batch(url, "a", "b")
    function.answer = fail
    aws_lambda.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert function.contents == [["a"], ["b"]]
    function.answer = lambda records: fail(records) if records[0]["body"] == "a" else None
    assert waiting(url) == (1, 0)
    assert function.contents[2:] == [["a"], ["b"]]


def test_sqs_delayed_message(clock: Callable[[float], object], function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    send(url, "a", DelaySeconds=5)
    assert function.contents == []
    clock(5)
    waiting(url)
    assert function.contents == [["a"]]


def test_sqs_sent_by_the_function_itself(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    running: list[str] = []

    def answer(records: Any) -> None:
        number = int(records[0]["body"])
        running.append(f"begin {number}")
        if number:
            send(url, str(number - 1))
        running.append(f"end {number}")

    function.answer = answer
    send(url, "2")
    assert running == ["begin 2", "end 2", "begin 1", "end 1", "begin 0", "end 0"]
    assert waiting(url) == (0, 0)


JSON_BODY, TEXT_BODY = '{"kind": "sale", "n": 7}', "sale"


@pytest.mark.parametrize(
    ("pattern", "delivered"),
    [
        ({"body": {"kind": ["sale"]}}, [JSON_BODY]),
        ({"body": {"kind": ["refund"]}}, []),
        ({"body": {"n": [{"numeric": [">", 5]}]}}, [JSON_BODY]),
        ({"body": ["sale"]}, [TEXT_BODY]),
        ({"body": [{"prefix": "ref"}]}, []),
        ({}, [JSON_BODY, TEXT_BODY]),
        ({"eventSource": ["aws:sqs"]}, [JSON_BODY, TEXT_BODY]),
    ],
    ids=str,
)
def test_sqs_filter(function: Function, pattern: Any, delivered: list[str]) -> None:
    url, arn = make_queue()
    make_mapping(arn, pattern)
    send(url, JSON_BODY, TEXT_BODY)
    assert function.contents == [[body] for body in delivered]
    assert waiting(url) == (0, 0), "what is filtered out is deleted"


def test_filters_are_alternatives(function: Function) -> None:
    url, arn = make_queue()
    make_mapping(arn, {"body": {"kind": ["refund"]}}, {"body": {"n": [7]}})
    send(url, JSON_BODY, '{"kind": "gift"}')
    assert function.contents == [[JSON_BODY]]


def test_filter_that_is_changed(function: Function, aws_lambda: Any) -> None:
    url, arn = make_queue()
    uuid = make_mapping(arn, {"body": ["a"]})
    criteria = {"Filters": [{"Pattern": '{"body": ["b"]}'}]}
    aws_lambda.update_event_source_mapping(UUID=uuid, FilterCriteria=criteria)
    send(url, "a", "b")
    assert function.contents == [["b"]]


@pytest.mark.parametrize("pattern", ["{", '{"body": "a"}', '{"body": [{"like": "a"}]}'])
def test_malformed_filter(function: Function, aws_lambda: Any, pattern: str) -> None:
    _, arn = make_queue()
    criteria = {"Filters": [{"Pattern": pattern}]}
    uuid = make_mapping(arn)
    calls: list[tuple[Any, dict[str, str]]] = [
        (aws_lambda.create_event_source_mapping, {"EventSourceArn": arn, "FunctionName": "fn"}),
        (aws_lambda.update_event_source_mapping, {"UUID": uuid}),
    ]
    for call, named in calls:
        with pytest.raises(ClientError) as caught:
            call(**named, FilterCriteria=criteria)
        assert caught.value.response["Error"]["Code"] == "InvalidParameterValueException"
        assert caught.value.response["Error"]["Message"] == "Invalid filter pattern definition."
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_kinesis_record(function: Function, aws_lambda: Any) -> None:
    arn = make_stream()
    make_mapping(arn, StartingPosition="LATEST")
    put("hello")
    [[record]] = function.batches
    arrival = record["kinesis"].pop("approximateArrivalTimestamp")
    assert isinstance(arrival, float)
    assert record == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "p",
            "sequenceNumber": "1",
            "data": base64.b64encode(b"hello").decode(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": "shardId-000000000000:1",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": aws_lambda.get_function_configuration(FunctionName="fn")["Role"],
        "awsRegion": "us-east-1",
        "eventSourceARN": arn,
    }


@pytest.mark.parametrize(("position", "batches"), [("TRIM_HORIZON", [["a", "b"], ["c"]]), ("LATEST", [["c"]])])
def test_kinesis_starting_position(function: Function, position: str, batches: list[list[str]]) -> None:
    arn = make_stream()
    put("a", "b")
    make_mapping(arn, StartingPosition=position)
    put("c")
    assert function.contents == batches


def test_kinesis_batches(function: Function) -> None:
    make_mapping(make_stream(), StartingPosition="LATEST", BatchSize=2)
    put_batch("a", "b", "c")
    assert function.contents == [["a", "b"], ["c"]]


def test_kinesis_of_several_functions(mock: LambdaUrls, function: Function, aws_lambda: Any) -> None:
    other = Function()
    mock.deploy(other, name="other")
    arn = make_stream()
    make_mapping(arn, StartingPosition="LATEST")
    aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="other", StartingPosition="LATEST")
    put("a")
    assert (function.contents, other.contents) == ([["a"]], [["a"]])


def test_kinesis_failed_records_come_again_with_the_next(function: Function) -> None:
    make_mapping(make_stream(), StartingPosition="LATEST")
    function.answer = fail
    put("a")
    function.answer = lambda records: None
    put("b")
    assert function.contents == [["a"], ["a", "b"]]


def test_kinesis_retries_that_are_counted(function: Function) -> None:
    make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=2)
    function.answer = fail
    put("a")
    function.answer = lambda records: None
    put("b")
    assert function.contents == [["a"], ["a"], ["a"], ["b"]]


def test_kinesis_partial_batch_response(function: Function) -> None:
    make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=1, **PARTIAL)
    failed = iter([{"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}, None])
    function.answer = lambda records: next(failed)
    put_batch("a", "b", "c")
    assert function.contents == [["a", "b", "c"], ["b", "c"]]


@pytest.mark.parametrize(
    ("pattern", "delivered"),
    [
        ({"data": {"kind": ["sale"]}}, [JSON_BODY]),
        ({"data": {"kind": [{"anything-but": ["sale"]}]}}, []),
        ({"data": ["sale"]}, [TEXT_BODY]),
        ({"partitionKey": ["p"]}, [JSON_BODY, TEXT_BODY]),
        ({"partitionKey": ["other"]}, []),
    ],
    ids=str,
)
def test_kinesis_filter(function: Function, pattern: Any, delivered: list[str]) -> None:
    make_mapping(make_stream(), pattern, StartingPosition="LATEST")
    put(JSON_BODY, TEXT_BODY)
    assert function.contents == [[each] for each in delivered]


def changes(function: Function) -> list[list[tuple[str, str]]]:
    return [[(each["eventName"], each["dynamodb"]["Keys"]["id"]["S"]) for each in batch] for batch in function.batches]


def test_dynamodb_binary_attributes(function: Function) -> None:
    make_mapping(make_table(), StartingPosition="LATEST")
    values = {
        "raw": {"B": b"\x00\xff"},
        "many": {"BS": [b"\x01"]},
        "nested": {"M": {"list": {"L": [{"B": b"\x02"}, {"S": "text"}]}}},
    }
    put_item("7", **values)
    [[record]] = function.batches
    assert record["dynamodb"]["NewImage"] == {
        "id": {"S": "7"},
        "raw": {"B": "AP8="},
        "many": {"BS": ["AQ=="]},
        "nested": {"M": {"list": {"L": [{"B": "Ag=="}, {"S": "text"}]}}},
    }


def test_dynamodb_sequence_numbers_differ(function: Function) -> None:
    make_mapping(make_table(), StartingPosition="LATEST")
    for key in "abc":
        put_item(key)
    assert changes(function) == [[("INSERT", "a")], [("INSERT", "b")], [("INSERT", "c")]]
    assert len({record["dynamodb"]["SequenceNumber"] for [record] in function.batches}) == 3


def test_dynamodb_records_from_before_the_mapping(function: Function) -> None:
    arn = make_table()
    put_item("a")
    put_item("b")
    make_mapping(arn, StartingPosition="TRIM_HORIZON")
    assert changes(function) == [[("INSERT", "a"), ("INSERT", "b")]]


def test_dynamodb_transaction_is_one_event(function: Function) -> None:
    make_mapping(make_table(), StartingPosition="LATEST")
    items = [{"Put": {"TableName": "orders", "Item": {"id": {"S": each}}}} for each in "ab"]
    client("dynamodb").transact_write_items(TransactItems=items)
    assert changes(function) == [[("INSERT", "a"), ("INSERT", "b")]]


def test_dynamodb_partial_batch_response(function: Function) -> None:
    arn = make_table()
    put_item("a")
    put_item("b")
    function.answer = lambda records: {
        "batchItemFailures": [{"itemIdentifier": records[-1]["dynamodb"]["SequenceNumber"]}]
    }
    make_mapping(arn, StartingPosition="TRIM_HORIZON", **PARTIAL)
    function.answer = lambda records: None
    put_item("c")
    assert changes(function) == [[("INSERT", "a"), ("INSERT", "b")], [("INSERT", "b"), ("INSERT", "c")]]


@pytest.mark.parametrize(
    ("pattern", "delivered"),
    [
        ({"eventName": ["INSERT"]}, [("INSERT", "7")]),
        ({"dynamodb": {"NewImage": {"n": {"N": ["2"]}}}}, [("MODIFY", "7")]),
        ({"dynamodb": {"OldImage": {"n": {"N": [{"exists": True}]}}}}, [("MODIFY", "7"), ("REMOVE", "7")]),
        ({"dynamodb": {"Keys": {"id": {"S": [{"prefix": "8"}]}}}}, []),
    ],
    ids=str,
)
def test_dynamodb_filter(function: Function, pattern: Any, delivered: list[tuple[str, str]]) -> None:
    make_mapping(make_table(), pattern, StartingPosition="LATEST")
    put_item("7", n={"N": "1"})
    put_item("7", n={"N": "2"})
    client("dynamodb").delete_item(TableName="orders", Key={"id": {"S": "7"}})
    assert changes(function) == [[each] for each in delivered]


def test_mappings_of_an_outer_mock() -> None:
    """moto delivers for its own mappings again when the inner mock has ended."""
    function = Function()
    with mock_aws():
        with mock_lambda_urls(handlers={"fn": function}) as inner:
            inner.deploy(function, name="fn")
            url, arn = make_queue()
            uuid = make_mapping(arn)
        client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)
        send(url, "a")
        with mock_lambda_urls(handlers={"fn": function}):
            client("lambda").update_event_source_mapping(UUID=uuid, Enabled=True)
            assert function.contents == [["a"]]
            send(url, "b")
            assert function.contents == [["a"], ["b"]]


def test_settings_of_an_outer_mocks_mapping() -> None:
    with mock_aws():
        with mock_lambda_urls() as inner:
            function = Function(inner)
            uuid = make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=2)
        aws_lambda = client("lambda")
        aws_lambda.update_event_source_mapping(UUID=uuid, BatchSize=9)
        with mock_lambda_urls(handlers={"fn": function}):
            found = aws_lambda.get_event_source_mapping(UUID=uuid)
            assert (found["BatchSize"], found["MaximumRetryAttempts"], found["ParallelizationFactor"]) == (9, 2, 1)
            put("a")
            assert function.contents == [["a"]]


def test_mapping_that_moto_cannot_have_is_kept() -> None:
    with mock_aws():
        mock = mock_lambda_urls()
        mock.start()
        mock.urls.deploy(lambda event, context: None, name="fn")
        cluster = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/c/1"
        uuid = make_mapping(cluster, StartingPosition="LATEST", Topics=["orders"])
        mock.stop(remove_data=False)
        assert client("lambda").list_event_source_mappings()["EventSourceMappings"] == []
        with mock_lambda_urls():
            assert client("lambda").get_event_source_mapping(UUID=uuid)["Topics"] == ["orders"]


def test_on_a_server() -> None:
    function = Function()
    with LambdaUrlsServer(handlers={"fn": function}) as server:
        make_function(server, name="fn")
        sqs, aws_lambda = make_client(server, "sqs"), make_client(server)
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="skipped")
        criteria = {"Filters": [{"Pattern": '{"body": [{"anything-but": ["skipped"]}]}'}]}
        arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
        aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn", FilterCriteria=criteria)
        entries = [{"Id": each, "MessageBody": each} for each in ("a", "b")]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert function.contents == [["a", "b"]]


def test_sqs_of_two_functions(mock: LambdaUrls, function: Function, aws_lambda: Any) -> None:
    other = Function()
    mock.deploy(other, name="other")
    url, arn = make_queue()
    make_mapping(arn)
    aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="other")
    send(url, "a", "b")
    assert (function.contents, other.contents) == ([["a"], ["b"]], [])


@pytest.fixture(params=["kinesis", "dynamodb"])
def stream(request: pytest.FixtureRequest, function: Function) -> tuple[str, Callable[[str], None], Callable[[], Any]]:
    """A stream's ARN, what puts a record into it, and what the function got of it."""
    if request.param == "kinesis":
        return make_stream(), put, lambda: function.contents
    return make_table(), put_item, lambda: [[key for _, key in batch] for batch in changes(function)]


Stream = tuple[str, Callable[[str], None], Callable[[], Any]]


@pytest.mark.parametrize("switch", ["disabled", "deleted"])
def test_stream_mapping_that_is_off(stream: Stream, function: Function, aws_lambda: Any, switch: str) -> None:
    arn, add, got = stream
    uuid = make_mapping(arn, StartingPosition="LATEST", Enabled=switch != "disabled")
    if switch == "deleted":
        aws_lambda.delete_event_source_mapping(UUID=uuid)
    add("a")
    assert got() == []
    if switch == "disabled":
        aws_lambda.update_event_source_mapping(UUID=uuid, Enabled=True)
        assert got() == [["a"]]


def test_stream_of_a_throttled_function(stream: Stream, function: Function, aws_lambda: Any) -> None:
    arn, add, got = stream
    make_mapping(arn, StartingPosition="LATEST", MaximumRetryAttempts=1)
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    add("a")
    assert got() == []
    aws_lambda.delete_function_concurrency(FunctionName="fn")
    add("b")
    assert got() == [["a", "b"]]


def test_stream_of_a_function_that_is_gone(mock: LambdaUrls, stream: Stream, function: Function) -> None:
    arn, add, got = stream
    make_mapping(arn, StartingPosition="LATEST")
    client("lambda").delete_function(FunctionName="fn")
    add("a")
    assert got() == []
    mock.deploy(function, name="fn")
    add("b")
    assert got() == [["a", "b"]]


def test_stream_batches_position_and_retries(stream: Stream, function: Function) -> None:
    arn, add, got = stream
    for each in "abc":
        add(each)
    make_mapping(arn, StartingPosition="TRIM_HORIZON", BatchSize=2, MaximumRetryAttempts=1)
    assert got() == [["a", "b"], ["c"]]
    function.answer = fail
    add("d")
    function.answer = lambda records: None
    add("e")
    assert got()[2:] == [["d"], ["d"], ["e"]]


def test_stream_of_two_functions(mock: LambdaUrls, stream: Stream, function: Function, aws_lambda: Any) -> None:
    arn, add, got = stream
    other = Function()
    mock.deploy(other, name="other")
    make_mapping(arn, StartingPosition="LATEST")
    aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="other", StartingPosition="LATEST")
    add("a")
    assert (got(), len(other.batches)) == ([["a"]], 1)
