"""pytest-randomly puts tests in another order, with the same random numbers for each."""

from __future__ import annotations

import pytest
from support.beside import Suite


@pytest.mark.parametrize("seed", ["1", "2"])
def test_pytest_randomly(suite: Suite, seed: str) -> None:
    suite(f"--randomly-seed={seed}").assert_outcomes(passed=2)
