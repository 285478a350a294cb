"""Streamed answers of processes, and streamed ones that are not asked for."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

import pytest
from support.processes import call, error, function_of, needs_node, result, runs
from support.runtime_builders import make_call

from moto_lambda_urls.runtime.processes import Environments, StreamedFromProcess

pytestmark = pytest.mark.in_process


def stream(pool: Environments, source: str, **fields: Any) -> StreamedFromProcess:
    return pool.stream(make_call(None, function_of(source, **fields)))


def test_generator(pool: Environments) -> None:
    pieces = stream(pool, "def handler(event, context):\n    yield b'one '\n    print('logged')\n    yield 'zwölf'")
    assert pieces.prelude is None
    assert b"".join(pieces) == "one zwölf".encode()
    assert pieces.outcome is not None
    assert pieces.outcome.error is None
    assert "\nlogged\nEND " in pieces.outcome.logs


def test_pieces_come_as_they_are_made(pool: Environments) -> None:
    source = "import time\ndef handler(event, context):\n    yield b'a'\n    time.sleep(0.5)\n    yield b'b'"
    started = time.monotonic()
    pieces = stream(pool, source)
    assert next(pieces) == b"a"
    assert pieces.outcome is None
    first = time.monotonic() - started
    assert list(pieces) == [b"b"]
    assert time.monotonic() - started >= first + 0.4


@pytest.mark.parametrize(
    "first",
    ["{'statusCode': 418, 'headers': {'a': 'b'}}", """b'{"statusCode": 418, "headers": {"a": "b"}}' + bytes(8)"""],
)
def test_prelude(pool: Environments, first: str) -> None:
    pieces = stream(pool, f"def handler(event, context):\n    yield {first}\n    yield 'body'")
    assert pieces.prelude == {"statusCode": 418, "headers": {"a": "b"}}
    assert b"".join(pieces) == b"body"


def test_ordinary_handler_is_one_piece(pool: Environments) -> None:
    pieces = stream(pool, "def handler(event, context): return {'statusCode': 200}")
    assert (pieces.prelude, list(pieces)) == (None, [b'{"statusCode": 200}'])
    assert pieces.outcome is not None
    assert pieces.outcome.payload == b'{"statusCode": 200}'


def test_generator_that_is_not_asked_to_stream(pool: Environments) -> None:
    function = function_of("def handler(event, context): yield b'x'")
    assert error(pool, function)["errorMessage"] == (
        "Unable to marshal response: Object of type generator is not JSON serializable"
    )


def test_error_before_the_first_piece(pool: Environments) -> None:
    pieces = stream(pool, "def handler(event, context):\n    raise ValueError('early')\n    yield b''")
    assert list(pieces) == []
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == "ValueError"


@pytest.mark.parametrize(
    ("last", "error_type"),
    [
        ("raise ValueError('late')", "ValueError"),
        ("yield 7", "Runtime.MarshalError"),
        ("os._exit(2)", "Runtime.ExitError"),
    ],
)
def test_error_in_mid_stream(pool: Environments, last: str, error_type: str) -> None:
    pieces = stream(pool, f"import os\ndef handler(event, context):\n    yield b'kept'\n    {last}")
    assert list(pieces) == [b"kept"]
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == error_type
    assert error_type.encode() in pieces.outcome.payload


def test_timeout_in_mid_stream(pool: Environments) -> None:
    source = "import time\ndef handler(event, context):\n    yield b'kept'\n    time.sleep(60)"
    pieces = stream(pool, source, timeout=0.5)
    assert list(pieces) == [b"kept"]
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == "Sandbox.Timedout"


ENDLESS = """
import os, time
def handler(event, context):
    return pieces() if event else os.getpid()
def pieces():
    yield str(os.getpid())
    while True:
        yield b"x" * 1000
        time.sleep(0.001)
"""


def test_endless_stream_that_is_read_ends_with_the_timeout(pool: Environments) -> None:
    pieces = pool.stream(make_call(None, function_of(ENDLESS, timeout=0.5), payload=b"[1]"))
    started = time.monotonic()
    assert sum(map(len, pieces)) > 0
    assert time.monotonic() - started < 5
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == "Sandbox.Timedout"


def test_stream_that_nobody_reads_ends_with_the_timeout(pool: Environments) -> None:
    pieces = pool.stream(make_call(None, function_of(ENDLESS, timeout=0.3), payload=b"[1]"))
    pid = int(next(pieces))
    deadline = time.monotonic() + 10
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not runs(pid)
    list(pieces)
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == "Sandbox.Timedout"


def test_what_was_made_in_time_is_read_later(pool: Environments) -> None:
    pieces = stream(pool, "def handler(event, context):\n    yield 'a'\n    yield 'b'", timeout=0.5)
    time.sleep(0.8)
    assert list(pieces) == [b"a", b"b"]
    assert pieces.outcome is not None
    assert pieces.outcome.error is None


def test_stream_too_large_for_an_ordinary_invocation(pool: Environments) -> None:
    needs_node()
    source = "exports.handler = awslambda.streamifyResponse(async (e, s) => { s.end('x'.repeat(e.size)) })"
    function = function_of({"app.js": source}, runtime="nodejs20.x", timeout=10)
    assert error(pool, function, {"size": 6_291_557})["errorType"] == "Function.ResponseSizeTooLarge"
    assert len(call(pool, function, {"size": 6_291_556}).payload) == 6_291_556


def test_killed_in_mid_stream(pool: Environments) -> None:
    function = function_of(ENDLESS, timeout=30)
    pieces = pool.stream(make_call(None, function, payload=b"[1]"))
    os.kill(int(next(pieces)), signal.SIGKILL)
    assert sum(map(len, pieces)) % 1000 == 0
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.message.endswith("signal: killed")
    assert result(pool, function) > 0


def test_closed_stream_ends_its_process(pool: Environments) -> None:
    function = function_of(ENDLESS, timeout=30)
    pieces = pool.stream(make_call(None, function, payload=b"[1]"))
    pid = int(next(pieces))
    pieces.close()
    assert pieces.outcome is not None
    assert pieces.outcome.error is None
    assert not runs(pid)
    assert list(pieces) == []
    assert result(pool, function) != pid


def test_dropped_stream_ends_its_process(pool: Environments) -> None:
    pieces = pool.stream(make_call(None, function_of(ENDLESS, timeout=30), payload=b"[1]"))
    pid = int(next(pieces))
    del pieces
    assert not runs(pid)
    assert pool.pids() == []


def test_stream_that_is_read_to_its_end_keeps_its_process(pool: Environments) -> None:
    function = function_of("import os\ndef handler(event, context):\n    yield str(os.getpid())")
    pids = {b"".join(pool.stream(make_call(None, function))) for _ in range(3)}
    assert len(pids) == 1


def test_stream_of_many_megabytes(pool: Environments) -> None:
    source = "def handler(event, context):\n    for _ in range(20): yield b'x' * 2**20"
    assert sum(map(len, stream(pool, source))) == 20 * 2**20


WRITES = """
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.http) stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201, cookies: ["a=b"]});
  stream.write("one ");
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (event.fail) throw new RangeError("late");
  stream.write({two: 2});
  stream.end();
});
"""


def test_node_stream(pool: Environments) -> None:
    needs_node()
    function = function_of({"app.js": WRITES}, runtime="nodejs20.x")
    plain = pool.stream(make_call(None, function))
    assert (plain.prelude, b"".join(plain)) == (None, b'one {"two":2}')
    http = pool.stream(make_call(None, function, payload=b'{"http": 1}'))
    assert http.prelude == {"statusCode": 201, "cookies": ["a=b"]}
    assert b"".join(http) == b'one {"two":2}'
    failed = pool.stream(make_call(None, function, payload=b'{"fail": 1}'))
    assert list(failed) == [b"one "]
    assert failed.outcome is not None
    assert failed.outcome.error is not None
    assert (failed.outcome.error.type, failed.outcome.error.message) == ("RangeError", "late")
    assert "Invoke Error" in failed.outcome.logs


NAMES_ITS_TYPE = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.type) stream.setContentType(event.type);
  if (event.http) stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201});
  stream.write("one");
  stream.end();
});
"""


@pytest.mark.parametrize(
    ("event", "content_type"),
    [
        ({"type": "text/event-stream"}, "text/event-stream"),
        ({"type": "text/html", "http": True}, "application/octet-stream"),
        ({}, "application/octet-stream"),
    ],
)
def test_content_type_of_a_node_stream(pool: Environments, event: dict[str, Any], content_type: str) -> None:
    needs_node()
    function = function_of({"app.js": NAMES_ITS_TYPE}, runtime="nodejs22.x")
    stream = pool.stream(make_call(None, function, payload=json.dumps(event).encode()))
    assert (stream.content_type, b"".join(stream)) == (content_type, b"one")
    assert stream.content_type == content_type


WITHOUT_A_WRITE = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 404});
  for (const piece of event.write) stream.write(piece);
  stream.end(...event.end);
});
"""
NO_PRELUDE = "application/vnd.awslambda.http-integration-response"


@pytest.mark.parametrize(
    ("event", "prelude", "body", "content_type"),
    [
        ({"write": [], "end": []}, None, b"", NO_PRELUDE),
        ({"write": [], "end": ["all"]}, None, b"all", NO_PRELUDE),
        ({"write": [], "end": ["all", "hex"]}, None, b"all", NO_PRELUDE),
        ({"write": [""], "end": []}, {"statusCode": 404}, b"", "application/octet-stream"),
        ({"write": [""], "end": ["all"]}, {"statusCode": 404}, b"all", "application/octet-stream"),
        ({"write": ["a"], "end": ["ll"]}, {"statusCode": 404}, b"all", "application/octet-stream"),
    ],
)
def test_prelude_of_a_node_stream_goes_out_with_its_first_write(
    pool: Environments, event: dict[str, Any], prelude: dict[str, Any] | None, body: bytes, content_type: str
) -> None:
    needs_node()
    function = function_of({"app.js": WITHOUT_A_WRITE}, runtime="nodejs22.x", timeout=20)
    for _ in range(2):
        stream = pool.stream(make_call(None, function, payload=json.dumps(event).encode()))
        assert (stream.prelude, b"".join(stream), stream.content_type) == (prelude, body, content_type)
        assert stream.outcome is not None
        assert stream.outcome.error is None


def test_content_type_of_an_answer_that_is_not_streamed(pool: Environments) -> None:
    stream = pool.stream(make_call(None, function_of("def handler(event, context): return {'a': 1}")))
    assert (stream.content_type, b"".join(stream)) == ("application/octet-stream", b'{"a": 1}')


def test_node_stream_of_an_ordinary_invocation(pool: Environments) -> None:
    needs_node()
    function = function_of({"app.js": WRITES}, runtime="nodejs20.x")
    assert call(pool, function).payload == b'one {"two":2}'
    assert call(pool, function, {"http": 1}).payload == (
        b'{"statusCode":201,"cookies":["a=b"]}' + bytes(8) + b'one {"two":2}'
    )
    assert error(pool, function, {"fail": 1})["errorType"] == "RangeError"


def test_node_stream_that_fails_with_much_unsent(pool: Environments) -> None:
    needs_node()
    source = (
        "exports.handler = awslambda.streamifyResponse(async (event, stream) => {\n"
        "  stream = awslambda.HttpResponseStream.from(stream, {statusCode: 201});\n"
        "  for (let n = 0; n < 1000; n++) stream.write('x'.repeat(1000));\n"
        "  if (event.ended) stream.end();\n  throw new RangeError('late');\n})"
    )
    function = function_of({"app.js": source}, runtime="nodejs20.x", timeout=20)
    for payload in (b"{}", b'{"ended": 1}', b"{}"):
        pieces = pool.stream(make_call(None, function, payload=payload))
        assert (pieces.prelude, sum(map(len, pieces))) == ({"statusCode": 201}, 1_000_000)
        assert pieces.outcome is not None
        assert pieces.outcome.error is not None
        assert pieces.outcome.error.type == "RangeError"
