"""Text and framed messages from one pipe."""

from __future__ import annotations

import itertools
import struct

from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.runtime.processes.output import OutputReader


def frame(message: str) -> bytes:
    data = message.encode()
    return struct.pack(">IIQ", 0xA55A0003, len(data), 7) + data


def read(data: bytes, cuts: list[int] = []) -> list[tuple[str, str]]:  # noqa: B006 - not changed
    """What came out, with neighbouring pieces of text as one."""
    found: list[tuple[str, str]] = []
    reader = OutputReader()

    def write(text: str) -> None:
        if found and found[-1][0] == "text":
            text = found.pop()[1] + text
        if text:
            found.append(("text", text))

    at = [0, *sorted(cuts), len(data)]
    for start, end in itertools.pairwise(at):
        reader.feed(data[start:end], write, lambda message: found.append(("frame", message)))
    return found


MIXED = "é\n".encode() + frame("one\ntwo é") + b"text" + frame("") + frame("three") + b"\xff end"


@given(st.lists(st.integers(0, len(MIXED)), max_size=20))
def test_order_is_kept_however_it_is_cut(cuts: list[int]) -> None:
    assert read(MIXED, cuts) == [
        ("text", "é\n"),
        ("frame", "one\ntwo é"),
        ("text", "text"),
        ("frame", ""),
        ("frame", "three"),
        ("text", "\ufffd end"),
    ]


def test_frame_that_is_none() -> None:
    assert read(b"\xa5\x5a\x00\x03\xff\xff\xff\xff12345678rest")[0][1].endswith("12345678rest")
