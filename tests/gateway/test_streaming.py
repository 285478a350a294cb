"""RESPONSE_STREAM URLs of deployed functions, through every client."""

from __future__ import annotations

import gc
import http.client
import json
import logging
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import requests
import urllib3
from support.clients import Call, Client, named
from support.processes import needs_node
from support.streaming_handlers import RAW_PRELUDE, Watched

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.control.models import backend_of

PATIENCE = 5.0
MB = 1024 * 1024
pytestmark = [
    pytest.mark.in_process,
    pytest.mark.filterwarnings("ignore:Async generator 'httpx:ResourceWarning"),  # trio, of httpx's own
]

Handler = Callable[[Any, Any], Any]


def streamed(urls: LambdaUrls, handler: Handler, **fields: Any) -> FunctionUrl:
    return urls.deploy(handler, invoke_mode="RESPONSE_STREAM", **fields)


def ordinary(result: Any) -> Handler:
    return lambda _event, _context: result


def items(*made: Any) -> Handler:
    return lambda _event, _context: iter(made)


def wait_for(condition: Callable[[], object]) -> None:
    """Until ``condition`` holds: clients let go of a connection in other threads."""
    limit = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < limit:
        time.sleep(0.005)
    assert condition()


@pytest.mark.smoke
@pytest.mark.parametrize("client", named())
def test_first_piece_arrives_while_the_handler_sleeps(mock: LambdaUrls, client: Client) -> None:
    assert client.stream is not None
    woken = threading.Event()
    in_time: list[bool] = []
    pieces: list[bytes] = []

    def handler(_event: Any, _context: Any) -> Iterator[str]:
        yield "first"
        in_time.append(woken.wait(PATIENCE))
        yield "second"

    def take(piece: bytes) -> bool:
        pieces.append(piece)
        woken.set()
        return True

    client.stream(streamed(mock, handler, timeout=30), take)

    assert (pieces, in_time) == ([b"first", b"second"], [True])


@pytest.mark.parametrize("first", ['{"token": 1}\n', '{"token": 1}', '{"tokens": [', "[", " "])
def test_json_lines_and_documents_are_not_held_back(mock: LambdaUrls, first: str) -> None:
    handler = Watched(first, "2", "3")
    with requests.get(streamed(mock, handler), stream=True) as got:
        assert next(got.iter_content(None)) == first.encode()
        assert handler.made == 1


@pytest.mark.parametrize("client", named())
def test_prelude(mock: LambdaUrls, client: Client) -> None:
    prelude = {"statusCode": 201, "headers": {"Content-Type": "text/x", "X-A": "b"}, "cookies": ["a=1", "b=2"], "z": 1}
    url = streamed(mock, items(prelude, "bo", b"", b"dy"))

    reply = client.send(Call(method="GET", url=url))

    made = mock.invocations[-1]
    assert (reply.status, reply.body) == (201, b"body")
    own = [pair for pair in reply.headers if pair[0] not in ("date", "x-amzn-trace-id")]
    assert own == [
        ("content-type", "text/x"),
        ("connection", "keep-alive"),
        ("x-amzn-requestid", made.request_id),
        ("x-a", "b"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("transfer-encoding", "chunked"),
    ]
    assert (made.status, made.error, made.result) == (201, None, None)


@pytest.mark.parametrize(
    "pieces",
    [
        [RAW_PRELUDE + b"body"],
        [RAW_PRELUDE, b"body"],
        [RAW_PRELUDE[:-8], RAW_PRELUDE[-8:], b"body"],
        [RAW_PRELUDE[:-3], RAW_PRELUDE[-3:] + b"bo", "dy"],
        [bytes([each]) for each in RAW_PRELUDE + b"body"],
    ],
    ids=["in one", "apart", "nulls apart", "split in the nulls", "bytewise"],
)
def test_prelude_in_bytes(mock: LambdaUrls, pieces: list[Any]) -> None:
    got = requests.get(streamed(mock, items(*pieces)))
    assert (got.status_code, got.content, got.headers["x-a"]) == (418, b"body", "b")
    assert got.headers["content-type"] == "application/octet-stream"


def test_prelude_in_bytes_with_unknown_keys_only(mock: LambdaUrls) -> None:
    got = requests.get(streamed(mock, items(b'{"z": 1}' + bytes(8) + b"body")))
    assert (got.status_code, got.content) == (200, b"body")


@pytest.mark.parametrize("prelude", [{"statusCode": "many"}, {"statusCode": 200, "headers": []}])
def test_bad_prelude(mock: LambdaUrls, prelude: dict[str, Any]) -> None:
    handler = Watched(prelude, b"body")
    got = requests.get(streamed(mock, handler))
    assert (got.status_code, got.content, handler.ended_by) == (502, b"Internal Server Error", [GeneratorExit])
    assert mock.invocations[-1].status == 502


@pytest.mark.parametrize("client", named())
def test_ordinary_result_goes_out_raw(mock: LambdaUrls, client: Client) -> None:
    result = {"statusCode": 404, "headers": {"x-a": "b"}, "body": "no"}
    reply = client.send(Call(method="GET", url=streamed(mock, ordinary(result))))
    assert (reply.status, json.loads(reply.body)) == (200, result)
    assert ("content-type", "application/octet-stream") in reply.headers
    assert "x-a" not in dict(reply.headers)
    assert mock.invocations[-1].result == result


@pytest.mark.parametrize(("result", "body"), [("text", b'"text"'), (None, b"null"), ([1], b"[1]")])
def test_other_results(mock: LambdaUrls, result: Any, body: bytes) -> None:
    assert requests.get(streamed(mock, ordinary(result))).content == body


def test_an_empty_stream(mock: LambdaUrls) -> None:
    got = requests.get(streamed(mock, items()))
    assert (got.status_code, got.content) == (200, b"")
    assert mock.invocations[-1].error is None


@pytest.mark.parametrize("client", named())
def test_error_in_mid_stream(mock: LambdaUrls, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[Any]:
        yield {"statusCode": 206}
        yield b"part"
        raise KeyError("k")

    url = streamed(mock, handler)
    reply = client.send(Call(method="GET", url=url))

    assert (reply.status, reply.body) == (206, b"part")
    made = mock.invocations[-1]
    assert made.error is not None
    assert (made.error.type, made.error.message, made.status) == ("KeyError", "'k'", 206)
    assert 'raise KeyError("k")' in made.error.traceback
    logged = [each for each in caplog.records if each.name == "moto_lambda_urls"]
    assert [each.levelno for each in logged] == [logging.ERROR]
    assert 'raise KeyError("k")' in caplog.text


def test_a_piece_that_is_no_text_or_bytes(mock: LambdaUrls) -> None:
    got = requests.get(streamed(mock, items(b"part", 7)))
    assert (got.status_code, got.content) == (200, b"part")
    error = mock.invocations[-1].error
    assert error is not None
    assert error.type == "Runtime.MarshalError"


@pytest.mark.parametrize("client", named())
def test_error_before_the_first_piece(mock: LambdaUrls, client: Client) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        pieces: dict[str, bytes] = {}
        yield pieces["k"]

    reply = client.send(Call(method="GET", url=streamed(mock, handler)))
    assert (reply.status, reply.body) == (502, b"Internal Server Error")
    assert mock.invocations[-1].status == 502
    assert len(mock.invocations) == 1


def test_error_after_the_prelude(mock: LambdaUrls) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[Any]:
        yield {"statusCode": 201}
        raise KeyError("k")

    got = requests.get(streamed(mock, handler))
    assert (got.status_code, got.content) == (201, b"")


def test_error_while_a_prelude_may_still_come(mock: LambdaUrls) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[Any]:
        yield b'{"statusCode": '
        raise KeyError("k")

    got = requests.get(streamed(mock, handler))
    assert (got.status_code, got.content) == (200, b'{"statusCode": ')
    assert mock.invocations[-1].error is not None


@pytest.mark.parametrize("client", named())
def test_leaving_early_closes_the_handler(mock: LambdaUrls, aws_lambda: Any, client: Client) -> None:
    assert client.stream is not None
    handler = Watched(*[bytes(100_000)] * 100)
    url = streamed(mock, handler)
    aws_lambda.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)

    client.stream(url, lambda _: False)

    wait_for(lambda: mock.invocations)
    assert (handler.ended_by, mock.invocations[-1].error) == ([GeneratorExit], None)
    assert handler.made < 20
    assert client.send(Call(method="GET", url=url)).status == 200


@pytest.mark.parametrize("client", named())
def test_a_slot_is_taken_until_the_stream_ends(mock: LambdaUrls, aws_lambda: Any, client: Client) -> None:
    assert client.stream is not None
    url = streamed(mock, items(b"one", b"two"))
    aws_lambda.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)
    meanwhile: list[int] = []

    def take(_: bytes) -> bool:
        meanwhile.append(requests.get(url).status_code)
        return True

    client.stream(url, take)

    assert meanwhile[0] == 429
    assert requests.get(url).status_code == 200


def test_a_stream_that_nobody_reads_is_given_up(mock: LambdaUrls, aws_lambda: Any) -> None:
    handler = Watched(b"one", b"two")
    url = streamed(mock, handler)
    aws_lambda.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)
    for _ in range(3):
        assert requests.get(url, stream=True).status_code == 200
        gc.collect()
    assert handler.ended_by == [GeneratorExit] * 3
    assert len(mock.invocations) == 3


def test_a_body_that_httpx_does_not_read_is_given_up(mock: LambdaUrls, aws_lambda: Any) -> None:
    handler = Watched(b"one", b"two")
    url = streamed(mock, handler)
    aws_lambda.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)
    with httpx.Client() as client:
        for _ in range(2):
            assert client.send(client.build_request("GET", url), stream=True).status_code == 200
            gc.collect()
    assert handler.ended_by == [GeneratorExit] * 2
    assert len(mock.invocations) == 2


@pytest.mark.parametrize("client", named())
def test_a_slow_reader_holds_the_handler_back(mock: LambdaUrls, client: Client) -> None:
    assert client.stream is not None
    handler = Watched(*[bytes(MB)] * 50)
    made: list[int] = []

    def take(_: bytes) -> bool:
        made.append(handler.made)
        return len(made) < 3

    client.stream(streamed(mock, handler), take)
    assert max(made) <= 6


@pytest.mark.parametrize("client", named())
def test_constant_memory(mock: LambdaUrls, client: Client) -> None:
    assert client.stream is not None
    size = 200 if client.name == "requests" else 60
    chunk = bytes(MB)

    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        for _ in range(size):
            yield b"%b." % chunk[1:]  # a new one each time

    received = 0

    def take(piece: bytes) -> bool:
        nonlocal received
        received += len(piece)
        return True

    url = streamed(mock, handler, timeout=60)
    client.stream(url, lambda _: False)  # whatever a first exchange loads is no part of the measure
    tracemalloc.start()
    try:
        client.stream(url, take)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert received == size * MB
    assert peak < 20 * MB


def test_200_mb_is_the_limit(mock: LambdaUrls) -> None:
    chunk = bytes(10 * MB)
    url = streamed(mock, items(*[chunk] * 20, b"."), timeout=60)
    with requests.get(url, stream=True) as got:
        assert sum(len(piece) for piece in got.iter_content(10 * MB)) == 200 * MB
    error = mock.invocations[-1].error
    assert error is not None
    assert error.type == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("client", named())
def test_head(mock: LambdaUrls, client: Client) -> None:
    handler = Watched({"statusCode": 202, "headers": {"x-a": "b"}}, b"never")
    reply = client.send(Call(method="HEAD", url=streamed(mock, handler)))
    assert (reply.status, reply.body, dict(reply.headers)["x-a"]) == (202, b"", "b")
    assert handler.ended_by == [GeneratorExit]
    assert [(each.status, each.error) for each in mock.invocations] == [(202, None)]


def test_cors_lines(mock: LambdaUrls) -> None:
    cors = {"AllowOrigins": ["https://a"], "ExposeHeaders": ["x-a"]}
    url = streamed(mock, items({"statusCode": 200, "headers": {"x-a": "b"}}, b"body"), cors=cors)
    got = requests.get(url, headers={"Origin": "https://a"})
    assert got.content == b"body"
    assert got.headers["Access-Control-Allow-Origin"] == "https://a"
    assert (got.headers["Access-Control-Expose-Headers"], got.headers["Vary"]) == ("x-a", "Origin")
    assert "Access-Control-Allow-Origin" not in requests.get(url, headers={"Origin": "https://b"}).headers


def test_recorded_and_counted_at_the_end(mock: LambdaUrls) -> None:
    def tallies() -> list[tuple[str | None, int, int]]:
        metrics = backend_of("123456789012", "us-east-1").url_metrics
        return [(source.version, tally.latency.count, tally.server_errors) for source, _, tally in metrics]

    def handler(_event: Any, _context: Any) -> Iterator[str]:
        print("in the log")
        yield "one"
        time.sleep(0.02)
        yield "two"
        print("at the end")

    with requests.get(streamed(mock, handler), stream=True) as got:
        pieces = got.iter_content(None)
        assert next(pieces) == b"one"
        assert (list(mock.invocations), tallies()) == ([], [])
        assert list(pieces) == [b"two"]
    (made,) = mock.invocations
    assert tallies() == [("$LATEST", 1, 0)]
    assert made.response is not None
    assert (made.response.status, made.response.body, made.result) == (200, b"", None)
    assert made.event["rawPath"] == "/"
    assert "in the log\n" in made.logs
    assert "at the end\n" in made.logs
    assert made.duration_ms >= 20


@pytest.mark.parametrize("client", named())
@pytest.mark.parametrize("error", [ZeroDivisionError, ValueError, ConnectionError])
def test_raise_handler_errors_before_the_stream(client: Client, error: type[Exception]) -> None:
    def first() -> bytes:
        raise error("mine")

    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield first()

    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = streamed(urls, handler)
        with pytest.raises(error, match="mine"):
            client.send(Call(method="GET", url=url))
        assert len(urls.invocations) == 1


@pytest.mark.parametrize("client", named())
@pytest.mark.parametrize("error", [LookupError, ValueError, ConnectionError, TimeoutError, HTTPException])
def test_raise_handler_errors_in_mid_stream(client: Client, error: type[Exception]) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"part"
        raise error("mine") from KeyError("why")

    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = streamed(urls, handler)
        with pytest.raises(error, match="mine") as caught:
            client.send(Call(method="GET", url=url))
        assert repr(caught.value.__cause__) == "KeyError('why')"
        assert len(urls.invocations) == 1


def by_urllib3(url: str, preload: bool) -> Any:
    return urllib3.PoolManager().request("GET", url, preload_content=preload)


def by_http_client(read: Callable[[http.client.HTTPResponse], object]) -> Callable[[str], object]:
    """A reader that closes what it has read, as nobody else would when reading raises."""

    def reader(url: str) -> object:
        with closing(http.client.HTTPSConnection(urlsplit(url).hostname or "")) as connection:
            connection.request("GET", "/")
            with connection.getresponse() as got:
                return read(got)

    return reader


READERS: dict[str, Callable[[str], object]] = {
    "urllib3 whole": lambda url: by_urllib3(url, True).data,
    "urllib3 read": lambda url: by_urllib3(url, False).read(),
    "urllib3 stream": lambda url: list(by_urllib3(url, False).stream(2)),
    "urllib3 lines": lambda url: list(by_urllib3(url, False)),
    "requests raw": lambda url: requests.get(url, stream=True).raw.read(),
    "requests lines": lambda url: list(requests.get(url, stream=True).iter_lines()),
    "http.client read": by_http_client(lambda got: got.read()),
    "http.client parts": by_http_client(lambda got: list(iter(partial(got.read, 3), b""))),
    "http.client read1": by_http_client(lambda got: list(iter(got.read1, b""))),
    "http.client peek": by_http_client(lambda got: (got.read(4), got.peek())),
    "http.client readinto": by_http_client(lambda got: got.readinto(bytearray(99))),
    "http.client lines": by_http_client(list),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("error", [ValueError, OSError])
def test_raise_handler_errors_however_the_body_is_read(reader: str, error: type[Exception]) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"part"
        raise error("mine")

    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = str(streamed(urls, handler))
        with pytest.raises(error, match=r"^mine$"):
            READERS[reader](url)
        assert len(urls.invocations) == 1


@pytest.mark.parametrize("client", named("requests", "httpx-asyncio", "aiohttp"))
def test_timeout_in_mid_stream(mock: LambdaUrls, client: Client) -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"part"
        time.sleep(10)
        yield b"never"

    url = streamed(mock, handler, timeout=1)
    reply = client.send(Call(method="GET", url=url))
    assert (reply.status, reply.body) == (200, b"part")
    made = mock.invocations[-1]
    assert made.error is not None
    assert (made.error.type, made.error.message) == (
        "Sandbox.Timedout",
        f"RequestId: {made.request_id} Error: Task timed out after 1.00 seconds",
    )


@pytest.mark.parametrize("client", named())
def test_the_client_stops_waiting_in_mid_stream(mock: LambdaUrls, client: Client) -> None:
    go_on = threading.Event()
    ended = threading.Event()

    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        try:
            yield b"part"
            go_on.wait(PATIENCE)
            yield b"more"
        finally:
            ended.set()

    url = streamed(mock, handler, timeout=30)
    with pytest.raises(requests.ConnectionError if client.name == "requests" else client.late):
        client.send(Call(method="GET", url=url, timeout=0.1))
    go_on.set()
    assert ended.wait(PATIENCE)
    wait_for(lambda: mock.invocations)


def test_unread_when_the_mock_ends() -> None:
    handler = Watched(b"one", b"two")
    with mock_lambda_urls() as urls:
        got = requests.get(streamed(urls, handler), stream=True)
    got.close()
    assert handler.ended_by == [GeneratorExit]


def test_unknown_id_names_the_known_urls(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    url = mock.deploy(ordinary("x"))
    unknown = "https://zzzzzzzzzzzzzzzzzzzzzzzzzz0zzzzz.lambda-url.us-east-1.on.aws/orders"
    caplog.clear()
    got = requests.post(unknown)
    assert (got.status_code, got.json()) == (403, {"Message": None})
    (record,) = [each for each in caplog.records if each.name == "moto_lambda_urls"]
    assert record.levelno == logging.WARNING
    assert record.getMessage().splitlines()[0].endswith(": POST /orders -> 403 refused: there is no such function URL")
    assert record.getMessage().splitlines()[2] == f"    known: {url}"


def test_unknown_id_names_no_more_than_ten(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(12):
        mock.deploy(ordinary("x"), name=f"f{number}")
    requests.get("https://zzzzzzzzzzzzzzzzzzzzzzzzzz0zzzzz.lambda-url.us-east-1.on.aws/")
    known = caplog.records[-1].getMessage().splitlines()[2]
    assert (known.count("https://"), known.endswith(" and 2 more")) == (10, True)


def test_a_stream_that_ends_under_a_later_mock_is_not_its_own() -> None:
    def handler(event: Any, context: Any) -> Iterator[str]:
        yield "a"
        yield "b"

    with mock_lambda_urls() as earlier:
        url = earlier.deploy(handler, invoke_mode="RESPONSE_STREAM")
        response = requests.get(url, stream=True)
    with mock_lambda_urls() as later:
        response.close()
        assert list(later.invocations) == []
    assert [each.status for each in earlier.invocations] == [200]


ENDS = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 404, headers: {"x-a": "b"}});
  if (event.rawPath !== "/late") return stream.end(event.rawPath === "/nothing" ? undefined : "all");
  stream.end("a");
  await new Promise((resolve) => setTimeout(resolve, 100));
});
"""


def test_head_of_a_javascript_stream_needs_a_write(mock: LambdaUrls, tmp_path: Path) -> None:
    needs_node()
    (tmp_path / "app.js").write_text(ENDS)
    fields: dict[str, Any] = {"runtime": "nodejs22.x", "handler_name": "app.handler", "timeout": 30}
    url = mock.deploy(tmp_path, invoke_mode="RESPONSE_STREAM", **fields)
    empty = requests.get(f"{url}nothing")
    assert (empty.status_code, empty.content, "x-a" in empty.headers) == (200, b"", False)
    assert empty.headers["content-type"] == "application/octet-stream"
    for path in ("all", "late"):
        got = requests.get(f"{url}{path}")
        assert (got.status_code, got.content) == (502, b"Internal Server Error")
        assert url.last.error is not None
        assert "first write(), and not with end()" in str(url.last.error)
