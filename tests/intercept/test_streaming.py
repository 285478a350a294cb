"""Streamed responses through every client that can stream."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator

import pytest
from support.clients import Call, Client, named
from support.intercepting import URL, answered_by

from moto_lambda_urls.messages import Request, Response

PATIENCE = 5.0
pytestmark = [
    pytest.mark.in_process,
    pytest.mark.filterwarnings("ignore:Async generator 'httpx:ResourceWarning"),  # trio, of httpx's own
]


class Stream(Iterator[bytes]):
    """Chunks that remembers being closed; before ``gate`` opens, only the first is given."""

    def __init__(self, *chunks: bytes, gate: threading.Event | None = None) -> None:
        self._chunks = iter(chunks)
        self._gate = gate
        self._started = False
        self.given = 0
        self.gate_opened_in_time = True
        self.closed = threading.Event()

    def __next__(self) -> bytes:
        if self._started and self._gate:
            self.gate_opened_in_time = self._gate.wait(PATIENCE)
        self._started = True
        chunk = next(self._chunks)
        self.given += 1
        return chunk

    def close(self) -> None:
        self.closed.set()


def stream_response(stream: Stream) -> Response:
    return Response(status=200, headers=(("Content-Type", "application/octet-stream"),), body=stream)


@pytest.mark.parametrize("client", named())
def test_first_chunk_arrives_before_the_handler_ends(client: Client) -> None:
    assert client.stream is not None
    gate = threading.Event()
    stream = Stream(b"first", b"second", gate=gate)
    pieces: list[bytes] = []

    def take(piece: bytes) -> bool:
        pieces.append(piece)
        gate.set()
        return True

    with answered_by(lambda _: stream_response(stream)):
        client.stream(URL, take)

    assert stream.gate_opened_in_time
    assert pieces[0] == b"first"
    assert b"".join(pieces) == b"firstsecond"


@pytest.mark.parametrize("client", named())
def test_leaving_early_closes_the_iterator(client: Client) -> None:
    assert client.stream is not None
    stream = Stream(*[bytes(100_000)] * 1000)

    with answered_by(lambda _: stream_response(stream)):
        client.stream(URL, lambda _: False)
        assert stream.closed.wait(PATIENCE)

    assert stream.given < 100


@pytest.mark.parametrize("client", named())
def test_a_stream_can_be_read_as_a_whole(client: Client) -> None:
    stream = Stream(b"one,", b"", b"two")
    with answered_by(lambda _: stream_response(stream)) as arrived:
        reply = client.send(Call(method="GET", url=URL))
    assert (reply.status, reply.body) == (200, b"one,two")
    assert ("transfer-encoding", "chunked") in reply.headers
    assert len(arrived) == 1


@pytest.mark.parametrize("client", named())
def test_an_empty_stream(client: Client) -> None:
    with answered_by(lambda _: stream_response(Stream())):
        assert client.send(Call(method="GET", url=URL)).body == b""


@pytest.mark.parametrize("client", named())
def test_a_stream_of_known_length(client: Client) -> None:
    def handle(_: Request) -> Response:
        return Response(status=200, headers=(("Content-Length", "6"),), body=Stream(b"one", b"two"))

    with answered_by(handle):
        reply = client.send(Call(method="GET", url=URL))
    assert (reply.body, reply.headers) == (b"onetwo", (("content-length", "6"),))


@pytest.mark.parametrize("client", named())
def test_head_of_a_stream_closes_it_unread(client: Client) -> None:
    stream = Stream(b"never")
    with answered_by(lambda _: stream_response(stream)):
        reply = client.send(Call(method="HEAD", url=URL))
    assert (reply.status, reply.body) == (200, b"")
    assert stream.closed.wait(PATIENCE)
    assert stream.given == 0


@pytest.mark.parametrize("client", named())
def test_200_mb_need_constant_memory(client: Client) -> None:
    assert client.stream is not None
    chunk = bytes(1_000_000)
    received = 0

    def take(piece: bytes) -> bool:
        nonlocal received
        received += len(piece)
        return True

    with answered_by(lambda _: stream_response(Stream(*[chunk] * 200))):
        client.stream(URL, lambda _: True)  # whatever a first exchange loads is no part of the measure
        tracemalloc.start()
        try:
            client.stream(URL, take)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert received == 200_000_000
    assert peak < 20_000_000


@pytest.mark.parametrize("client", named())
def test_a_reader_who_waits_holds_the_handler_back(client: Client) -> None:
    """Back-pressure: while the client does not read on, only what fits in its buffers is made."""
    assert client.stream is not None
    stream = Stream(*[bytes(1_000_000)] * 100)
    given_when_read: list[int] = []

    def take(_: bytes) -> bool:
        given_when_read.append(stream.given)
        return len(given_when_read) < 3

    with answered_by(lambda _: stream_response(stream)):
        client.stream(URL, take)

    assert max(given_when_read) <= 6
