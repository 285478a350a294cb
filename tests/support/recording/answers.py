"""Bodies and parameters as JSON can keep them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MOST_CHARACTERS = 2000


def json_of(content: bytes) -> Any:
    """The JSON that a body is, or else what ``text_of`` makes of it."""
    try:
        return json.loads(content)
    except ValueError:
        return text_of(content)


def text_of(content: bytes) -> Any:
    """A body as JSON can keep it: what JSON it is, its text, or its bytes; the length and the hash of a long one."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()} if len(content) <= _MOST_CHARACTERS else digest(content)
    try:
        parsed = json.loads(text)
    except ValueError:
        return digest(text)
    return {"json": digest(parsed)} if isinstance(parsed, (dict, list)) else digest(text)


def digest(value: Any) -> Any:
    """``value`` with what is long in it as its length and hash."""
    if isinstance(value, Mapping):
        return {name: digest(each) for name, each in value.items()}
    if isinstance(value, list):
        return [digest(each) for each in value]
    if not isinstance(value, (str, bytes)) or len(value) <= _MOST_CHARACTERS:
        return value
    octets = value.encode() if isinstance(value, str) else value
    return {"length": len(value), "hash": base64.b64encode(hashlib.sha256(octets).digest()).decode()}


def shortened(value: Any) -> Any:
    """Parameters of a call, with what is long in them as its length."""
    if isinstance(value, Mapping):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str) and len(value) > 300:
        return f"<{len(value)} characters>"
    return value
