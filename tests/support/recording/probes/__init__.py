"""The questions: one probe for each decision of docs/fidelity.md, and the scenario lists of the tests."""

from __future__ import annotations

from . import access, configuration, exchanges, functions, results, running, services  # noqa: F401  # they register
from .asking import PROBES, UNASKED, Probe, decided_rows, key

__all__ = ["PROBES", "UNASKED", "Probe", "decided_rows", "key"]
