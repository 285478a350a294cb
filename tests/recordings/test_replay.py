"""What was recorded, asked of us again: AWS's answers where somebody recorded them, and our own server's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
import time_machine
from support.recording.place import Place
from support.recording.probes import PROBES, UNASKED, decided_rows, key
from support.recording.recorded import FOLDER, differences, read, why_not_compared
from support.recording.run import ask, mocked

pytestmark = [
    pytest.mark.in_process,
    pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning"),
]

RECORDINGS = {path.stem: read(path) for path in sorted(FOLDER.glob("*.json"))}
RECORDED = [(place, name) for place, recording in RECORDINGS.items() for name in recording.answers]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with mocked() as running:
        yield running


def compare(place: Place, recorded: str, name: str) -> None:
    reason = why_not_compared(PROBES[name], RECORDINGS[recorded])
    if reason is not None:
        pytest.skip(reason)
    assert list(differences(RECORDINGS[recorded].answers[name], ask(place, name))) == []


@pytest.mark.parametrize(("recorded", "name"), RECORDED)
def test_replayed(place: Place, recorded: str, name: str) -> None:
    compare(place, recorded, name)


@pytest.mark.parametrize("name", ["signatures", "malformed_signatures", "permissions", "scenario plain"])
def test_replayed_across_another_midnight(name: str) -> None:
    with time_machine.travel(datetime(2031, 12, 31, 23, 59, 59, 900_000, tzinfo=timezone.utc)), mocked() as place:
        compare(place, "server", name)


def test_our_server_answered_every_probe() -> None:
    assert RECORDINGS["server"].answers.keys() == PROBES.keys()


@pytest.mark.parametrize("recorded", RECORDINGS)
def test_recordings_are_of_probes(recorded: str) -> None:
    assert RECORDINGS[recorded].answers.keys() <= PROBES.keys()


def test_every_decision_has_a_probe_or_a_reason() -> None:
    asked = {key(probe.row) for probe in PROBES.values() if probe.row is not None}
    unasked = {key(row) for row in UNASKED}
    decided = [key(row) for row in decided_rows()]
    assert asked & unasked == set()
    assert len(set(decided)) == len(decided)
    assert asked | unasked == set(decided), "tests/support/recording/probes has a probe for each row of !"
