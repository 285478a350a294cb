"""Timeouts and durations while a test's time stands still."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from support.runtime_builders import REQUEST_ID

pytestmark = pytest.mark.in_process

TESTS = Path(__file__).parents[1]
TIMED_OUT = f"RequestId: {REQUEST_ID} Error: Task timed out after 0.10 seconds"
FROZEN = 1_704_164_645.0
TOOLS = ["freezegun.freeze_time('2024-01-02 03:04:05')", f"time_machine.travel({FROZEN}, tick=False)"]
IMPORTS = "import time\nimport freezegun, time_machine\n"
# In a process of its own: freezegun reads all attributes of all modules, and some make what they hold only then.
TIMEOUT = """
import json, time
import freezegun, time_machine
from support.runtime_builders import make_function, run
from moto_lambda_urls.runtime import clocks

seen = []

def handler(_event, context):
    seen.extend([time.time(), context.get_remaining_time_in_millis()])
    time.sleep(30)

with {frozen}:
    started = clocks.monotonic()
    outcome = run(handler, make_function(timeout=0.1))
    seconds = clocks.monotonic() - started
print(json.dumps([json.loads(outcome.payload)["errorMessage"], seen, outcome.duration_ms, seconds]))
"""


@pytest.mark.parametrize("frozen", TOOLS)
def test_timeout_under_frozen_time(frozen: str) -> None:
    message, seen, duration_ms, seconds = json.loads(python(TIMEOUT.format(frozen=frozen)))
    assert message == TIMED_OUT
    assert seen[0] == FROZEN
    assert 0 <= seen[1] <= 100
    assert 100 <= duration_ms < 5000
    assert seconds < 5


IDLE = """
import os
from support.processes import environments, function_of, result, runs
from moto_lambda_urls.runtime import clocks
from moto_lambda_urls.runtime.processes import pool as pool_module

pool_module._TEND_SECONDS = 0.05
for pool in environments(idle_seconds=0.1):
    with {frozen}:
        function = function_of("import os\\ndef handler(event, context):\\n    return os.getpid()")
        pid = result(pool, function)
        until = clocks.monotonic() + 40
        while (pool.pids() or runs(pid)) and clocks.monotonic() < until:
            time.sleep(0.01)
        print(pool.pids(), runs(pid), function.function_name)
"""


@pytest.mark.parametrize("frozen", TOOLS)
def test_idle_process_ends_under_frozen_time(frozen: str) -> None:
    assert python(IMPORTS + IDLE.format(frozen=frozen)) == "[] False orders\n"


SERVED = """
import logging, sys
import requests
from moto_lambda_urls.server import LambdaUrlsServer

def handler(event, context):
    time.sleep(0.1)

class Shown(logging.Handler):
    def emit(self, record):
        print(record.getMessage())

logger = logging.getLogger("moto_lambda_urls")
logger.setLevel(logging.INFO)
with LambdaUrlsServer() as server, {frozen}:
    url = str(server.urls.deploy(handler))
    logger.addHandler(Shown())
    assert requests.get(url).status_code == 200
"""


@pytest.mark.parametrize("frozen", TOOLS)
def test_server_under_frozen_time(frozen: str) -> None:
    [milliseconds] = re.findall(r"GET /\S* 200 (\d+) ms\n", python(IMPORTS + SERVED.format(frozen=frozen)))
    assert int(milliseconds) >= 100


LATENCY = """
import requests
from datetime import datetime, timedelta
from moto_lambda_urls import mock_lambda_urls

with mock_lambda_urls() as urls, {frozen}:
    url = urls.deploy(lambda event, context: time.sleep(0.1))
    requests.get(str(url))
    now = datetime.now()
    print(urls.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda", MetricName="UrlRequestLatency", Statistics=["Minimum"], Period=60,
        StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=5),
        Dimensions=[{{"Name": "FunctionName", "Value": url.function_name}}],
    )["Datapoints"][0]["Minimum"])
"""


@pytest.mark.parametrize("frozen", TOOLS)
def test_latency_under_frozen_time(frozen: str) -> None:
    assert float(python(IMPORTS + LATENCY.format(frozen=frozen))) >= 100


DEPLOYED = """
import requests
from moto_lambda_urls import mock_lambda_urls

with {frozen}, mock_lambda_urls() as urls:
    print(requests.get(urls.deploy(lambda event, context: event["requestContext"]["timeEpoch"])).text)
"""


@pytest.mark.parametrize("day", ["1970-01-02", "2200-01-01"])
def test_deploy_on_a_day_that_zips_do_not_have(day: str) -> None:
    frozen = f"freezegun.freeze_time({day!r})"
    milliseconds = datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp() * 1000
    assert python(IMPORTS + DEPLOYED.format(frozen=frozen)) == f"{milliseconds:.0f}\n"


EPOCH = """
from moto_lambda_urls.runtime import clocks

before = time.time()
with {frozen}:
    inside = clocks.epoch_time()
print(before <= inside <= clocks.epoch_time() <= time.time())
"""


@pytest.mark.parametrize("frozen", TOOLS)
def test_epoch_time_under_frozen_time(frozen: str) -> None:
    assert python(IMPORTS + EPOCH.format(frozen=frozen)) == "True\n"


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
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, timeout=120, check=True).stdout
