"""The rows of the table, by the name that ``--only`` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from . import bodies, calls, control_plane, growth, processes, serving, starting, threads
from .measure import Figure

Row = Callable[[], Iterable[Figure]]

ROWS: dict[str, Row] = dict(
    chain.from_iterable(
        group.ROWS.items() for group in (calls, starting, serving, control_plane, growth, bodies, threads, processes)
    )
)
