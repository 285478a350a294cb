"""Event stream frames, read by botocore's own decoder."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer

from moto_lambda_urls.control.operations.event_stream import invoke_complete, payload_chunk

pytestmark = pytest.mark.in_process


def decoded(*pieces: bytes) -> list[Any]:
    buffer = EventStreamBuffer()
    messages: list[Any] = []  # their headers are no int, as botocore's stubs have them
    for piece in pieces:
        buffer.add_data(piece)
        messages.extend(buffer)
    return messages


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)), bytes(3 * 1024 * 1024)])
def test_payload_chunk(content: bytes) -> None:
    (message,) = decoded(payload_chunk(content))
    assert message.payload == content
    assert message.headers == {
        ":event-type": "PayloadChunk",
        ":content-type": "application/octet-stream",
        ":message-type": "event",
    }


def test_invoke_complete() -> None:
    (message,) = decoded(invoke_complete({"ErrorCode": "KeyError"}))
    assert message.payload == b'{"ErrorCode": "KeyError"}'
    assert message.headers == {
        ":event-type": "InvokeComplete",
        ":content-type": "application/json",
        ":message-type": "event",
    }


def test_frames_cut_anywhere() -> None:
    frames = payload_chunk(b"one") + invoke_complete({})
    assert [each.payload for each in decoded(*[frames[at : at + 7] for at in range(0, len(frames), 7)])] == [
        b"one",
        b"{}",
    ]


@pytest.mark.parametrize("at", [9, 30, -1], ids=["prelude", "header", "message"])
def test_a_changed_byte_is_noticed(at: int) -> None:
    frame = bytearray(payload_chunk(b"content"))
    frame[at] ^= 1
    with pytest.raises(ChecksumMismatch):
        decoded(bytes(frame))
