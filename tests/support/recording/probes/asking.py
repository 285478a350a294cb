"""The registry of probes, by the rows of docs/fidelity.md that they ask about."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..place import Place

FIDELITY = Path(__file__).parents[4] / "docs" / "fidelity.md"

Ask = Callable[[Place], None]


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A question. ``row`` is the text of the row that it is about, None for a scenario and for what is known.

    ``decided`` says why the answer is not compared: there we mean to be other than AWS, or than a run in another
    process. ``of_model``: the answer has texts that depend on the service model of the installed botocore.
    """

    name: str
    ask: Ask
    row: str | None = None
    decided: str | None = None
    of_model: bool = False


PROBES: dict[str, Probe] = {}


def probe(row: str | None = None, *, decided: str | None = None, of_model: bool = False) -> Callable[[Ask], Ask]:
    """Register a function as the probe of the row of docs/fidelity.md with the text ``row``.

    None: it asks what is known, and would show that it is not so.
    """

    def register(ask: Ask) -> Ask:
        name = ask.__name__
        assert name not in PROBES, name
        PROBES[name] = Probe(name=name, ask=ask, row=row, decided=decided, of_model=of_model)
        return ask

    return register


def decided_rows() -> list[str]:
    """The texts of the rows of docs/fidelity.md that are marked as decisions."""
    return [row.strip() for row in re.findall(r"^\| (.*) \| ! \|$", FIDELITY.read_text(), re.MULTILINE)]


def key(row: str) -> str:
    """What tells a row from the others, however its end is worded."""
    return " ".join(row.split()[:5])


UNASKED: dict[str, str] = {
    "in the regions of AWS's list that have no function URLs they are made, with a line in the log that says so": (
        "an account must opt in to those regions first"
    ),
    "a line of a log over 262,144 characters is several events": (
        "functions of a run may not write logs, so that none are left"
    ),
    "MSK: reason and result of a new mapping, as of self-managed Kafka": "a cluster costs by the hour",
}
"""Rows without a probe, each with the reason why nothing can be asked."""
