"""docs/differences.md: where Lambda's API answers otherwise than plain moto, and why. Run this file to write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto import mock_aws

from moto_lambda_urls import mock_lambda_urls
from support.api_sequences import SEQUENCES, Api, Step
from support.difference_reasons import REASONS, Reason

PATH = Path(__file__).parents[2] / "docs" / "differences.md"
WITHOUT_DOCKER: Any = {"lambda": {"use_docker": False}}


@dataclass(frozen=True)
class Difference:
    """A value that plain moto answers and we do not, or the other way round; ``place`` is its path in the answer."""

    operation: str
    case: str
    place: str
    motos: str
    ours: str

    @property
    def call(self) -> str:
        return f"{self.operation} ({self.case})" if self.case else self.operation

    @property
    def member(self) -> str:
        """The member that differs, by the name that it has in each answer."""
        return re.sub(r"^(Configuration|Functions\[\d+\]|Versions\[\d+\])\.", "", self.place)


def found() -> list[Difference]:
    """All differences, each once, in the order of the sequences."""
    differences: dict[Difference, None] = {}
    for sequence in SEQUENCES:
        with mock_aws(config=WITHOUT_DOCKER):
            motos = Api()
            sequence(motos)
        with mock_lambda_urls(config=WITHOUT_DOCKER):
            ours = Api()
            sequence(ours)
        for theirs, mine in zip(motos.steps, ours.steps, strict=True):
            differences.update(dict.fromkeys(_between(theirs, mine)))
    return list(differences)


def _between(theirs: Step, mine: Step) -> Iterator[Difference]:
    assert (theirs.operation, theirs.case) == (mine.operation, mine.case)
    if theirs.failed or mine.failed:
        if theirs.summary != mine.summary:
            yield Difference(theirs.operation, theirs.case, "answer", theirs.summary, mine.summary)
        return
    if theirs.status != mine.status:
        yield Difference(theirs.operation, theirs.case, "status", str(theirs.status), str(mine.status))
    before, after = dict(_leaves(theirs.members)), dict(_leaves(mine.members))
    for place in dict.fromkeys([*before, *after]):
        if before.get(place) != after.get(place):
            values = (before.get(place, "-"), after.get(place, "-"))
            yield Difference(theirs.operation, theirs.case, place, *values)


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _leaves(each, f"{place}.{name}" if place else name)
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _leaves(each, f"{place}[{number}]")
    else:
        yield place, str(value)


def by_reason(differences: Iterable[Difference]) -> dict[Reason, list[Difference]]:
    """The differences that each reason explains.

    :raises LookupError: no reason, or more than one, explains a difference.
    """
    explained: dict[Reason, list[Difference]] = {reason: [] for reason in REASONS}
    for difference in differences:
        reasons = [reason for reason in REASONS if reason.explains(difference.call, difference.member)]
        if len(reasons) != 1:
            raise LookupError(f"{len(reasons)} reasons explain {difference}")
        explained[reasons[0]].append(difference)
    return explained


def described_moto() -> str:
    """The version of moto that docs/differences.md is about."""
    named = re.search(r"with moto (\S+)\.\n", PATH.read_text())
    assert named is not None
    return named[1]


HEADER = """\
# Where Lambda's API differs from plain moto's

While `mock_lambda_urls` is active, Lambda's API answers as AWS does. The same calls were made under `mock_aws` and
under `mock_lambda_urls`; these are all the differences between their answers, each with the source for AWS's
behaviour. Rules that those calls do not touch are in [Fidelity](fidelity.md).
Written by `python tests/support/differences.py` with moto {moto}.
"""


def document() -> str:
    """The text of docs/differences.md."""
    parts = [HEADER.format(moto=version("moto"))]
    for reason, differences in by_reason(found()).items():
        rows: dict[tuple[str, str, str], dict[str, None]] = {}
        for each in differences:
            call = each.call if each.place in ("answer", "status") else each.operation
            rows.setdefault((each.member, each.motos, each.ours), {})[call] = None
        table = [
            f"| {', '.join(calls)} | {member} | {_cell(motos)} | {_cell(ours)} |"
            for (member, motos, ours), calls in rows.items()
        ]
        head = ["| call | member | plain moto | here |", "| --- | --- | --- | --- |"]
        title = [f"## {reason.title}", "", f"{reason.text} Source: {reason.source}.", ""]
        parts.append("\n".join([*title, *head, *table]) + "\n")
    return "\n".join(parts)


def _cell(value: str) -> str:
    shown = value if len(value) <= 160 else f"{value[:157]}..."
    return "nothing" if shown in ("", "-") else shown.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PATH.write_text(document())
