"""pytest-timeout ends a test by a signal or from a thread; functions have timeouts of their own beside it."""

from __future__ import annotations

import pytest
from support.beside import Suite

SLOW = """
import time

import requests


def sleep(event, context):
    for _ in range(300):
        time.sleep(0.01)


def test_timeout_of_a_function(lambda_urls):
    url = lambda_urls.deploy(sleep, timeout=1)
    assert requests.get(url).status_code == 502


@pytest.mark.timeout(1)
def test_timeout_of_a_test(lambda_urls):
    requests.get(lambda_urls.deploy(sleep, timeout=30))
"""


@pytest.mark.parametrize("method", ["signal", "thread"])
def test_function_ends_first(suite: Suite, method: str) -> None:
    result = suite(f"--timeout-method={method}", "--timeout=60", "-k", "not of_a_test", source=SLOW)
    result.assert_outcomes(passed=3, deselected=1)


def test_test_ends_first(suite: Suite) -> None:
    result = suite("--timeout-method=signal", source=SLOW)
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*Timeout*"])
