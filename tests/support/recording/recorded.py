"""Recordings as files, and where the answers of two places differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore
import moto

from .consent import RefusedError
from .normalising import check_no_secret
from .probes import PROBES, UNASKED, Probe

FOLDER = Path(__file__).parents[2] / "recordings"
_SHOWN = 160

Answers = list[dict[str, Any]]


@dataclass(kw_only=True)
class Recording:
    """What one place answered, by the names of the probes. ``place`` is ``AWS`` or ours."""

    place: str
    region: str
    day: str
    answers: dict[str, Answers] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    botocore: str = botocore.__version__
    moto: str = moto.__version__

    def write(self, path: Path, secrets: Iterable[str]) -> None:
        """Write the file, when it holds no secret.

        :raises SecretFoundError: it does; nothing is written.
        """
        about = {name: getattr(self, name) for name in ("place", "region", "day", "botocore", "moto")}
        text = json.dumps({**about, "answers": self.answers}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        check_no_secret(text, secrets)
        path.write_text(text, encoding="utf-8")


def read(path: Path) -> Recording:
    """The recording in the file ``path``."""
    return Recording(**json.loads(path.read_text(encoding="utf-8")))


def others_in(path: Path, recording: Recording, names: Iterable[str]) -> dict[str, Answers]:
    """The answers to other probes than ``names`` that the file ``path`` has, to be kept in ``recording``.

    :raises RefusedError: they are of another place or region, or were recorded with another botocore.
    """
    before = read(path)
    for what in ("place", "region", "botocore"):
        then, now = getattr(before, what), getattr(recording, what)
        if then != now:
            raise RefusedError(
                f"{path.name} has the {what} {then}, not {now}: no part of it can be asked again. "
                "Leave --only out, or give another --output. Nothing was made."
            )
    asked = set(names)
    return {name: answers for name, answers in before.answers.items() if name not in asked}


def why_not_compared(probe: Probe, recording: Recording) -> str | None:
    """The reason for which a probe's recorded answers say nothing about ours; None when they do."""
    if probe.decided is not None:
        return f"decided: {probe.decided}"
    if probe.of_model and recording.botocore != botocore.__version__:
        return f"its texts are those of the service model in botocore {recording.botocore}"
    return None


def differences(recorded: Any, ours: Any, place: str = "") -> Iterator[str]:
    """Where two answers differ: the member, and what each has."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name in dict.fromkeys([*recorded, *ours]):
            yield from differences(recorded.get(name, "<absent>"), ours.get(name, "<absent>"), f"{place}.{name}")
    elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
        for number, (one, other) in enumerate(zip(recorded, ours, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif recorded != ours:
        yield f"{place.lstrip('.')}: recorded {_short(recorded)}, ours {_short(ours)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def report(recording: Recording, ours: Recording, names: Iterable[str]) -> Iterator[str]:
    """Row by row: where the recorded place and we differ."""
    for name in names:
        probe = PROBES[name]
        title = name if probe.row is None else f"{name}: {probe.row}"
        if name in recording.failed or name in ours.failed:
            failed = recording.failed.get(name) or f"of ours: {ours.failed[name]}"
            yield f"FAILED   {title}\n    {failed}"
            continue
        found = list(differences(recording.answers[name], ours.answers[name]))
        reason = why_not_compared(probe, recording)
        verdict = "same" if not found else "DIFFERS" if reason is None else "decided"
        yield "\n    ".join([f"{verdict:8} {title}", *([reason] if reason and found else []), *found])
    for row, reason in UNASKED.items():
        yield f"unasked  {row}\n    {reason}"
