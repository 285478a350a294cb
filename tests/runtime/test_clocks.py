"""Timeouts and durations while a test's time stands still."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from typing import Any

import freezegun
import pytest
import time_machine
from support.runtime_builders import REQUEST_ID, make_function, run

from moto_lambda_urls.runtime import clocks

pytestmark = pytest.mark.in_process

TIMED_OUT = f"RequestId: {REQUEST_ID} Error: Task timed out after 0.10 seconds"
FROZEN = 1_704_164_645.0


def frozen_by_freezegun() -> Any:
    return freezegun.freeze_time("2024-01-02 03:04:05")


def frozen_by_time_machine() -> Any:
    return time_machine.travel(FROZEN, tick=False)


@pytest.mark.parametrize("frozen", [frozen_by_freezegun, frozen_by_time_machine])
def test_timeout_under_frozen_time(frozen: Any) -> None:
    seen: list[float] = []

    def handler(_event: Any, context: Any) -> None:
        seen.extend([time.time(), context.get_remaining_time_in_millis()])
        time.sleep(5)

    started = clocks.monotonic()
    with frozen():
        outcome = run(handler, make_function(timeout=0.1))
    assert clocks.monotonic() - started < 2
    assert json.loads(outcome.payload)["errorMessage"] == TIMED_OUT
    assert seen == [FROZEN, 100]
    assert 100 <= outcome.duration_ms < 2000


def test_clock_that_is_imported_while_time_is_frozen() -> None:
    with freezegun.freeze_time("2024-01-02"):
        fresh = importlib.reload(clocks)
        first = fresh.monotonic()
        time.sleep(0.01)
        assert 0.01 <= fresh.monotonic() - first < 2


FIRST_USE = """
import freezegun
with freezegun.freeze_time("2024-01-02"):
    import time
    from moto_lambda_urls import mock_lambda_urls
    import requests
    with mock_lambda_urls() as urls:
        url = urls.deploy(lambda event, context: time.sleep(30), timeout=1)
        print(requests.get(str(url)).status_code)
"""


def test_first_use_under_freezegun() -> None:
    ran = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, timeout=25, check=True)
    assert ran.stdout == "502\n"
