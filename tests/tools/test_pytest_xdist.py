"""pytest-xdist runs tests in several processes."""

from __future__ import annotations

from support.beside import Suite


def test_pytest_xdist(suite: Suite) -> None:
    suite("-n", "2").assert_outcomes(passed=2)
