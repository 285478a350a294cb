"""vcrpy records what goes over connections: function URLs and the server are left out of its cassettes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import vcr
from support.beside import Beside, OwnProcess


@contextmanager
def cassette(**options: object) -> Iterator[None]:
    """A cassette that is recorded and thrown away."""
    with tempfile.TemporaryDirectory() as folder, vcr.use_cassette(str(Path(folder) / "cassette.yaml"), **options):
        yield


def test_recorded_too(beside: Beside) -> None:
    with beside(cassette):
        pass


def test_first_mock(own_process: OwnProcess) -> None:
    own_process(cassette)
