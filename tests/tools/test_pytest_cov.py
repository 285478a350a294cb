"""pytest-cov measures what handlers run."""

from __future__ import annotations

import pytest
from support.beside import Suite

MEASURED = """
import requests
import shop


def test_measured(lambda_urls):
    assert requests.get(lambda_urls.deploy(shop.handler)).text == "sold"
"""


def test_pytest_cov(suite: Suite, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(shop="def handler(event, context):\n    return 'sold'\n")
    result = suite("--cov=shop", "--cov-report=term", source=MEASURED)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["shop.py * 2 * 0 * 100%"])
