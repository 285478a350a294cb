"""A run: each probe asked at one place, everything made for it deleted."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, TextIO

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from moto_lambda_urls import mock_lambda_urls

from .cleaning import sweep, uninterrupted
from .limits import BoundReachedError, Limits, NotAllowedError
from .place import Place, SetUpError
from .probes import PROBES
from .recorded import Recording

_FAILURES = (ClientError, BotoCoreError, OSError, SetUpError, NotAllowedError, LookupError)
OPTIONS: dict[str, Any] = {"authorization": "strict", "function_states": "pending"}
"""How ours is closest to AWS."""


def new_prefix() -> str:
    """A prefix that no other run has."""
    return f"mlu-record-{secrets.token_hex(4)}"


@contextmanager
def mocked() -> Iterator[Place]:
    """A place in this process, under a mock."""
    with mock_lambda_urls(**OPTIONS):
        session = boto3.Session("nobodys-access-key", "nobodys-secret-key", region_name="us-east-1")
        yield Place(session=session, limits=Limits(prefix=new_prefix()))


def ask(place: Place, name: str) -> list[dict[str, Any]]:
    """The answers to one probe, normalised; what was made for it is gone."""
    place.begin()
    place.role()
    before = len(place.made)
    try:
        PROBES[name].ask(place)
    finally:
        with uninterrupted(sys.stderr):
            place.made.take_back(since=before)
    return place.answers


def record(place: Place, recording: Recording, names: Iterable[str], output: TextIO) -> None:
    """Ask each probe of ``names``, then delete everything, whatever happened. What fails is in ``recording.failed``.

    :raises KeyboardInterrupt: after the deletion.
    """
    started = time.monotonic()
    try:
        for name in names:
            try:
                recording.answers[name] = ask(place, name)
            except _FAILURES as error:
                recording.failed[name] = f"{type(error).__name__}: {error}"
            except BoundReachedError as error:
                recording.failed[name] = str(error)
            say = f"failed: {recording.failed[name]}" if name in recording.failed else "asked"
            print(f"{time.monotonic() - started:6.1f} s  {name}: {say}", file=output, flush=True)
    finally:
        with uninterrupted(output):
            delete(place, output)


def delete(place: Place, output: TextIO) -> bool:
    """Delete what a run has made, and whatever else has its prefix; whether nothing is left."""
    place.made.take_back()
    sweep(place.client, place.limits.prefix, place.made)
    print(f"Deleted {len(place.made.undone)} things called {place.limits.prefix}-...", file=output, flush=True)
    for undo in place.made.left:
        print(f"COULD NOT BE DELETED: {undo}", file=output, flush=True)
    return not place.made.left


def new_recording(place: Place, called: str) -> Recording:
    """An empty recording of ``place``."""
    return Recording(place=called, region=place.region, day=f"{datetime.now(timezone.utc):%Y-%m-%d}")


def ours(names: Iterable[str], output: TextIO) -> Recording:
    """What a mock in this process answers to the same probes."""
    with mocked() as place:
        recording = new_recording(place, "a mock")
        record(place, recording, names, output)
    return recording


def chosen(patterns: Iterable[str]) -> list[str]:
    """The names of the probes that contain one of ``patterns``; of all without one."""
    wanted = list(patterns)
    return [name for name in PROBES if not wanted or any(each in name for each in wanted)]
