"""Batches of messages: their size in bytes, the batching window, and how many are delivered at once."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from support.event_sources import PARTIAL, Function, client, fail, make_mapping, make_queue, received

from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process


def send(url: str, *bodies: str) -> None:
    for body in bodies:
        client("sqs").send_message(QueueUrl=url, MessageBody=body)


def test_payload_of_at_most_6_mb(function: Function) -> None:
    url, arn = make_queue()
    send(url, *["x" * 1_000_000] * 8)
    make_mapping(arn)
    assert [len(batch) for batch in function.contents] == [6, 2]
    assert max(len(json.dumps(event)) for event in function.events) <= 6_291_456
    assert received(url) == []


def test_part_of_a_large_batch_that_fails(function: Function, frozen: Any) -> None:
    url, arn = make_queue()
    send(url, *(letter * 1_000_000 for letter in "abcdefgh"))

    def answer(records: Any) -> None:
        if len(records) == 2:
            raise ValueError("not today")

    function.answer = answer
    make_mapping(arn)
    frozen.tick(30)
    assert [body[0] for body in received(url)] == []
    assert [[body[0] for body in batch] for batch in function.contents] == [list("abcdef"), list("gh"), list("gh")]


@pytest.mark.parametrize("function_states", ["immediate", "pending"])
def test_batching_window(frozen: Any, function_states: Any) -> None:
    """It is waited for only where states are shown as on AWS."""
    with mock_lambda_urls(function_states=function_states) as mock:
        function = Function(mock)
        client("lambda").get_function(FunctionName="fn")
        url, arn = make_queue()
        make_mapping(arn, MaximumBatchingWindowInSeconds=10, BatchSize=3)
        send(url, "a")
        frozen.tick(5)
        send(url, "b")
        if function_states == "immediate":
            assert function.contents == [["a"], ["b"]]
            return
        assert function.contents == []
        frozen.tick(5)
        client("lambda").list_event_source_mappings()
        assert function.contents == [["a", "b"]]
        send(url, "c", "d", "e")
        assert function.contents[1:] == [["c", "d", "e"]], "a full batch does not wait"


def test_maximum_concurrency(function: Function) -> None:
    """Two threads deliver; what the third one sent is delivered by one of them."""
    url, arn = make_queue()
    make_mapping(arn, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    running, most, go = [0], [0], threading.Event()
    lock, both = threading.Lock(), threading.Barrier(3)

    def answer(records: Any) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        if records[0]["body"] != "c":
            both.wait(30)
            assert go.wait(30)
        with lock:
            running[0] -= 1

    function.answer = answer
    threads = [threading.Thread(target=send, args=(url, body)) for body in "ab"]
    for thread in threads:
        thread.start()
    both.wait(30)
    send(url, "c")
    assert sorted(function.contents) == [["a"], ["b"]]
    go.set()
    for thread in threads:
        thread.join(30)
    assert sorted(function.contents) == [["a"], ["b"], ["c"]]
    assert most == [2]


def test_fifo_group_waits_for_its_failed_message(function: Function, frozen: Any) -> None:
    url, arn = make_queue("q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    make_mapping(arn, BatchSize=1, **PARTIAL)
    function.answer = lambda records: {"batchItemFailures": [{"itemIdentifier": records[0]["messageId"]}]}
    for body in "ab":
        client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    assert function.contents == [["a"]]
    function.answer = lambda records: None
    frozen.tick(30)
    assert received(url) == []
    assert function.contents == [["a"], ["a"], ["b"]]


def set_visibility(url: str, record: Any, seconds: int) -> None:
    handle = record["receiptHandle"]
    client("sqs").change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=seconds)


def look(function: Function) -> int:
    """How often the function has been called when a call has looked at the queues."""
    client("lambda").list_event_source_mappings()
    return len(function.events)


@pytest.mark.parametrize("timeout", [0, 30])
@pytest.mark.parametrize("seconds", [0, 5, 60])
@pytest.mark.parametrize("fields", [{}, PARTIAL], ids=["raises", "reports"])
def test_visibility_that_the_function_sets(
    function: Function, frozen: Any, timeout: int, seconds: int, fields: Any
) -> None:
    """It stands when the message has failed; what is visible at once is delivered with the next call that looks."""
    url, arn = make_queue()
    make_mapping(arn, **fields)
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(timeout)})

    def answer(records: Any) -> Any:
        set_visibility(url, records[0], seconds)
        return {"batchItemFailures": [{"itemIdentifier": records[0]["messageId"]}]} if fields else fail(records)

    function.answer = answer
    send(url, "a")
    assert function.contents == [["a"]]
    if seconds:
        frozen.tick(seconds - 1)
        assert look(function) == 1
        frozen.tick(1)
    assert look(function) == 2
    counts = [records[0]["attributes"]["ApproximateReceiveCount"] for records in function.batches]
    assert counts == ["1", "2"]


def test_message_made_visible_again_by_a_function_that_looks(function: Function, frozen: Any) -> None:
    url, arn = make_queue()
    make_mapping(arn, BatchSize=1)

    def answer(records: Any) -> None:
        if records[0]["body"] == "a":
            set_visibility(url, records[0], 0)
            look(function)
            fail(records)

    function.answer = answer
    entries = [{"Id": body, "MessageBody": body} for body in "ab"]
    client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    assert function.contents == [["a"], ["b"]]
    assert look(function) == 3
    assert function.contents[2:] == [["a"]]


def test_fifo_message_made_visible_again_comes_before_its_group(function: Function, frozen: Any) -> None:
    url, arn = make_queue("q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    make_mapping(arn, BatchSize=1)

    def answer(records: Any) -> None:
        if len(function.events) == 1:
            set_visibility(url, records[0], 0)
            fail(records)

    function.answer = answer
    entries = [{"Id": body, "MessageBody": body, "MessageGroupId": "g"} for body in "ab"]
    client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    assert function.contents == [["a"]]
    look(function)
    assert function.contents == [["a"], ["a"], ["b"]]


@pytest.mark.parametrize("gone", ["function", "mapping"])
@pytest.mark.parametrize("fields", [{}, {"FifoQueue": "true", "ContentBasedDeduplication": "true"}], ids=["", "fifo"])
def test_message_of_a_function_that_deletes_itself(function: Function, frozen: Any, gone: str, fields: Any) -> None:
    url, arn = make_queue("q.fifo" if fields else "q", **fields)
    uuid = make_mapping(arn)

    def answer(records: Any) -> None:
        if gone == "function":
            client("lambda").delete_function(FunctionName="fn")
        else:
            client("lambda").delete_event_source_mapping(UUID=uuid)
        fail(records)

    function.answer = answer
    client("sqs").send_message(QueueUrl=url, MessageBody="a", **({"MessageGroupId": "g"} if fields else {}))
    assert (function.contents, received(url)) == ([["a"]], [])
    frozen.tick(30)
    assert received(url) == ["a"]


@pytest.mark.parametrize("timeout", [0, 30])
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("gone", ["message", "messages", "queue"])
def test_message_that_the_function_deletes(function: Function, timeout: int, fails: bool, gone: str) -> None:
    url, arn = make_queue()
    make_mapping(arn)
    sqs = client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(timeout)})

    def answer(records: Any) -> None:
        if gone == "message":
            sqs.delete_message(QueueUrl=url, ReceiptHandle=records[0]["receiptHandle"])
        elif gone == "messages":
            sqs.purge_queue(QueueUrl=url)
        else:
            sqs.delete_queue(QueueUrl=url)
        if fails:
            fail(records)

    function.answer = answer
    send(url, "a")
    look(function)
    assert function.contents == [["a"]]
