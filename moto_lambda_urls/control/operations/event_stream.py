"""Frames of the binary answer of InvokeWithResponseStream, made one at a time.

https://smithy.io/2.0/aws/amazon-eventstream.html#amazon-event-stream-specification
"""

from __future__ import annotations

import json
from binascii import crc32
from collections.abc import Mapping
from struct import pack

CONTENT_TYPE = "application/vnd.amazon.eventstream"
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024
"""Bytes of one frame's payload. The specification allows 24 MB since 2025, and parsers older than that refuse more."""
_STRING = 7


def payload_chunk(content: bytes) -> bytes:
    """The frame that carries the next bytes of the function's answer."""
    return _frame("PayloadChunk", "application/octet-stream", content)


def invoke_complete(result: Mapping[str, str]) -> bytes:
    """The last frame; ``result`` has a failure's ``ErrorCode`` and ``ErrorDetails``, and ``LogResult`` if asked for."""
    return _frame("InvokeComplete", "application/json", json.dumps(result).encode())


def _frame(event_type: str, content_type: str, payload: bytes) -> bytes:
    described = {":event-type": event_type, ":content-type": content_type, ":message-type": "event"}
    headers = b"".join(_header(name, value) for name, value in described.items())
    prelude = pack("!II", len(headers) + len(payload) + 16, len(headers))
    message = b"".join((prelude, pack("!I", crc32(prelude)), headers, payload))
    return message + pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    return pack("!B", len(name)) + name.encode() + pack("!BH", _STRING, len(value)) + value.encode()
