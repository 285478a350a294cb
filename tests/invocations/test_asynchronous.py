"""Events: retries, destinations, dead letters, and the order in which they run."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from support.builders import answer, make_zip

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.control.models import backend_of

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
FAILING = "def handler(event, context): raise ValueError('not today')"
NO_FUNCTION = "The function doesn't exist."
TRACE_HEADER = re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0")
OK = "def handler(event, context): return {'got': event}"

Create = Callable[..., str]


def client(service: str) -> Any:
    return boto3.client(service, "us-east-1")


@pytest.fixture
def queue(mock: LambdaUrls) -> str:
    """A queue's URL; its ARN is QUEUE_ARN."""
    return client("sqs").create_queue(QueueName="results")["QueueUrl"]


QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:results"


def received(queue: str) -> list[Any]:
    got = client("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    return got.get("Messages", [])


def send(name: str = "fn", payload: Any = None, **target: Any) -> str:
    response = client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(payload or {"n": 1}), **target
    )
    assert (response["StatusCode"], response["Payload"].read()) == (202, b"")
    return response["ResponseMetadata"]["RequestId"]


def configure(name: str = "fn", *, success: str = "", failure: str = "", **settings: Any) -> Any:
    targets = {"OnSuccess": success, "OnFailure": failure}
    destinations = {key: {"Destination": arn} for key, arn in targets.items() if arn}
    return client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig=destinations, **settings
    )


@pytest.mark.parametrize(
    ("settings", "runs"), [({}, 3), ({"MaximumRetryAttempts": 1}, 2), ({"MaximumRetryAttempts": 0}, 1)]
)
def test_retries(mock: LambdaUrls, create_function: Create, settings: dict[str, Any], runs: int) -> None:
    create_function(files=FAILING)
    configure(**settings)
    request_id = send()
    assert [each.request_id for each in mock.invocations] == [request_id] * runs


def test_a_retry_that_succeeds_is_the_last(mock: LambdaUrls, create_function: Create, queue: str) -> None:
    create_function(files="runs = []\ndef handler(event, context):\n    runs.append(1)\n    return 1 / (len(runs) - 1)")
    configure(success=QUEUE_ARN, failure=QUEUE_ARN)
    send()
    assert [each.error is None for each in mock.invocations] == [False, True]
    (message,) = received(queue)
    context = json.loads(message["Body"])["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("Success", 2)


def test_destination_on_success(create_function: Create, queue: str) -> None:
    create_function(files=OK)
    configure(success=QUEUE_ARN)
    request_id = send()
    (message,) = received(queue)
    assert TRACE_HEADER.fullmatch(message["Attributes"]["AWSTraceHeader"])
    record = json.loads(message["Body"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("timestamp"))
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"n": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"got": {"n": 1}},
    }


def test_destination_on_failure(create_function: Create, queue: str) -> None:
    create_function(files=FAILING)
    configure(success=QUEUE_ARN, failure=QUEUE_ARN, MaximumRetryAttempts=1)
    send()
    (message,) = received(queue)
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert (record["responsePayload"]["errorType"], record["requestPayload"]) == ("ValueError", {"n": 1})


def test_destination_of_a_throttled_function(mock: LambdaUrls, create_function: Create, queue: str) -> None:
    create_function(files=OK)
    configure(failure=QUEUE_ARN)
    client("lambda").put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    request_id = send()
    (message,) = received(queue)
    record = json.loads(message["Body"])
    assert record.pop("timestamp")
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "ZeroReservedConcurrency",
            "approximateInvokeCount": 0,
        },
        "requestPayload": {"n": 1},
    }
    assert len(mock.invocations) == 0


def test_destination_sns(create_function: Create, queue: str) -> None:
    create_function(files=OK)
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE_ARN)
    configure(success=topic)
    send()
    (message,) = received(queue)
    assert json.loads(json.loads(message["Body"])["Message"])["responsePayload"] == {"got": {"n": 1}}


def test_destination_lambda(mock: LambdaUrls, create_function: Create) -> None:
    create_function(files=OK)
    target = create_function("target", OK)
    configure(success=target)
    send()
    assert [each.function_name for each in mock.invocations] == ["fn", "target"]
    assert mock.invocations.last.event["responsePayload"] == {"got": {"n": 1}}


def test_destination_eventbridge(mock: LambdaUrls, create_function: Create) -> None:
    create_function(files=FAILING)
    listener = create_function("listener", OK)
    events = client("events")
    bus = events.create_event_bus(Name="bus")["EventBusArn"]
    events.put_rule(Name="r", EventBusName="bus", EventPattern=json.dumps({"source": ["lambda"]}))
    events.put_targets(Rule="r", EventBusName="bus", Targets=[{"Id": "1", "Arn": listener}])
    configure(failure=bus, MaximumRetryAttempts=0)
    send()
    event = mock.invocations.last.event
    assert event["detail-type"] == "Lambda Function Invocation Result - Failure"
    assert event["resources"] == [bus, f"{ARN}:$LATEST"]
    assert event["detail"]["responsePayload"]["errorMessage"] == "not today"


def test_destination_s3(create_function: Create) -> None:
    create_function(files=FAILING)
    client("s3").create_bucket(Bucket="results")
    configure(failure="arn:aws:s3:::results", MaximumRetryAttempts=0)
    request_id = send()
    (found,) = client("s3").list_objects_v2(Bucket="results")["Contents"]
    assert re.fullmatch(
        rf"aws/lambda/async/fn/\d{{4}}/\d\d/\d\d/\d{{4}}-\d\d-\d\dT\d\d\.\d\d\.\d\d-{request_id}\.json", found["Key"]
    )
    body = client("s3").get_object(Bucket="results", Key=found["Key"])["Body"].read()
    assert json.loads(body)["requestPayload"] == {"n": 1}


def test_a_destination_that_is_missing(
    mock: LambdaUrls, create_function: Create, caplog: pytest.LogCaptureFixture
) -> None:
    create_function(files=OK)
    configure(success=f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone")
    send()
    assert len(mock.invocations) == 1
    assert "could not be sent on" in caplog.text


@pytest.mark.parametrize("by_topic", [True, False])
def test_dead_letters(create_function: Create, queue: str, by_topic: bool) -> None:
    target = QUEUE_ARN
    if by_topic:
        target = client("sns").create_topic(Name="t")["TopicArn"]
        client("sns").subscribe(
            TopicArn=target, Protocol="sqs", Endpoint=QUEUE_ARN, Attributes={"RawMessageDelivery": "true"}
        )
    create_function(files=FAILING, DeadLetterConfig={"TargetArn": target})
    configure(MaximumRetryAttempts=0)
    request_id = send()
    (message,) = received(queue)
    assert json.loads(message["Body"]) == {"n": 1}
    attributes = message["MessageAttributes"]
    assert {name: (each["DataType"], each["StringValue"]) for name, each in attributes.items()} == {
        "RequestID": ("String", request_id),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "not today"),
    }


def test_no_dead_letter_of_what_succeeded(create_function: Create, queue: str) -> None:
    create_function(files=OK, DeadLetterConfig={"TargetArn": QUEUE_ARN})
    send()
    assert received(queue) == []


def test_a_function_that_sends_events_to_itself(mock: LambdaUrls, create_function: Create) -> None:
    """Far deeper than Python's stack, with room for one invocation at a time."""
    create_function(
        files="""
import boto3
client = boto3.client("lambda")
def handler(event, context):
    if event["n"]:
        client.invoke(FunctionName="fn", InvocationType="Event", Payload='{"n": %d}' % (event["n"] - 1))
    return event["n"]
"""
    )
    client("lambda").put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    send(payload={"n": 100})
    assert [each.result for each in mock.invocations] == list(range(100, -1, -1))


@pytest.mark.parametrize("way", ["url", "invoke", "thread"])
def test_what_a_handler_sends_runs_when_it_has_returned(mock: LambdaUrls, way: str) -> None:
    order = []

    def first(event: Any, context: Any) -> None:
        for n in (1, 2):
            send("second", {"n": n})
        order.append("first ends")

    def second(event: Any, context: Any) -> None:
        order.append(event["n"])

    url = mock.deploy(first, name="first")
    mock.deploy(second, name="second")
    if way == "url":
        assert requests.get(str(url)).status_code == 200
    elif way == "invoke":
        client("lambda").invoke(FunctionName="first")
    else:  # handlers of other threads run in threads of ours
        thread = threading.Thread(target=client("lambda").invoke, kwargs={"FunctionName": "first"})
        thread.start()
        thread.join()
    assert order == ["first ends", 1, 2]


def test_what_a_streaming_handler_sends_runs_when_it_has_ended(mock: LambdaUrls) -> None:
    order: list[Any] = []

    def first(event: Any, context: Any) -> Any:
        send("second", {"n": 1})
        yield b"a"
        send("second", {"n": 2})
        yield b"b"
        order.append("first ends")

    url = mock.deploy(first, name="first", invoke_mode="RESPONSE_STREAM")
    mock.deploy(lambda event, context: order.append(event["n"]), name="second")
    assert requests.get(str(url)).content == b"ab"
    assert order == ["first ends", 1, 2]


def test_an_event_waits_for_concurrency(mock: LambdaUrls, create_function: Create) -> None:
    started, may_end = threading.Event(), threading.Event()

    def slow(event: Any, context: Any) -> None:
        started.set()
        may_end.wait(5)

    mock.deploy(slow, name="fn", timeout=10)
    client("lambda").put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    aws_lambda = client("lambda")
    thread = threading.Thread(target=aws_lambda.invoke, kwargs={"FunctionName": "fn"})
    thread.start()
    assert started.wait(5)
    threading.Timer(0.1, may_end.set).start()
    before = time.monotonic()
    send()
    assert time.monotonic() - before > 0.05
    thread.join()
    assert len(mock.invocations) == 2


def test_event_invoke_config(mock: LambdaUrls, create_function: Create) -> None:
    create_function(files=OK)
    aws_lambda = client("lambda")
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    none: dict[str, dict[str, str]] = {"OnSuccess": {}, "OnFailure": {}}
    put = aws_lambda.put_function_event_invoke_config
    assert fields(put(FunctionName="fn", MaximumRetryAttempts=1)) == {
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 1,
        "DestinationConfig": none,
    }
    put(FunctionName="fn", MaximumEventAgeInSeconds=100)
    expected = {"FunctionArn": f"{ARN}:$LATEST", "MaximumEventAgeInSeconds": 100, "DestinationConfig": none}
    assert fields(aws_lambda.get_function_event_invoke_config(FunctionName="fn")) == expected
    put(FunctionName="fn", Qualifier="live", MaximumRetryAttempts=0)
    aws_lambda.update_function_event_invoke_config(FunctionName="fn:live", MaximumEventAgeInSeconds=60)
    alias = {
        "FunctionArn": f"{ARN}:live",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": none,
    }
    pages = aws_lambda.get_paginator("list_function_event_invoke_configs").paginate(
        FunctionName="fn", PaginationConfig={"PageSize": 1}
    )
    listed = [page["FunctionEventInvokeConfigs"] for page in pages]
    assert [[fields(each) for each in page] for page in listed] == [[expected], [alias]]
    aws_lambda.delete_function_event_invoke_config(FunctionName="fn")
    listed = aws_lambda.list_function_event_invoke_configs(FunctionName="fn")["FunctionEventInvokeConfigs"]
    assert [fields(each) for each in listed] == [alias]


def fields(config: dict[str, Any]) -> dict[str, Any]:
    assert abs(config["LastModified"].timestamp() - time.time()) < 60
    return {name: value for name, value in config.items() if name not in ("LastModified", "ResponseMetadata")}


def test_event_invoke_config_of_the_qualifier_counts(mock: LambdaUrls, create_function: Create) -> None:
    create_function(files=FAILING)
    aws_lambda = client("lambda")
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    aws_lambda.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=1)
    aws_lambda.put_function_event_invoke_config(FunctionName="fn", Qualifier="live", MaximumRetryAttempts=0)
    for name in ("fn", "fn:live", "fn:1", "fn:$LATEST"):
        send(name)
    runs = [each.qualifier for each in mock.invocations]
    assert runs == [None, None, "live", "1", "1", "1", "$LATEST", "$LATEST"]


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_no_event_invoke_config(mock: LambdaUrls, create_function: Create, operation: str) -> None:
    create_function()
    call = getattr(client("lambda"), f"{operation}_function_event_invoke_config")
    more = {"MaximumRetryAttempts": 1} if operation == "update" else {}
    assert answer(call, FunctionName="fn", **more) == (
        "ResourceNotFoundException",
        f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig",
        404,
    )
    of_gone = ARN.removesuffix("fn") + "gone:$LATEST"
    text = f"The function {of_gone} doesn't have an EventInvokeConfig" if operation == "get" else NO_FUNCTION
    assert answer(call, FunctionName="gone", **more) == ("ResourceNotFoundException", text, 404)
    text = f"The function {ARN}:9 doesn't have an EventInvokeConfig" if operation == "get" else NO_FUNCTION
    assert answer(call, FunctionName="fn", Qualifier="9", **more) == ("ResourceNotFoundException", text, 404)


def test_half_a_destination_config(mock: LambdaUrls, create_function: Create) -> None:
    create_function()
    target = {"Destination": QUEUE_ARN}
    assert configure(success=QUEUE_ARN)["DestinationConfig"] == {"OnSuccess": target, "OnFailure": {}}
    assert configure(failure=QUEUE_ARN)["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": target}
    update = client("lambda").update_function_event_invoke_config
    updated = update(FunctionName="fn", MaximumRetryAttempts=1)
    assert updated["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": target}


S3_ARN, GONE_ARN = "arn:aws:s3:::results", ARN.removesuffix("fn") + "gone"
NO_DESTINATION = "The provided destination config DestinationConfig(onSuccess={}, onFailure={}) is invalid."


@pytest.mark.parametrize(
    ("success", "failure", "message"),
    [
        (GONE_ARN, "", f"The destination ARN {GONE_ARN} is invalid."),
        ("", GONE_ARN, f"The destination ARN {GONE_ARN} is invalid."),
        (ARN, "", "You can't specify the function as a destination for itself."),
        (f"{ARN}:live", "", "You can't specify the function as a destination for itself."),
        (S3_ARN, "", NO_DESTINATION.format(f"OnSuccess(destination={S3_ARN})", "null")),
        (
            S3_ARN,
            QUEUE_ARN,
            NO_DESTINATION.format(f"OnSuccess(destination={S3_ARN})", f"OnFailure(destination={QUEUE_ARN})"),
        ),
        (
            "",
            f"arn:aws:iam::{ACCOUNT}:role/r",
            NO_DESTINATION.format("null", f"OnFailure(destination=arn:aws:iam::{ACCOUNT}:role/r)"),
        ),
    ],
)
def test_destinations_that_are_refused(
    mock: LambdaUrls, create_function: Create, success: str, failure: str, message: str
) -> None:
    create_function()
    expected = ("InvalidParameterValueException", message, 400)
    assert answer(configure, success=success, failure=failure) == expected
    client("lambda").put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=1)
    destinations = {"OnSuccess": success, "OnFailure": failure}
    config = {half: {"Destination": arn} for half, arn in destinations.items() if arn}
    update = client("lambda").update_function_event_invoke_config
    assert answer(update, FunctionName="fn", DestinationConfig=config) == expected


def test_an_event_invoke_config_of_nothing(mock: LambdaUrls, create_function: Create) -> None:
    create_function()
    assert answer(client("lambda").put_function_event_invoke_config, FunctionName="fn") == (
        "InvalidParameterValueException",
        "You must specify at least one of error handling or destination setting.",
        400,
    )


def test_a_version_keeps_no_configuration_of_its_own_after_release(mock: LambdaUrls, create_function: Create) -> None:
    """The configurations are in moto's own list, where plain moto finds them."""
    create_function(files=OK)
    client("lambda").put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=1)
    client("lambda").update_function_code(FunctionName="fn", ZipFile=make_zip(FAILING))
    function = backend_of(ACCOUNT, "us-east-1").get_function("fn")
    assert [each.config["MaximumRetryAttempts"] for each in function.event_invoke_config] == [1]
