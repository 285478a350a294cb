"""Batches, retries, bisection, age, windows and lanes of streams, each from the stream to what the function got."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.event_sources import (
    PARTIAL,
    Function,
    client,
    content_of,
    fail,
    failing_on,
    make_mapping,
    make_queue,
    make_stream,
    make_table,
    put,
    put_batch,
    put_item,
    received,
)

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process


def put_items(*keys: str) -> None:
    for key in keys:
        put_item(key)


@pytest.fixture(params=["kinesis", "dynamodb"])
def stream(request: pytest.FixtureRequest, function: Function) -> tuple[str, Callable[..., None]]:
    """A stream's ARN, and what puts records into it."""
    return (make_stream(), put) if request.param == "kinesis" else (make_table(), put_items)


Stream = tuple[str, Callable[..., None]]


def test_bisection_finds_the_record_that_fails(stream: Stream, function: Function) -> None:
    arn, add = stream
    add(*"abcdef")
    function.answer = failing_on("d")
    make_mapping(arn, StartingPosition="TRIM_HORIZON", BisectBatchOnFunctionError=True, MaximumRetryAttempts=1)
    assert function.contents == [
        ["a", "b", "c", "d", "e", "f"],
        ["a", "b", "c"],
        ["d", "e", "f"],
        ["d"],
        ["d"],
        ["e", "f"],
    ]


def test_bisection_without_a_bound_of_retries(function: Function) -> None:
    """The shard stands still at the record that fails; those before it are done."""
    arn = make_stream()
    put(*"abc")
    function.answer = failing_on("b")
    make_mapping(arn, StartingPosition="TRIM_HORIZON", BisectBatchOnFunctionError=True)
    assert function.contents == [["a", "b", "c"], ["a"], ["b", "c"], ["b"]]
    function.answer = lambda records: None
    put("d")
    assert function.contents[4:] == [["b", "c", "d"]]


def test_bisection_of_what_a_partial_response_leaves(function: Function) -> None:
    arn = make_stream()
    put(*"abcd")

    def answer(records: Any) -> Any:
        failed = [each["kinesis"]["sequenceNumber"] for each in records if content_of(each) == "c"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}

    function.answer = answer
    fields = {"BisectBatchOnFunctionError": True, "MaximumRetryAttempts": 0, **PARTIAL}
    make_mapping(arn, StartingPosition="TRIM_HORIZON", **fields)
    assert function.contents == [["a", "b", "c", "d"], ["c", "d"], ["c"], ["d"]]


def test_no_retry(stream: Stream, function: Function) -> None:
    arn, add = stream
    make_mapping(arn, StartingPosition="LATEST", MaximumRetryAttempts=0)
    function.answer = fail
    add("a")
    assert function.contents == [["a"]]


@pytest.mark.parametrize("destination", ["sqs", "sns"])
def test_destination_of_what_is_left_out(
    stream: Stream, function: Function, aws_lambda: Any, frozen: Any, destination: str
) -> None:
    arn, add = stream
    url, queue_arn = make_queue()
    target = queue_arn
    if destination == "sns":
        target = client("sns").create_topic(Name="failed")["TopicArn"]
        client("sns").subscribe(
            TopicArn=target, Protocol="sqs", Endpoint=queue_arn, Attributes={"RawMessageDelivery": "true"}
        )
    add("a", "b")
    function.answer = fail
    config = {"OnFailure": {"Destination": target}}
    make_mapping(arn, StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1, DestinationConfig=config)
    [record] = map(json.loads, received(url))
    numbers = [
        (each.get("kinesis") or each["dynamodb"])["sequenceNumber" if "kinesis" in each else "SequenceNumber"]
        for each in function.events[0]["Records"]
    ]
    is_kinesis = ":kinesis:" in arn
    request_id = record["requestContext"].pop("requestId")
    assert len(request_id) == 36
    arrival = f"2026-03-04T05:06:07{'.000' if is_kinesis else ''}Z"
    assert record == {
        "requestContext": {
            "functionArn": aws_lambda.get_function_configuration(FunctionName="fn")["FunctionArn"],
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-03-04T05:06:07.000Z",
        "KinesisBatchInfo" if is_kinesis else "DDBStreamBatchInfo": {
            "shardId": "shardId-000000000000" if is_kinesis else "shardId-00000001541626099285-f35f62ef",
            "startSequenceNumber": numbers[0],
            "endSequenceNumber": numbers[1],
            "approximateArrivalOfFirstRecord": arrival,
            "approximateArrivalOfLastRecord": arrival,
            "batchSize": 2,
            "streamArn": arn,
        },
    }


def test_bucket_gets_the_records_too(function: Function, frozen: Any) -> None:
    client("s3").create_bucket(Bucket="failed")
    function.answer = fail
    config = {"OnFailure": {"Destination": "arn:aws:s3:::failed"}}
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=0, DestinationConfig=config)
    put("a")
    [stored] = client("s3").list_objects_v2(Bucket="failed")["Contents"]
    folder = f"aws/lambda/{uuid}/shardId-000000000000/2026/03/04/2026-03-04T05.06.07-"
    assert stored["Key"].startswith(folder)
    assert len(stored["Key"]) == len(folder) + 36
    record = json.loads(client("s3").get_object(Bucket="failed", Key=stored["Key"])["Body"].read())
    assert json.loads(record["payload"]) == function.events[0]


def test_destination_that_is_gone(function: Function, caplog: pytest.LogCaptureFixture) -> None:
    config = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:gone"}}
    make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=0, DestinationConfig=config)
    function.answer = failing_on("a")
    put("a", "b")
    assert function.contents == [["a"], ["b"]]
    assert "could not be told of records of arn:aws:kinesis" in caplog.text


def test_partial_response_has_no_function_error(function: Function) -> None:
    url, arn = make_queue()
    function.answer = lambda records: {"batchItemFailures": [{"itemIdentifier": "1"}]}
    fields = {"DestinationConfig": {"OnFailure": {"Destination": arn}}, "MaximumRetryAttempts": 2, **PARTIAL}
    make_mapping(make_stream(), StartingPosition="LATEST", **fields)
    put("a")
    [record] = map(json.loads, received(url))
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": None}


def test_records_that_are_too_old(function: Function, frozen: Any) -> None:
    url, queue_arn = make_queue()
    config = {"OnFailure": {"Destination": queue_arn}}
    make_mapping(make_stream(), StartingPosition="LATEST", MaximumRecordAgeInSeconds=60, DestinationConfig=config)
    function.answer = fail
    put("a")
    frozen.tick(40)
    put("b")
    assert function.contents == [["a"], ["a", "b"]]
    frozen.tick(20)
    assert received(url) == [], "as old as it may be"
    frozen.tick(1)
    function.answer = lambda records: None
    [record] = map(json.loads, received(url))  # a call that looks
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["KinesisBatchInfo"]["batchSize"] == 1
    assert "responseContext" not in record
    assert function.contents[2:] == [["b"]]


def test_records_from_before_a_mapping_that_are_too_old(stream: Stream, function: Function, frozen: Any) -> None:
    arn, add = stream
    add("a")
    frozen.tick(61)
    add("b")
    make_mapping(arn, StartingPosition="TRIM_HORIZON", MaximumRecordAgeInSeconds=60)
    assert function.contents == [["b"]]


def test_kinesis_at_timestamp(function: Function, frozen: Any) -> None:
    arn = make_stream()
    put("a")
    frozen.tick(10)
    put("b")
    frozen.tick(10)
    put("c")
    moment = 1772600767 + 10
    make_mapping(arn, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=moment)
    put("d")
    assert function.contents == [["b", "c"], ["d"]]


def test_a_lane_that_fails_holds_up_no_other(function: Function) -> None:
    """Records of one key stay in their order; keys of other lanes go on."""
    arn = make_stream()
    make_mapping(arn, StartingPosition="LATEST", ParallelizationFactor=10)
    function.answer = failing_on("a1")
    put_batch("a1", "b1", "a2", "b2", keys="xyxy")
    function.answer = lambda records: None
    put("a3", key="x")
    assert sorted(function.contents[:2]) == [["a1", "a2"], ["b1", "b2"]]
    assert function.contents[2:] == [["a1", "a2", "a3"]]


def test_lanes_of_a_table_are_those_of_its_keys(function: Function) -> None:
    arn = make_table()
    put_items(*"abababab")
    make_mapping(arn, StartingPosition="TRIM_HORIZON", ParallelizationFactor=10)
    assert sorted(function.contents) == [list("aaaa"), list("bbbb")]


def test_another_number_of_lanes_leaves_nothing_out(function: Function, aws_lambda: Any) -> None:
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", ParallelizationFactor=2, Enabled=False)
    put_batch(*"abcdef", keys="uvwxyz")
    aws_lambda.update_event_source_mapping(UUID=uuid, ParallelizationFactor=3, Enabled=True)
    assert sorted(each for batch in function.contents for each in batch) == list("abcdef")


def test_another_number_of_lanes_brings_nothing_again(function: Function, aws_lambda: Any) -> None:
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", ParallelizationFactor=10)
    put_batch(*"abc", keys="xyx")
    for factor in (3, 1, 10):
        aws_lambda.update_event_source_mapping(UUID=uuid, ParallelizationFactor=factor)
    put("d", key="z")
    assert sorted(each for batch in function.contents for each in batch) == list("abcd")


def test_payload_of_at_most_6_mb(function: Function) -> None:
    arn = make_stream()
    large = "x" * 1_000_000
    for _ in range(5):
        put(large)
    make_mapping(arn, StartingPosition="TRIM_HORIZON")
    assert [len(batch) for batch in function.contents] == [4, 1]
    assert max(len(json.dumps(event)) for event in function.events) <= 6_291_456


def test_payload_of_a_table_of_at_most_6_mb(function: Function) -> None:
    arn = make_table()
    for number in range(20):
        put_item(str(number), text={"S": "x" * 350_000})
    make_mapping(arn, StartingPosition="TRIM_HORIZON")
    assert [len(batch) for batch in function.contents] == [17, 3]
    assert max(len(json.dumps(event)) for event in function.events) <= 6_291_456


def test_failed_records_come_again_with_the_next(stream: Stream, function: Function) -> None:
    arn, add = stream
    make_mapping(arn, StartingPosition="LATEST")
    function.answer = fail
    add("a")
    function.answer = lambda records: None
    add("b")
    assert function.contents == [["a"], ["a", "b"]]


def test_tumbling_window(stream: Stream, function: Function, frozen: Any) -> None:
    arn, add = stream
    frozen.move_to("2026-03-04T05:06:00Z")
    function.answer = lambda records: {"state": {"count": function.events[-1]["state"].get("count", 0) + len(records)}}
    make_mapping(arn, StartingPosition="LATEST", TumblingWindowInSeconds=60)
    add("a", "b")
    frozen.tick(59)
    add("c")
    frozen.tick(1)
    add("d")
    window = {"start": "2026-03-04T05:06:00Z", "end": "2026-03-04T05:07:00Z"}
    later = {"start": "2026-03-04T05:07:00Z", "end": "2026-03-04T05:08:00Z"}
    shown = [
        (
            event["window"],
            event["state"],
            [content_of(each) for each in event["Records"]],
            event["isFinalInvokeForWindow"],
        )
        for event in function.events
    ]
    assert shown == [
        (window, {}, ["a"], False),
        (window, {"count": 1}, ["b"], False),
        (window, {"count": 2}, ["c"], False),
        (window, {"count": 3}, [], True),
        (later, {}, ["d"], False),
    ]
    assert {event["isWindowTerminatedEarly"] for event in function.events} == {False}
    assert {event["eventSourceARN"] for event in function.events} == {arn}
    assert {event["shardId"][:8] for event in function.events} == {"shardId-"}


def keep_state(records: Any) -> Any:
    return {"state": {}}


def test_window_ends_with_a_call_that_looks(function: Function, aws_lambda: Any, frozen: Any) -> None:
    frozen.move_to("2026-03-04T05:06:30Z")
    function.answer = keep_state
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", TumblingWindowInSeconds=60)
    put("a")
    frozen.tick(29)
    aws_lambda.get_event_source_mapping(UUID=uuid)
    assert len(function.events) == 1
    frozen.tick(1)
    aws_lambda.list_event_source_mappings()
    aws_lambda.get_event_source_mapping(UUID=uuid)
    assert [event["isFinalInvokeForWindow"] for event in function.events] == [False, True]


def test_window_whose_end_fails(function: Function, frozen: Any) -> None:
    frozen.move_to("2026-03-04T05:06:00Z")
    function.answer = lambda records: keep_state(records) if records else fail(records)
    make_mapping(make_stream(), StartingPosition="LATEST", TumblingWindowInSeconds=60, MaximumRetryAttempts=1)
    put("a")
    frozen.tick(60)
    put("b")
    assert function.contents == [["a"], [], [], ["b"]]


@pytest.mark.parametrize("answer", [None, [], {}, {"batchItemFailures": []}])
def test_answer_without_a_state_has_failed(
    stream: Stream, function: Function, aws_lambda: Any, frozen: Any, answer: Any
) -> None:
    """Its records are tried again, and no window is open; what the last call answers is not looked at."""
    arn, add = stream
    function.answer = lambda records: answer
    retries = {"MaximumRetryAttempts": 1}
    uuid = make_mapping(arn, StartingPosition="LATEST", TumblingWindowInSeconds=60, **retries, **PARTIAL)
    add("a")
    frozen.tick(60)
    assert aws_lambda.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "PROBLEM: Function call failed"
    assert function.contents == [["a"], ["a"]]
    function.answer = lambda records: keep_state(records) if records else answer
    add("b")
    frozen.tick(60)
    assert aws_lambda.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "OK"
    assert function.contents[2:] == [["b"], []]


@pytest.mark.parametrize("answer", [None, "", [], {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_empty_answer_to_a_batch(stream: Stream, function: Function, aws_lambda: Any, answer: Any) -> None:
    arn, add = stream
    function.answer = lambda records: answer
    uuid = make_mapping(arn, StartingPosition="LATEST", MaximumRetryAttempts=2, **PARTIAL)
    add("a")
    assert function.contents == [["a"]]
    assert aws_lambda.get_event_source_mapping(UUID=uuid)["LastProcessingResult"] == "OK"


def test_window_with_a_large_state_ends_early(function: Function, frozen: Any) -> None:
    frozen.move_to("2026-03-04T05:06:00Z")
    function.answer = lambda records: {"state": "x" * 1_100_000}
    make_mapping(make_stream(), StartingPosition="LATEST", TumblingWindowInSeconds=60)
    put("a")
    assert [(event["isFinalInvokeForWindow"], event["isWindowTerminatedEarly"]) for event in function.events] == [
        (False, False),
        (True, True),
    ]


@pytest.mark.parametrize("function_states", ["immediate", "pending"])
@pytest.mark.parametrize("source", ["kinesis", "dynamodb"])
def test_batching_window(frozen: Any, source: str, function_states: Any) -> None:
    """It is waited for only where states are shown as on AWS."""
    with mock_lambda_urls(function_states=function_states) as mock:
        function = Function(mock)
        client("lambda").get_function(FunctionName="fn")
        arn, add = (make_stream(), put) if source == "kinesis" else (make_table(), put_items)
        make_mapping(arn, StartingPosition="LATEST", MaximumBatchingWindowInSeconds=10, BatchSize=3)
        add("a")
        frozen.tick(5)
        add("b")
        if function_states == "immediate":
            assert function.contents == [["a"], ["b"]]
            return
        assert function.contents == []
        frozen.tick(5)
        client("lambda").list_event_source_mappings()
        assert function.contents == [["a", "b"]]
        add("c", "d", "e")
        assert function.contents[1:] == [["c", "d", "e"]], "a full batch does not wait"


def test_last_processing_result(function: Function, aws_lambda: Any) -> None:
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=0)

    def result() -> Any:
        return aws_lambda.get_event_source_mapping(UUID=uuid)["LastProcessingResult"]

    assert result() == "No records processed"
    put("a")
    assert result() == "OK"
    function.answer = fail
    put("b")
    assert result() == "PROBLEM: Function call failed"


def test_mapping_that_the_function_switches_off(function: Function, aws_lambda: Any) -> None:
    uuid = make_mapping(make_stream(), StartingPosition="LATEST", MaximumRetryAttempts=10_000)

    def answer(records: Any) -> None:
        client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)
        fail(records)

    function.answer = answer
    put("a")
    assert function.contents == [["a"]]


def test_shards_that_change(function: Function) -> None:
    """What was delivered does not come again; what is put later does."""
    arn = make_stream(2)
    make_mapping(arn, StartingPosition="TRIM_HORIZON", ParallelizationFactor=2)
    put_batch(*"abcdef", keys="uvwxyz")
    kinesis = client("kinesis")
    first, second = (each["ShardId"] for each in kinesis.describe_stream(StreamName="s")["StreamDescription"]["Shards"])
    delivered = len(function.contents)
    kinesis.merge_shards(StreamName="s", ShardToMerge=first, AdjacentShardToMerge=second)
    put("g")
    kinesis.update_shard_count(StreamName="s", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    put("h")
    assert function.contents[delivered:] == [["g"], ["h"]]


@pytest.mark.parametrize("change", ["split", "merge"])
def test_shards_that_change_end_their_windows(function: Function, frozen: Any, change: str) -> None:
    """What comes later comes into a new one."""
    frozen.move_to("2026-03-04T05:06:00Z")
    function.answer = lambda records: {"state": {"count": function.events[-1]["state"].get("count", 0) + len(records)}}
    make_mapping(make_stream(1 if change == "split" else 2), StartingPosition="LATEST", TumblingWindowInSeconds=60)
    put("a", "b")
    [old] = {event["shardId"] for event in function.events}
    kinesis = client("kinesis")
    if change == "split":
        kinesis.split_shard(StreamName="s", ShardToSplit=old, NewStartingHashKey=str(2**127))
    else:
        shards = kinesis.describe_stream(StreamName="s")["StreamDescription"]["Shards"]
        first, second = (each["ShardId"] for each in shards)
        kinesis.merge_shards(StreamName="s", ShardToMerge=first, AdjacentShardToMerge=second)
    put("c")
    frozen.tick(60)
    client("lambda").list_event_source_mappings()
    client("lambda").list_event_source_mappings()
    assert [(event["state"], event["isFinalInvokeForWindow"]) for event in function.events] == [
        ({}, False),
        ({"count": 1}, False),
        ({"count": 2}, True),
        ({}, False),
        ({"count": 1}, True),
    ]
    assert function.contents == [["a"], ["b"], [], ["c"], []]
    assert {event["isWindowTerminatedEarly"] for event in function.events} == {False}


def test_window_of_a_shard_that_was_split_whose_end_fails(function: Function, frozen: Any) -> None:
    """It is tried again before records that came later."""
    function.answer = keep_state
    make_mapping(make_stream(), StartingPosition="LATEST", TumblingWindowInSeconds=60)
    put("a")
    function.answer = fail
    shards = client("kinesis").describe_stream(StreamName="s")["StreamDescription"]["Shards"]
    shard = shards[0]["ShardId"]
    client("kinesis").split_shard(StreamName="s", ShardToSplit=shard, NewStartingHashKey=str(2**127))
    function.answer = keep_state
    put("b")
    assert function.contents == [["a"], [], [], ["b"]]


def test_shards_that_change_before_all_was_delivered(function: Function, aws_lambda: Any) -> None:
    arn = make_stream(2)
    uuid = make_mapping(arn, StartingPosition="LATEST", Enabled=False)
    put_batch(*"abcd", keys="wxyz")
    client("kinesis").update_shard_count(StreamName="s", TargetShardCount=4, ScalingType="UNIFORM_SCALING")
    assert function.contents == []
    aws_lambda.update_event_source_mapping(UUID=uuid, Enabled=True)
    assert sorted(each for batch in function.contents for each in batch) == list("abcd")


def test_consumer_of_a_stream(function: Function) -> None:
    arn = make_stream()
    consumer = client("kinesis").register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]["ConsumerARN"]
    make_mapping(consumer, StartingPosition="LATEST")
    put("a")
    assert function.contents == [["a"]]


def test_filtered_records_are_no_part_of_what_is_left_out(function: Function) -> None:
    url, queue_arn = make_queue()
    config = {"OnFailure": {"Destination": queue_arn}}
    function.answer = fail
    fields = {"StartingPosition": "LATEST", "MaximumRetryAttempts": 0, "DestinationConfig": config}
    make_mapping(make_stream(), {"data": [{"anything-but": ["a"]}]}, **fields)
    put_batch("a", "b")
    assert function.contents == [["b"]]
    [record] = map(json.loads, received(url))
    assert record["KinesisBatchInfo"]["batchSize"] == 1
