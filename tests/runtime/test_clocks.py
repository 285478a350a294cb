"""Timeouts and durations while a test's time stands still."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.runtime_builders import REQUEST_ID

pytestmark = pytest.mark.in_process

TESTS = Path(__file__).parents[1]
TIMED_OUT = f"RequestId: {REQUEST_ID} Error: Task timed out after 0.10 seconds"
FROZEN = 1_704_164_645.0
# In a process of its own: freezegun reads all attributes of all modules, and some make what they hold only then.
TIMEOUT = """
import json, time
import freezegun, time_machine
from support.runtime_builders import make_function, run
from moto_lambda_urls.runtime import clocks

seen = []

def handler(_event, context):
    seen.extend([time.time(), context.get_remaining_time_in_millis()])
    time.sleep(5)

with {frozen}:
    started = clocks.monotonic()
    outcome = run(handler, make_function(timeout=0.1))
    seconds = clocks.monotonic() - started
print(json.dumps([json.loads(outcome.payload)["errorMessage"], seen, outcome.duration_ms, seconds]))
"""


@pytest.mark.parametrize(
    "frozen", ["freezegun.freeze_time('2024-01-02 03:04:05')", f"time_machine.travel({FROZEN}, tick=False)"]
)
def test_timeout_under_frozen_time(frozen: str) -> None:
    message, seen, duration_ms, seconds = json.loads(python(TIMEOUT.format(frozen=frozen)))
    assert message == TIMED_OUT
    assert seen == [FROZEN, 100]
    assert 100 <= duration_ms < 2000
    assert seconds < 2


CLOCK = """
import freezegun, time
with freezegun.freeze_time("2024-01-02"):
    from moto_lambda_urls.runtime import clocks
    first = clocks.monotonic()
    time.sleep(0.01)
    print(0.01 <= clocks.monotonic() - first < 2)
"""


def test_clock_that_is_imported_while_time_is_frozen() -> None:
    assert python(CLOCK) == "True\n"


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
    assert python(FIRST_USE) == "502\n"


def python(script: str) -> str:
    """What ``script`` prints, in a process whose first mock or invocation it makes."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout
