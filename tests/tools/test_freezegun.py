"""freezegun stops the clock, under which a function's timeout has to go on."""

from __future__ import annotations

from threading import Event
from typing import Any

import boto3
from freezegun import freeze_time
from support.beside import Beside
from support.frozen import processes_keep_time


def slow(event: dict[str, Any], context: object) -> None:
    """Run past a timeout of one second."""
    for _ in range(300):
        Event().wait(0.01)


def test_freezegun(beside: Beside) -> None:
    with beside(lambda: freeze_time("2024-02-29T12:00:00Z")) as urls:
        assert urls.invocations[0].event["requestContext"]["timeEpoch"] == 1_709_208_000_000


def test_timeout(beside: Beside) -> None:
    with beside(lambda: freeze_time("2024-02-29T12:00:00Z"), clients=()) as urls:
        name = urls.deploy(slow, timeout=1).function_name
        assert "FunctionError" in boto3.client("lambda", "us-east-1").invoke(FunctionName=name)


def test_processes(beside: Beside) -> None:
    with beside(lambda: freeze_time("2024-02-29T12:00:00Z"), clients=()) as urls:
        processes_keep_time(urls)
