"""aws-xray-sdk's ``patch_all`` wraps the clients for good: in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from support.beside import OwnProcess


@contextmanager
def patched() -> Iterator[None]:
    """All that it knows patched, in a segment that nobody is sent."""
    from aws_xray_sdk.core import patch_all, xray_recorder

    xray_recorder.configure(sampling=False, context_missing="IGNORE_ERROR", daemon_address="127.0.0.1:9")
    patch_all()
    with xray_recorder.in_segment("test"):
        yield


def test_patch_all(own_process: OwnProcess) -> None:
    own_process(patched)
