"""A caller's timeout, where its client promises one."""

from __future__ import annotations

import contextvars
import os
import queue
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from support.clients import Call, Client, named
from support.intercepting import URL, EmptyBody, answered_by, text

from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process

SHORT = 0.15
GENEROUS = 20.0


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Lets the handlers that hang end when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("client", named())
def test_a_handler_that_hangs(client: Client, released: threading.Event) -> None:
    ended = threading.Event()

    def handle(_: Request) -> Response:
        released.wait(GENEROUS)
        ended.set()
        return text("too late")

    with answered_by(handle):
        began = time.monotonic()
        with pytest.raises(client.late):
            client.send(Call(method="GET", url=URL, timeout=SHORT))
        assert time.monotonic() - began < GENEROUS / 2
        assert not ended.is_set()
        released.set()
        assert ended.wait(GENEROUS)


@pytest.mark.parametrize("client", named())
def test_a_stream_that_hangs_is_closed_when_its_step_ends(client: Client, released: threading.Event) -> None:
    closed = threading.Event()

    def chunks() -> Iterator[bytes]:
        try:
            yield b"first"
            released.wait(GENEROUS)
            yield b"second"
        finally:
            closed.set()

    with answered_by(lambda _: Response(status=200, body=chunks())):
        with pytest.raises(Exception, match=r"(?i)tim(ed|e) ?out") as raised:
            client.send(Call(method="GET", url=URL, timeout=SHORT))
        # requests names a timeout in mid-body a ConnectionError, as it does with a network
        assert isinstance(raised.value, (client.late, requests.ConnectionError))
        del raised
        assert not closed.is_set()
        released.set()
        assert closed.wait(GENEROUS)


@pytest.mark.parametrize("client", named())
def test_a_late_answer_that_streams_is_closed(client: Client, released: threading.Event) -> None:
    closed = threading.Event()

    def handle(_: Request) -> Response:
        released.wait(GENEROUS)
        return Response(status=200, body=EmptyBody(closed))

    with answered_by(handle):
        with pytest.raises(client.late):
            client.send(Call(method="GET", url=URL, timeout=SHORT))
        released.set()
        assert closed.wait(GENEROUS)


@pytest.mark.parametrize("client", named())
def test_an_answer_in_time(client: Client) -> None:
    with answered_by(lambda _: text("in time")):
        assert client.send(Call(method="GET", url=URL, timeout=GENEROUS)).body == b"in time"


@pytest.mark.parametrize("client", named("requests", "urllib3", "http.client", "urllib.request", "httpx"))
def test_without_a_timeout_the_handler_runs_in_the_callers_thread(client: Client) -> None:
    threads: list[int] = []

    def handle(_: Request) -> Response:
        threads.append(threading.get_ident())
        return text("")

    with answered_by(handle):
        client.send(Call(method="GET", url=URL))
    assert threads == [threading.get_ident()]


@pytest.mark.parametrize("client", named())
def test_context_variables_reach_the_handler(client: Client) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    token = variable.set("the caller's")
    try:
        with answered_by(lambda _: text(variable.get())):
            assert client.send(Call(method="GET", url=URL, timeout=GENEROUS)).body == b"the caller's"
    finally:
        variable.reset(token)


def test_no_thread_outlives_its_handler() -> None:
    ours: list[threading.Thread] = []

    def answer(_: Request) -> Response:
        ours.append(threading.current_thread())
        return text("")

    with answered_by(answer):
        requests.get(URL, timeout=GENEROUS)
    ours[0].join(GENEROUS)
    assert ours[0] is not threading.current_thread()
    assert (ours[0].name, ours[0].is_alive()) == ("lambda-url", False)


def test_timeouts_in_a_forked_process() -> None:
    with answered_by(lambda _: text("in time")):
        requests.get(URL, timeout=GENEROUS)
        child = os.fork()
        if child == 0:
            os._exit(0 if requests.get(URL, timeout=GENEROUS).text == "in time" else 1)
        assert os.waitpid(child, 0) == (child, 0)


def test_handlers_with_timeouts_may_call_each_other() -> None:
    def handle(request: Request) -> Response:
        depth = int(request.raw_path[1:])
        return text(str(depth)) if depth == 20 else text(requests.get(f"{URL}{depth + 1}", timeout=GENEROUS).text)

    with answered_by(handle) as arrived:
        assert requests.get(f"{URL}0", timeout=GENEROUS).text == "20"
    assert len(arrived) == 21


@pytest.mark.parametrize("error", [queue.Empty("own"), TimeoutError("own"), KeyboardInterrupt("own")])
@pytest.mark.parametrize("client", named("http.client", "urllib.request", "urllib3", "httpx"))
def test_what_a_handler_in_a_worker_raises_is_no_timeout(client: Client, error: BaseException) -> None:
    def handle(_: Request) -> Response:
        raise error

    with answered_by(handle), pytest.raises(type(error)) as raised:
        client.send(Call(method="GET", url=URL, timeout=GENEROUS))
    assert raised.value is error
