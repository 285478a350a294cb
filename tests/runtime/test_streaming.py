"""Streamed answers and reserved concurrency."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from support.runtime_builders import Loaded, make_call, make_function, run

from moto_lambda_urls.runtime.streaming import StreamedOutcome

pytestmark = pytest.mark.in_process


def streamed(handler: Any, **options: Any) -> StreamedOutcome:
    function = make_function(**options)
    return StreamedOutcome(make_call(Loaded(handler), function))


def test_items_as_they_are_made() -> None:
    made: list[str] = []

    def handler(_event: Any, _context: Any) -> Iterator[Any]:
        for item in ({"statusCode": 201}, b"one", "zwölf", b"", b"three"):
            made.append(str(item))
            print(os.environ["STAGE"])
            yield item

    answer = streamed(handler, environment={"STAGE": "x"})
    assert answer.prelude == {"statusCode": 201}
    assert len(made) == 1
    assert next(answer) == b"one"
    assert len(made) == 2
    assert "STAGE" not in os.environ
    assert list(answer) == ["zwölf".encode(), b"three"]
    assert answer.outcome is not None
    assert answer.outcome.error is None
    assert answer.outcome.logs.count("x\n") == 5


@pytest.mark.parametrize("size", [1, 5, 100])
def test_prelude_in_bytes(size: int) -> None:
    raw = b'{"statusCode": 418, "headers": {}}' + b"\0" * 8 + b"body"
    answer = streamed(lambda _event, _context: iter([raw[at : at + size] for at in range(0, len(raw), size)]))
    assert answer.prelude == {"statusCode": 418, "headers": {}}
    assert b"".join(answer) == b"body"


@pytest.mark.parametrize("chunks", [[b"plain"], [b'{"a": 1}\n', b'{"b": 2}\n'], [b'{"a"', b": 1}"], [b"{no"], []])
def test_no_prelude(chunks: list[bytes]) -> None:
    answer = streamed(lambda _event, _context: iter(chunks))
    assert answer.prelude is None
    assert b"".join(answer) == b"".join(chunks)


def test_ordinary_result_is_one_piece() -> None:
    answer = streamed(lambda _event, _context: {"statusCode": 200, "body": "x"})
    assert (answer.prelude, list(answer)) == (None, [b'{"statusCode": 200, "body": "x"}'])


def test_error_in_mid_stream() -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"part"
        raise KeyError("k")

    answer = streamed(handler)
    assert list(answer) == [b"part"]
    assert answer.outcome is not None
    assert answer.outcome.error is not None
    assert answer.outcome.error.type == "KeyError"


def test_error_before_the_first_piece() -> None:
    answer = streamed(lambda _event, _context: 1 / 0)
    assert answer.outcome is not None
    assert answer.outcome.error is not None
    assert (answer.outcome.error.type, list(answer)) == ("ZeroDivisionError", [])


def test_close_ends_the_generator() -> None:
    ended: list[bool] = []

    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        try:
            yield b"one"
            yield b"two"
        finally:
            ended.append(True)

    answer = streamed(handler)
    assert next(answer) == b"one"
    answer.close()
    assert ended == [True]
    assert list(answer) == []
    assert answer.outcome is not None
    assert answer.outcome.error is None
    assert type(os.environ).__name__ == "_Environ"


def test_timeout_in_mid_stream() -> None:
    def handler(_event: Any, _context: Any) -> Iterator[bytes]:
        yield b"one"
        while True:
            pass

    answer = streamed(handler, timeout=0.2)
    assert list(answer) == [b"one"]
    assert answer.outcome is not None
    assert answer.outcome.error is not None
    assert answer.outcome.error.type == "Sandbox.Timedout"


def test_iterator_in_a_buffered_invocation() -> None:
    error = run(lambda _event, _context: iter([b"x"])).error
    assert error is not None
    assert error.type == "Runtime.MarshalError"
