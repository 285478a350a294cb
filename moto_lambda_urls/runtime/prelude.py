"""The prelude of a streamed answer in AWS's form: a JSON object, 8 NUL bytes, then the body."""

from __future__ import annotations

import json
from typing import Any

Prelude = dict[str, Any]
SEPARATOR = b"\0" * 8


def split_prelude(start: bytes) -> tuple[Prelude | None, bytes] | None:
    """The prelude that a stream starts with, and the body's bytes after it; ``(None, start)`` if it has none.

    None while ``start`` is too short to tell.
    """
    if start and not start.lstrip(b" \t\r\n").startswith(b"{"):
        return None, start
    head, separator, body = start.partition(SEPARATOR)
    if separator:
        return _object(head, body, start)
    text = head.rstrip(b"\0").decode(errors="replace")
    try:
        _, end = json.JSONDecoder().raw_decode(text.lstrip())
    except ValueError:
        return None
    complete = not text.lstrip()[end:].strip()
    return None if complete else (None, start)


def _object(head: bytes, body: bytes, start: bytes) -> tuple[Prelude | None, bytes]:
    try:
        prelude = json.loads(head)
    except ValueError:
        return None, start
    return (prelude, body) if isinstance(prelude, dict) else (None, start)
