"""InvokeWithResponseStream through boto3."""

from __future__ import annotations

import base64
import gc
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.builders import answer, make_zip
from support.streaming_handlers import RAW_PRELUDE, Watched

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process

MB = 1024 * 1024
ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"
STREAMING = """
def handler(event, context):
    print("streaming", context.invoked_function_arn)
    yield b"one, "
    yield event.get("name", "nobody")
"""


def invoke(client: Any, **parameters: Any) -> Any:
    return client.invoke_with_response_stream(**{"FunctionName": "fn", **parameters})


def chunk(content: bytes) -> dict[str, Any]:
    return {"PayloadChunk": {"Payload": content}}


@pytest.fixture
def registered(mock: LambdaUrls, create_function: Callable[..., str]) -> Callable[..., None]:
    def register(handler: Callable[[Any, Any], Any], **fields: Any) -> None:
        create_function(**fields)
        mock.register("fn", handler)

    return register


@pytest.mark.smoke
def test_events(mock: LambdaUrls, aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function(files=STREAMING)
    got = invoke(aws_lambda, Payload=b'{"name": "me"}')
    assert (got["StatusCode"], got["ExecutedVersion"]) == (200, "$LATEST")
    assert got["ResponseStreamContentType"] == "application/vnd.amazon.eventstream"
    assert list(got["EventStream"]) == [chunk(b"one, "), chunk(b"me"), {"InvokeComplete": {}}]
    (made,) = mock.invocations
    assert (made.event, made.result, made.error, made.url_id) == ({"name": "me"}, None, None, None)


def test_events_come_as_they_are_made(aws_lambda: Any, registered: Callable[..., None]) -> None:
    go_on = threading.Event()
    in_time: list[bool] = []

    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"first"
        in_time.append(go_on.wait(5))
        yield b"second"

    registered(handler, Timeout=30)
    events = iter(invoke(aws_lambda)["EventStream"])
    assert next(events) == chunk(b"first")
    go_on.set()
    assert list(events) == [chunk(b"second"), {"InvokeComplete": {}}]
    assert in_time == [True]


def test_ordinary_handler(mock: LambdaUrls, aws_lambda: Any, registered: Callable[..., None]) -> None:
    registered(lambda _event, _context: {"statusCode": 200, "body": "ü"})
    first, last = invoke(aws_lambda)["EventStream"]
    assert json.loads(first["PayloadChunk"]["Payload"]) == {"statusCode": 200, "body": "ü"}
    assert last == {"InvokeComplete": {}}
    assert mock.invocations[-1].result == {"statusCode": 200, "body": "ü"}


def test_error_in_mid_stream(mock: LambdaUrls, aws_lambda: Any, registered: Callable[..., None]) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"part"
        raise KeyError("k")

    registered(handler)
    first, last = invoke(aws_lambda)["EventStream"]
    assert (first, last["InvokeComplete"]["ErrorCode"]) == (chunk(b"part"), "KeyError")
    details = json.loads(last["InvokeComplete"]["ErrorDetails"])
    assert (details["errorType"], details["errorMessage"]) == ("KeyError", "'k'")
    assert mock.invocations[-1].error is not None


def test_error_before_the_first_piece(mock: LambdaUrls, aws_lambda: Any, registered: Callable[..., None]) -> None:
    registered(lambda _event, _context: 1 / 0)
    (last,) = invoke(aws_lambda)["EventStream"]
    assert last["InvokeComplete"]["ErrorCode"] == "ZeroDivisionError"
    assert len(mock.invocations) == 1


def test_log_tail(mock: LambdaUrls, aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function(files=STREAMING)
    *_, last = invoke(aws_lambda, LogType="Tail")["EventStream"]
    tail = base64.b64decode(last["InvokeComplete"]["LogResult"]).decode()
    assert tail == mock.invocations[-1].logs
    assert f"streaming {ARN}\n" in tail
    assert "REPORT RequestId:" in tail


def test_dry_run(mock: LambdaUrls, aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function()
    got = invoke(aws_lambda, InvocationType="DryRun")
    assert (got["StatusCode"], list(got["EventStream"]), list(mock.invocations)) == (204, [], [])


def test_qualifiers(mock: LambdaUrls, aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function(files=STREAMING, Publish=True)
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip(STREAMING.replace("one", "two")))
    for qualifier, version, first in [("1", "1", b"one, "), ("live", "1", b"one, "), ("$LATEST", "$LATEST", b"two, ")]:
        got = invoke(aws_lambda, Qualifier=qualifier)
        assert (got["ExecutedVersion"], next(iter(got["EventStream"]))) == (version, chunk(first))
        list(got["EventStream"])
        assert mock.invocations[-1].qualifier == qualifier
        assert f"streaming {ARN}:{qualifier}\n" in mock.invocations[-1].logs


def test_function_not_there(aws_lambda: Any) -> None:
    assert answer(aws_lambda.invoke_with_response_stream, FunctionName="fn") == (
        "ResourceNotFoundException",
        f"Function not found: {ARN}:$LATEST",
        404,
    )


def test_version_not_there(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function()
    assert answer(aws_lambda.invoke_with_response_stream, FunctionName="fn", Qualifier="7") == (
        "ResourceNotFoundException",
        f"Function not found: {ARN}:7",
        404,
    )


def test_payload_too_large(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function()
    code, _, status = answer(aws_lambda.invoke_with_response_stream, FunctionName="fn", Payload=b'"%b"' % bytes(6 * MB))
    assert (code, status) == ("RequestTooLargeException", 413)


def test_payload_is_no_json(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function()
    code, message, status = answer(aws_lambda.invoke_with_response_stream, FunctionName="fn", Payload=b"{no")
    assert (code, status) == ("InvalidRequestContentException", 400)
    assert message.startswith("Could not parse request body into json: Could not parse payload into json: ")


def test_throttled(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function(files=STREAMING)
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    first = invoke(aws_lambda)
    code, message, status = answer(aws_lambda.invoke_with_response_stream, FunctionName="fn")
    assert (code, message, status) == ("TooManyRequestsException", "Rate Exceeded.", 429)
    list(first["EventStream"])
    assert len(list(invoke(aws_lambda)["EventStream"])) == 3


def test_close_ends_the_handler(mock: LambdaUrls, aws_lambda: Any, registered: Callable[..., None]) -> None:
    handler = Watched(b"one", b"two", b"three")
    registered(handler)
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    for _ in range(2):
        events = invoke(aws_lambda)["EventStream"]
        assert next(iter(events)) == chunk(b"one")
        events.close()
        assert list(mock.invocations)[-1].error is None
    assert (handler.ended_by, len(mock.invocations)) == ([GeneratorExit] * 2, 2)


def test_events_that_nobody_reads(mock: LambdaUrls, aws_lambda: Any, registered: Callable[..., None]) -> None:
    handler = Watched(b"one", b"two")
    registered(handler)
    invoke(aws_lambda)
    gc.collect()
    assert (handler.ended_by, len(mock.invocations)) == ([GeneratorExit], 1)


def test_large_chunks(aws_lambda: Any, registered: Callable[..., None]) -> None:
    content = bytes(range(256)) * (40 * 4096)
    registered(lambda _event, _context: iter([content]), Timeout=30)
    *chunks, last = invoke(aws_lambda)["EventStream"]
    assert b"".join(each["PayloadChunk"]["Payload"] for each in chunks) == content
    assert last == {"InvokeComplete": {}}


@pytest.mark.parametrize("items", [[RAW_PRELUDE, b"body"], [json.loads(RAW_PRELUDE.rstrip(bytes(1))), b"body"]])
def test_a_prelude_is_part_of_the_answer(aws_lambda: Any, registered: Callable[..., None], items: list[Any]) -> None:
    registered(lambda _event, _context: iter(items))
    *chunks, last = invoke(aws_lambda)["EventStream"]
    assert b"".join(each["PayloadChunk"]["Payload"] for each in chunks) == RAW_PRELUDE + b"body"
    assert last == {"InvokeComplete": {}}
