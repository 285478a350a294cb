"""The table of function URLs that the commands print."""

from __future__ import annotations

from collections.abc import Iterable

_HEADINGS = ("FUNCTION", "AUTH", "MODE", "URL")


def url_table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Lines with a function, its URL's auth type and invoke mode, and the URL, below headings."""
    lines = [_HEADINGS, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (map(str.ljust, line, widths) for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in padded)
