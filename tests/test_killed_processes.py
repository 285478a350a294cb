"""Function URLs whose process is killed: what the client sees, in a mock and on a server."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.builders import make_zip
from support.clients import Call, Client, named
from support.processes import children

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process

EACH_CLIENT = pytest.mark.parametrize("client", named("requests", "httpx", "httpx-asyncio"))
SAY = """
import os, time
FILE = os.environ["PID_FILE"]
FIRST = not os.path.exists(FILE)
def say():
    with open(FILE + ".new", "w") as file: file.write(str(os.getpid()))
    os.rename(FILE + ".new", FILE)
"""
IN_IMPORT = f"""{SAY}
if FIRST:
    say()
    time.sleep(60)
def handler(event, context): return {{"statusCode": 201, "body": "made"}}
"""
IN_CALL = f"""{SAY}
def handler(event, context):
    if FIRST:
        say()
        time.sleep(60)
    return {{"statusCode": 201, "body": "made"}}
"""
IN_STREAM = f"""{SAY}
def handler(event, context):
    yield {{"statusCode": 201}}
    yield b"begun "
    if FIRST:
        say()
        time.sleep(60)
    yield b"ended"
"""


@pytest.fixture(params=["mock", "server"])
def urls(request: pytest.FixtureRequest) -> Iterator[LambdaUrls]:
    """A mock or a server whose packages run in processes, of which none is left."""
    before = children()
    if request.param == "mock":
        with mock_lambda_urls(processes="always") as running:
            yield running
    else:
        with LambdaUrlsServer(processes="always") as server:
            yield server.urls
    assert children() <= before


@pytest.fixture
def deployed(urls: LambdaUrls, tmp_path: Path) -> Callable[..., str]:
    """Deploy a function that writes its process's number down before it waits to be killed; gives its URL."""

    def deploy(source: str, **settings: Any) -> str:
        environment = {"PID_FILE": str(tmp_path / "pid")}
        return str(urls.deploy(make_zip(source), timeout=60, environment=environment, **settings))

    return deploy


@contextmanager
def killing(file: Path) -> Iterator[None]:
    """Kill the process whose number appears in ``file``."""

    def kill() -> None:
        deadline = time.monotonic() + 30
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(int(file.read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()


def assert_killed(urls: LambdaUrls) -> None:
    error = urls.invocations.last.error
    assert error is not None
    assert (error.type, error.message.partition("Error: ")[2]) == (
        "Runtime.ExitError",
        "Runtime exited with error: signal: killed",
    )


@EACH_CLIENT
@pytest.mark.parametrize("source", [IN_IMPORT, IN_CALL], ids=["import", "call"])
def test_killed_before_it_answers(
    urls: LambdaUrls, deployed: Callable[..., str], tmp_path: Path, client: Client, source: str
) -> None:
    call = Call(method="GET", url=deployed(source), timeout=50)
    with killing(tmp_path / "pid"):
        reply = client.send(call)
    assert (reply.status, reply.body) == (502, b"Internal Server Error")
    assert_killed(urls)
    reply = client.send(call)
    assert (reply.status, reply.body) == (201, b"made")


@EACH_CLIENT
def test_killed_in_mid_stream(urls: LambdaUrls, deployed: Callable[..., str], tmp_path: Path, client: Client) -> None:
    """The status stays, and the body ends where it was, cleanly."""
    call = Call(method="GET", url=deployed(IN_STREAM, invoke_mode="RESPONSE_STREAM"), timeout=50)
    with killing(tmp_path / "pid"):
        reply = client.send(call)
    assert (reply.status, reply.body) == (201, b"begun ")
    assert_killed(urls)
    reply = client.send(call)
    assert (reply.status, reply.body) == (201, b"begun ended")


@EACH_CLIENT
@pytest.mark.parametrize("source", [IN_IMPORT, IN_CALL], ids=["import", "call"])
def test_killed_before_the_stream_begins(
    urls: LambdaUrls, deployed: Callable[..., str], tmp_path: Path, client: Client, source: str
) -> None:
    call = Call(method="GET", url=deployed(source, invoke_mode="RESPONSE_STREAM"), timeout=50)
    with killing(tmp_path / "pid"):
        assert client.send(call).status == 502
    assert_killed(urls)
    assert client.send(call).status == 200
