"""Large bodies: into an event, out of a result, and streamed."""

from __future__ import annotations

import base64
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import requests

from .deployed import mocked
from .measure import Figure, compare, ready

BODY = bytes(range(256)) * (4_500_000 // 256)
"""As base64 it is an event of 6 MB, the most that Lambda takes."""

ENCODED = base64.b64encode(BODY).decode()
OCTETS = {"Content-Type": "application/octet-stream"}
CHUNK = 64 * 1024
STREAMED = 200 * 1024 * 1024 // CHUNK
QUEUED = 16
"""Chunks that the queue holds."""


def each_way() -> Iterator[Figure]:
    """The largest event, and the largest result, beside what must be done with the bytes."""
    with mocked() as urls, requests.Session() as session:
        inwards = str(urls.deploy(_read, name="inwards"))
        outwards = str(urls.deploy(_give, name="outwards"))

        def send() -> None:
            assert session.post(inwards, data=BODY, headers=OCTETS).status_code == 200

        def receive() -> None:
            assert len(session.get(outwards).content) == len(BODY)

        for name, work, floor in (("in", send, _event_by_hand), ("out", receive, _result_by_hand)):
            yield compare(
                f"a 6 MB body {name}",
                ready(work),
                floor=ready(floor),
                floor_name="base64 and JSON by hand",
                goal=1.5,
                calls=3,
                rounds=9,
            )


def _read(event: dict[str, Any], context: object) -> dict[str, int]:
    return {"statusCode": 200 if len(event["body"]) == len(ENCODED) else 400}


def _give(event: dict[str, Any], context: object) -> dict[str, Any]:
    return {"statusCode": 200, "headers": OCTETS, "body": ENCODED, "isBase64Encoded": True}


def _event_by_hand() -> None:
    event = json.dumps({"body": base64.b64encode(BODY).decode(), "isBase64Encoded": True}).encode()
    assert _read(json.loads(event), None) == {"statusCode": 200}


def _result_by_hand() -> None:
    result = json.loads(json.dumps(_give({}, None)).encode())
    assert len(base64.b64decode(result["body"])) == len(BODY)


def streaming() -> Iterator[Figure]:
    """A streamed answer beside the same chunks handed from one thread to another."""
    with mocked() as urls, requests.Session() as session:
        url = str(urls.deploy(_stream, name="streaming", invoke_mode="RESPONSE_STREAM", timeout=900))

        def receive() -> None:
            with session.get(url, params={"chunks": str(STREAMED)}, stream=True) as response:
                assert sum(map(len, response.iter_content(CHUNK))) == STREAMED * CHUNK

        yield compare(
            "streaming 200 MB",
            ready(receive),
            floor=ready(_through_queue),
            floor_name="the chunks copied through a queue",
            goal=2.0,
            calls=1,
            rounds=7,
            warm_up=0,
        )
    large, small = _peak(STREAMED), _peak(STREAMED // 20)
    yield Figure(
        name="peak memory of streaming 200 MB",
        floor="of streaming 10 MB",
        value=large,
        floor_value=small,
        ratio=large / small,
        goal=1.1,
        unit="MB",
    )


def _stream(event: dict[str, Any], context: object) -> Iterator[bytes]:
    for _ in range(int(event["queryStringParameters"]["chunks"])):
        yield _new_chunk()


def _new_chunk() -> bytes:
    return bytes(CHUNK)


def _through_queue() -> None:
    queue: Queue[bytes | None] = Queue(QUEUED)

    def produce() -> None:
        for _ in range(STREAMED):
            queue.put(_new_chunk())
        queue.put(None)

    producer = Thread(target=produce)
    producer.start()
    length = 0
    while (chunk := queue.get()) is not None:
        length += len(bytearray(chunk))
    producer.join()
    assert length == STREAMED * CHUNK


def _peak(chunks: int) -> float:
    """The most memory, in MB, that a process of its own has while it streams ``chunks`` chunks."""
    source = f"from benchmarks.bodies import stream_once; stream_once({chunks})"
    output = subprocess.run([sys.executable, "-c", source], check=True, capture_output=True, text=True).stdout
    return float(output)


def stream_once(chunks: int) -> None:
    """Stream that much, and print the most memory that this process has had, in MB."""
    with mocked() as urls:
        url = str(urls.deploy(_stream, invoke_mode="RESPONSE_STREAM", timeout=900))
        with requests.get(url, params={"chunks": str(chunks)}, stream=True) as response:
            assert sum(map(len, response.iter_content(CHUNK))) == chunks * CHUNK
    print(_peak_of_this())


def _peak_of_this() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux begins with the memory of the parent
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {"bodies": each_way, "streaming": streaming}
