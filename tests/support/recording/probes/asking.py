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
    """A question. ``row`` is the text of the row that it is about, None for a scenario.

    ``decided`` says why the answer is not compared: there we mean to be other than AWS, or than a run in another
    process. ``of_model``: the answer has texts that depend on the service model of the installed botocore.
    """

    name: str
    ask: Ask
    row: str | None = None
    decided: str | None = None
    of_model: bool = False


PROBES: dict[str, Probe] = {}


def probe(row: str, *, decided: str | None = None, of_model: bool = False) -> Callable[[Ask], Ask]:
    """Register a function as the probe of the row of docs/fidelity.md with the text ``row``."""

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
    "loops are not detected, signatures not verified; provisioned environments are made for functions in processes "
    "alone, before PutProvisionedConcurrencyConfig answers, and at most 16 at once": (
        "a loop costs, and a signature needs a signing profile"
    ),
    "where gevent has patched threads, a handler in a thread of the system other than the main one that computes gets "
    "AWS's answer when it ends": "there is no gevent between a request and a function on AWS",
    "a `KeyboardInterrupt` that no `raise` statement made, in the main thread, is the user's Ctrl-C and goes through, "
    "as do outcomes of pytest, unittest and Hypothesis where no server is between": "nobody presses Ctrl-C on AWS",
    "the function's timeout does not count while a debugger is at work": "no debugger is at work on AWS",
    "an asynchronous invocation has run, retries and destinations included and without their delays, when its 202 is "
    "answered; one that a handler sends runs after that handler": "AWS's delays are documented: ours are none",
    "the log of one invocation keeps its first and its last 1 MiB, with a line between that says how much is left out; "
    "a line over 262,144 characters is several events": "functions of a run may not write logs, so that none are left",
    "log streams keep their newest lines, so that a server's memory stays flat": "it is about our memory",
    "which functions run in [processes](processes.md); a process is ended after five idle minutes; at most 32 at "
    "once": "it is about our processes",
    "what is due after a visibility timeout is delivered with the next call that looks at a queue or a mapping "
    "([triggers](triggers.md))": "AWS's pollers deliver by themselves",
    "what is not implemented ([operations](operations.md)) is answered with 501 `NotImplementedException`": (
        "AWS has implemented it"
    ),
    "Kafka, MQ and DocumentDB: defaults and reasons; their mappings deliver nothing": "a cluster costs by the hour",
    "a mapping delivers while it is being created or changed; batching windows are waited for with "
    '`function_states="pending"` only': "how long AWS takes differs from time to time",
    "the body of a planned fault of another status than 403, 413, 429, 500, 502": "faults are planned here only",
    "the server takes bodies up to 5 GiB, S3's largest PUT, for services other than function URLs": (
        "it is about our server"
    ),
}
"""Rows without a probe, each with the reason why nothing can be asked."""
