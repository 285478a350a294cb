"""Logs of functions that never stop writing: the first and the last part are kept."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import pytest
from support.runtime_builders import make_function, run

from moto_lambda_urls.runtime.in_process.isolation import log_events
from moto_lambda_urls.runtime.in_process.isolation.log_events import LogEvents

pytestmark = pytest.mark.in_process

LEFT_OUT = re.compile(r"\[(\d+) log events of (\d+) characters are left out here\]\n")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_events, "MAX_PART_BYTES", 90)  # three events of four characters
    monkeypatch.setattr(log_events, "MAX_EVENT_CHARACTERS", 10)


def messages(events: LogEvents) -> list[str]:
    return [event["message"] for event in events.all()]


@pytest.mark.usefixtures("small")
def test_first_and_last_are_kept() -> None:
    events = LogEvents()
    for number in range(6):
        events.append(f"{number:03}\n")
    assert messages(events) == [f"{number:03}\n" for number in range(6)]
    for number in range(6, 20):
        events.append(f"{number:03}\n")
    assert messages(events) == [
        "000\n",
        "001\n",
        "002\n",
        "[14 log events of 56 characters are left out here]\n",
        "017\n",
        "018\n",
        "019\n",
    ]
    assert {type(event["timestamp"]) for event in events.all()} == {int}


@pytest.mark.usefixtures("small")
def test_long_message_becomes_several_events() -> None:
    events = LogEvents()
    events.append("x" * 25)
    assert messages(events) == ["x" * 10, "x" * 10, "x" * 5]


def test_handler_that_never_stops_printing(capsys: pytest.CaptureFixture[str]) -> None:
    line = "x" * 99

    def handler(_event: Any, _context: Any) -> None:
        while True:
            print(line)

    function = make_function(timeout=1)
    outcome = run(handler, function)
    assert json.loads(outcome.payload)["errorType"] == "Sandbox.Timedout"
    written = re.fullmatch(
        rf"START [^\n]+\n((?:{line}\n)+){LEFT_OUT.pattern}((?:{line}\n)+)(?:x*\n)?\S+ \S+ Task timed out after 1\.00 "
        r"seconds\n\nEND [^\n]+\nREPORT [^\n]+\n",
        outcome.logs,
    )
    assert written is not None
    first, events, characters, last = written.groups()
    assert int(characters) == int(events) * 100
    assert log_events.MAX_PART_BYTES * 0.75 < len(first) < log_events.MAX_PART_BYTES
    assert log_events.MAX_PART_BYTES * 0.75 < len(last) < log_events.MAX_PART_BYTES
    shown = capsys.readouterr().out
    assert len(shown) < 2.1 * log_events.MAX_PART_BYTES
    assert LEFT_OUT.search(shown)
    stored = next(iter(function.logs_backend.groups["/aws/lambda/orders"].streams.values())).events
    assert sum(len(event.message) for event in stored) < 2.1 * log_events.MAX_PART_BYTES


def test_line_that_never_ends(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: Any, _context: Any) -> None:
        for _ in range(80):
            sys.stdout.write("y" * 65_536)

    outcome = run(handler)
    assert len(outcome.logs) < 2.1 * log_events.MAX_PART_BYTES
    assert LEFT_OUT.search(outcome.logs)
    assert len(capsys.readouterr().out) < 2.1 * log_events.MAX_PART_BYTES


def test_records_of_logging(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_event: Any, _context: Any) -> None:
        for _ in range(60):
            logging.getLogger("chatty").warning("z" * 65_536)

    root = logging.getLogger()
    outside, root.handlers = root.handlers, []  # pytest's, so that Python's last resort is asked
    try:
        outcome = run(handler)
    finally:
        root.handlers = outside
    assert len(outcome.logs) < 2.1 * log_events.MAX_PART_BYTES
    assert LEFT_OUT.search(outcome.logs)
    out, err = capsys.readouterr()
    assert len(out) + len(err) < 3.1 * log_events.MAX_PART_BYTES
