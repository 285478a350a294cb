"""moto's answers to boto3: those that are iterators are streamed; moto itself has bytes only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.botocore_stubber import MockRawResponse

from ..messages import Handle, close_body
from ..patching.patches import Method, Patches


def patch(patches: Patches, _handle: Handle) -> None:
    """Let a body that is an iterator of bytes reach botocore a chunk at a time."""
    patches.method(MockRawResponse, "__init__", _init)
    patches.method(MockRawResponse, "stream", _stream)


def _init(original: Method) -> Method:
    def init(raw: Any, body: Any) -> None:
        if not isinstance(body, Iterator):
            original(raw, body)
            return
        original(raw, b"")
        raw.live = body
        raw.close = lambda: close_body(body)

    return init


def _stream(original: Method) -> Method:
    def stream(raw: Any, *args: Any, **kwargs: Any) -> Iterator[bytes]:
        return raw.live if hasattr(raw, "live") else original(raw, *args, **kwargs)  # type: ignore[no-any-return]  # moto's is untyped

    return stream
