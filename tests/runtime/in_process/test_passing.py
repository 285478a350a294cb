"""What a handler raises, and what only passes through it: Ctrl-C and outcomes of the test run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import unittest
from collections.abc import Callable
from typing import Any

import hypothesis.errors
import pytest
import requests
from conftest import REGION
from support.runtime_builders import REQUEST_ID, Loaded, make_call, make_function, run

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer
from moto_lambda_urls.runtime.invoke import invoke
from moto_lambda_urls.runtime.streaming import StreamedOutcome

pytestmark = pytest.mark.in_process
Deploy = Callable[..., str]


def interrupted(_event: Any, _context: Any) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)


def interrupted_in_a_loop(_event: Any, _context: Any) -> None:
    async def wait() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(5)

    asyncio.run(wait())


def interrupted_in_a_computation(_event: Any, _context: Any) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    while True:
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("handler", [interrupted, interrupted_in_a_loop, interrupted_in_a_computation])
def test_ctrl_c_is_the_users(handler: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(handler)
    assert type(os.environ).__name__ == "_Environ"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_ctrl_c_by_a_handler_of_the_signal_in_python() -> None:
    def on_signal(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(interrupted)
    finally:
        signal.signal(signal.SIGINT, before)


def reject() -> None:
    raise hypothesis.errors.UnsatisfiedAssumption


OUTCOMES = [
    (lambda: pytest.fail("in the handler"), pytest.fail.Exception),
    (lambda: pytest.skip("in the handler"), pytest.skip.Exception),
    (lambda: pytest.xfail("in the handler"), pytest.xfail.Exception),
    (lambda: pytest.exit("in the handler"), pytest.exit.Exception),
    (lambda: unittest.TestCase().skipTest("in the handler"), unittest.SkipTest),
    (reject, hypothesis.errors.UnsatisfiedAssumption),
]


@pytest.mark.parametrize(("decide", "outcome"), OUTCOMES)
def test_outcome_of_the_test(decide: Any, outcome: type[BaseException]) -> None:
    with pytest.raises(outcome):
        run(lambda _event, _context: decide())


def test_outcome_through_a_client(mock: LambdaUrls) -> None:
    url = mock.deploy(lambda _event, _context: pytest.fail("in the handler"))
    for timeout in (None, 20):
        with pytest.raises(pytest.fail.Exception, match="in the handler"):
            requests.get(str(url), timeout=timeout)


def test_outcome_in_a_server_is_a_failure() -> None:
    call = make_call(Loaded(lambda _event, _context: pytest.fail("no")), endpoint_url="http://localhost:5000")
    assert json.loads(invoke(call).payload) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {REQUEST_ID} Error: Runtime exited with error: exit status 1",
    }


@pytest.mark.parametrize("statement", ["raise KeyboardInterrupt", "raise GeneratorExit", "raise Own"])
@pytest.mark.parametrize("at_import", [True, False])
def test_url_of_a_function_that_loses_its_process(
    mock: LambdaUrls, deploy: Deploy, statement: str, *, at_import: bool
) -> None:
    own = "class Own(BaseException): pass\n"
    body = f"{own}{statement}" if at_import else f"{own}def handler(event, context): {statement}"
    got = requests.get(deploy(files=body))
    assert (got.status_code, got.text) == (502, "Internal Server Error")
    recorded = mock.invocations[-1]
    reason = "signal: interrupt" if "Keyboard" in statement else "exit status 1"
    assert recorded.error is not None
    assert (recorded.error.type, recorded.error.message) == (
        "Runtime.ExitError",
        f"RequestId: {recorded.request_id} Error: Runtime exited with error: {reason}",
    )


def test_server_goes_on_after_a_handler_that_loses_its_process() -> None:
    def handler(event: Any, _context: Any) -> Any:
        if event["rawPath"] == "/interrupt":
            raise KeyboardInterrupt
        return "still here"

    with LambdaUrlsServer(port=0) as server:
        url = str(server.urls.deploy(handler, region_name=REGION))
        answers = [requests.get(f"{url}interrupt", timeout=20).status_code for _ in range(20)]
        assert (answers, requests.get(url, timeout=20).text) == ([502] * 20, "still here")


def test_failure_in_a_streamed_answer() -> None:
    def handler(_event: Any, _context: Any) -> Any:
        yield b"first"
        raise KeyboardInterrupt

    pieces = StreamedOutcome(make_call(Loaded(handler), make_function()))
    assert list(pieces) == [b"first"]
    assert pieces.outcome is not None
    assert pieces.outcome.error is not None
    assert pieces.outcome.error.type == "Runtime.ExitError"
