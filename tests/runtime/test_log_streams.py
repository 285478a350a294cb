"""Logs of functions as CloudWatch Logs has them, whenever somebody reads them."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from freezegun import freeze_time
from moto.logs.models import LogEvent, LogStream

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.runtime import log_streams

pytestmark = pytest.mark.in_process

GROUP = "/aws/lambda/orders"


def handler(event: dict[str, Any], _context: object) -> str:
    print(event["rawPath"])
    return "done"


@pytest.fixture
def mock() -> Iterator[LambdaUrls]:
    with mock_lambda_urls() as urls:
        yield urls


@pytest.fixture
def url(mock: LambdaUrls) -> FunctionUrl:
    return mock.deploy(handler, name="orders")


@pytest.fixture
def logs(url: FunctionUrl) -> Any:
    return boto3.client("logs", "us-east-1")


def call(url: FunctionUrl, *paths: str) -> None:
    for path in paths:
        assert requests.get(f"{url}{path}").text == "done"


def read(logs: Any) -> list[dict[str, Any]]:
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    events: list[dict[str, Any]] = logs.get_log_events(
        logGroupName=GROUP, logStreamName=stream["logStreamName"], startFromHead=True
    )["events"]
    return events


def printed(events: list[dict[str, Any]]) -> list[str]:
    return [each["message"] for each in events if each["message"].startswith("/")]


def test_each_read_has_all_that_was_logged_before(url: FunctionUrl, logs: Any) -> None:
    call(url, "a", "b")
    first = read(logs)
    begins = [each["message"].split(" ")[0] for each in first]
    assert begins == ["START", "/a\n", "END", "REPORT", "START", "/b\n", "END", "REPORT"]
    assert all(each["timestamp"] <= each["ingestionTime"] for each in first)
    call(url, "c")
    assert read(logs)[:8] == first
    assert printed(read(logs)) == ["/a\n", "/b\n", "/c\n"]
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="REPORT")["events"]
    assert len(found) == len({each["eventId"] for each in found}) == 3


def test_groups_and_streams_are_described_with_what_nobody_has_read(url: FunctionUrl, logs: Any) -> None:
    call(url, "a", "b")
    (group,) = logs.describe_log_groups()["logGroups"]
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    events = read(logs)
    assert group["storedBytes"] == stream["storedBytes"] == sum(len(each["message"]) for each in events)
    assert stream["uploadSequenceToken"] == "2"
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (
        events[0]["timestamp"],
        events[-1]["timestamp"],
    )
    assert stream["lastIngestionTime"] == events[-1]["ingestionTime"]


def test_a_subscription_gets_what_is_logged_after_it_was_made(mock: LambdaUrls, url: FunctionUrl, logs: Any) -> None:
    seen: list[str] = []

    def subscriber(event: dict[str, Any], _context: object) -> None:
        data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        seen.extend(printed(data["logEvents"]))

    mock.deploy(subscriber, name="subscriber")
    call(url, "before")
    arn = boto3.client("lambda", "us-east-1").get_function(FunctionName="subscriber")["Configuration"]["FunctionArn"]
    logs.put_subscription_filter(logGroupName=GROUP, filterName="f", filterPattern="", destinationArn=arn)
    call(url, "after", "later")
    assert seen == ["/after\n", "/later\n"]
    logs.delete_subscription_filter(logGroupName=GROUP, filterName="f")
    call(url, "last")
    assert seen == ["/after\n", "/later\n"]
    assert printed(read(logs)) == ["/before\n", "/after\n", "/later\n", "/last\n"]


def test_a_bounded_number_of_logs_waits_for_a_reader(
    url: FunctionUrl, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown() -> list[str]:
        """What moto's dashboard lists."""
        return [each.message for each in vars(LogEvent)["instances_tracked"] if each.message.startswith("/")]

    monkeypatch.setattr(log_streams, "MAX_LOGS_WAITING", 2)
    call(url, "a", "b")
    assert shown() == []
    call(url, "c", "d")
    assert shown() == ["/a\n", "/b\n", "/c\n"]
    assert printed(read(logs)) == ["/a\n", "/b\n", "/c\n", "/d\n"]
    assert shown() == ["/a\n", "/b\n", "/c\n", "/d\n"]


def test_a_stream_that_somebody_else_has_made(url: FunctionUrl, logs: Any) -> None:
    call(url, "a")
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    named = {"logGroupName": GROUP, "logStreamName": stream["logStreamName"]}
    logs.delete_log_stream(**named)
    logs.create_log_stream(**named)
    logs.put_log_events(**named, logEvents=[{"timestamp": stream["lastIngestionTime"], "message": "/own\n"}])
    call(url, "b")
    assert printed(read(logs)) == ["/own\n", "/b\n"]
    logs.put_log_events(**named, logEvents=[{"timestamp": read(logs)[-1]["timestamp"], "message": "/again\n"}])
    assert printed(read(logs)) == ["/own\n", "/b\n", "/again\n"]


def test_later_events_are_ingested_later(url: FunctionUrl, logs: Any) -> None:
    with freeze_time("2030-01-01"):
        call(url, "a")
    with freeze_time("2030-01-02"):
        (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
        call(url, "b")
        own = {"timestamp": 1_893_542_400_000, "message": "/own\n"}
        logs.put_log_events(logGroupName=GROUP, logStreamName=stream["logStreamName"], logEvents=[own])
        assert [(each["message"], each["ingestionTime"]) for each in read(logs) if each["message"].startswith("/")] == [
            ("/a\n", 1_893_456_000_000),
            ("/b\n", 1_893_542_400_000),
            ("/own\n", 1_893_542_400_000),
        ]


def test_a_reader_that_is_interrupted_loses_nothing(
    url: FunctionUrl, logs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ring(*_: object) -> None:
        raise TimeoutError

    call(url, "a", "b")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(LogEvent, "__init__", ring)
        with pytest.raises(TimeoutError):
            read(logs)
    assert printed(read(logs)) == ["/a\n", "/b\n"]


def test_a_group_that_was_deleted_is_made_again(url: FunctionUrl, logs: Any) -> None:
    call(url, "a")
    logs.delete_log_group(logGroupName=GROUP)
    assert logs.describe_log_groups()["logGroups"] == []
    call(url, "b")
    assert printed(read(logs)) == ["/b\n"]


def test_readers_and_invocations_at_the_same_time(url: FunctionUrl, logs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_streams, "MAX_LOGS_WAITING", 3)
    call(url, "first")
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: call(url, str(n)) if n % 4 else read(logs), range(400)):
            pass
    assert sorted(printed(read(logs))) == sorted(["/first\n", *[f"/{n}\n" for n in range(400) if n % 4]])


def test_a_stream_stays_one_of_motos_for_moto(url: FunctionUrl, logs: Any) -> None:
    call(url, "a")
    read(logs)
    assert [type(each).__mro__[1] for each in vars(LogStream)["instances_tracked"]] == [LogStream]
