"""pytest-rerunfailures runs a failed test again, with a new mock."""

from __future__ import annotations

from support.beside import Suite

FLAKY = """
import itertools

runs = itertools.count(1)


def test_flaky(lambda_urls):
    lambda_urls.deploy(lambda event, context: None)
    functions_answer(lambda_urls, ["requests"])
    assert next(runs) == 2
"""


def test_pytest_rerunfailures(suite: Suite) -> None:
    result = suite("--reruns", "1", source=FLAKY)
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["rerun"], outcomes.get("failed", 0)) == (3, 1, 0)
