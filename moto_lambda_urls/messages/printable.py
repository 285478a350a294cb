"""Texts of requests and handlers, fit for a terminal: no control characters, no signature, no session's token."""

from __future__ import annotations

from urllib.parse import unquote

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
"""Control characters but newline and tab, as ``str.translate`` takes them: what would steer a terminal."""

_IN_A_LINE = {**CONTROLS, ord("\n"): "\\n", ord("\t"): "\\t", 0x2028: "\\u2028", 0x2029: "\\u2029"}


_SECRET_NAMES = frozenset({"x-amz-credential", "x-amz-signature", "x-amz-security-token"})


def shown_query(query: str) -> str:
    """``query`` without the values that let others send the request: those of a presigned URL.

    Its credential is one where the secret stands in the place of the access key.
    """
    if "=" not in query:
        return query
    return "&".join(map(_shown_piece, query.split("&")))


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
    return f"{name}=..." if equals and unquote(name).lower() in _SECRET_NAMES else piece
