"""Texts of requests and handlers, fit for a terminal: no control characters, no signature, no session's token."""

from __future__ import annotations

import re
from urllib.parse import unquote

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
"""Control characters but newline and tab, as ``str.translate`` takes them: what would steer a terminal."""

_IN_A_LINE = {**CONTROLS, ord("\n"): "\\n", ord("\t"): "\\t", 0x2028: "\\u2028", 0x2029: "\\u2029"}


_SECRET_NAMES = frozenset({"x-amz-credential", "x-amz-signature", "x-amz-security-token"})
HIDDEN = "..."
_SIGNATURE = re.compile(r"(Signature\s*=\s*)[^,\s]+")
_SECRET_AS_KEY = re.compile(r"(Credential\s*=\s*)(?![A-Z0-9_]+/)[^,]+")


def shown_query(query: str) -> str:
    """``query`` without the values that let others send the request: those of a presigned URL.

    Its credential is one where the secret stands in the place of the access key.
    """
    if "=" not in query:
        return query
    return "&".join(map(_shown_piece, query.split("&")))


def is_secret(name: str) -> bool:
    """Whether the header or the query's parameter ``name`` has such a value; Authorization: ``shown_authorization``."""
    return name.lower() in _SECRET_NAMES


def shown_authorization(value: str) -> str:
    """The header Authorization without its Signature, and without what may be a secret: a Credential that begins with
    no access key, a lone word.
    """
    if " " not in value.strip():
        return HIDDEN
    return _SECRET_AS_KEY.sub(rf"\1{HIDDEN}", _SIGNATURE.sub(rf"\1{HIDDEN}", value))


def printable(text: str) -> str:
    """``text`` with its control characters and lone surrogates escaped; its lines stay."""
    return _encodable(text.translate(CONTROLS))


def printable_line(text: str, length: int) -> str:
    """``text`` as one line of at most ``length`` characters, escaped likewise; its end is cut off."""
    line = _encodable(text[: length + 1].translate(_IN_A_LINE))
    return line if len(line) <= length else f"{line[: length - 3]}..."


def _encodable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _shown_piece(piece: str) -> str:
    name, equals, _ = piece.partition("=")
    return f"{name}={HIDDEN}" if equals and is_secret(unquote(name)) else piece
