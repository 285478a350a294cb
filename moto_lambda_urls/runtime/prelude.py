"""The prelude of a streamed answer in AWS's form: a JSON object, 8 NUL bytes, then the body."""

from __future__ import annotations

import json
import re
from typing import Any

Prelude = dict[str, Any]
SEPARATOR = b"\0" * 8
MOST_PRELUDE_BYTES = 64 * 1024
"""A decision: what goes on for longer is the body."""

_FIRST_KEYS = (b'"statusCode"', b'"headers"', b'"cookies"')
_UP_TO_FIRST_KEY = re.compile(rb"\s*\{\s*")


def split_prelude(start: bytes) -> tuple[Prelude | None, bytes] | None:
    """The prelude that a stream starts with, and the body's bytes after it; ``(None, start)`` if it has none.

    None while ``start`` is too short to tell. A decision, since nothing but the bytes says whether there is a prelude:
    one that comes in several pieces begins with one of its keys, so that a body of JSON is not held back.
    """
    head, separator, body = start.partition(SEPARATOR)
    if separator:
        return _object(head, body, start)
    text = start.rstrip(b"\0")
    return None if _may_go_on(text, ended=len(text) < len(start)) else (None, start)


def _may_go_on(text: bytes, *, ended: bool) -> bool:
    """Whether ``text`` may be the beginning of a prelude; ``ended`` when the first of the NUL bytes follow it."""
    opening = _UP_TO_FIRST_KEY.match(text)
    if opening is None or len(text) > MOST_PRELUDE_BYTES:
        return not text
    first = text[opening.end() :]
    if not ended and not any(first.startswith(key) or key.startswith(first) for key in _FIRST_KEYS):
        return first == b"}"
    read = text.decode(errors="replace").lstrip()
    try:
        return json.JSONDecoder().raw_decode(read)[1] == len(read)
    except ValueError:
        return not ended


def _object(head: bytes, body: bytes, start: bytes) -> tuple[Prelude | None, bytes]:
    try:
        prelude = json.loads(head)
    except ValueError:
        return None, start
    return (prelude, body) if isinstance(prelude, dict) else (None, start)
