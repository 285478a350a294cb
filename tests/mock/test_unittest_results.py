"""unittest's results while a mock runs: what they show of a handler's error, and as they are afterwards."""

from __future__ import annotations

import sys
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

import moto_lambda_urls
from moto_lambda_urls import mock_lambda_urls

pytestmark = pytest.mark.in_process

METHODS = ("addError", "addFailure", "addExpectedFailure", "addSubTest")
CASE = unittest.FunctionTestCase(lambda: None)
WAYS: dict[str, Callable[[unittest.TestResult, Any], None]] = {
    "error": lambda result, raised: result.addError(CASE, raised),
    "error_by_name": lambda result, raised: result.addError(test=CASE, err=raised),
    "failure": lambda result, raised: result.addFailure(CASE, raised),
    "expected_failure": lambda result, raised: result.addExpectedFailure(CASE, raised),
    "subtest": lambda result, raised: result.addSubTest(CASE, CASE, raised),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_error_is_shown_without_frames_of_ours(way: str) -> None:
    def handler(event: Any, context: Any) -> Any:
        raise LookupError("no stock")

    result = unittest.TestResult()
    with mock_lambda_urls(raise_handler_errors=True) as urls:
        try:
            requests.get(urls.deploy(handler))
        except LookupError:
            WAYS[way](result, sys.exc_info())
    [(_, shown)] = result.errors + result.failures + result.expectedFailures
    assert 'raise LookupError("no stock")' in shown
    assert str(Path(moto_lambda_urls.__file__).parent) not in shown


def test_results_are_as_before_when_the_mock_has_ended() -> None:
    before = {name: vars(unittest.TestResult)[name] for name in METHODS}
    with mock_lambda_urls():
        for name in METHODS:
            assert vars(unittest.TestResult)[name] is not before[name]
    assert {name: vars(unittest.TestResult)[name] for name in METHODS} == before


def test_a_subtest_that_succeeds() -> None:
    result = unittest.TestResult()
    with mock_lambda_urls():
        result.addSubTest(CASE, CASE, None)
    assert result.wasSuccessful()
