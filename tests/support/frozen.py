"""What functions in processes of their own do while a tool has replaced the test's clock."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import boto3

from moto_lambda_urls import LambdaUrls
from support.builders import make_zip

SLEEPING = """
import time

def handler(event, context):
    left = context.get_remaining_time_in_millis()
    time.sleep(event["seconds"])
    return left
"""


def processes_keep_time(urls: LambdaUrls) -> None:
    """Durations are real, functions see the time that is left, and the Timeout ends them."""
    answer, report = _invoke(urls, seconds=0.2, timeout=60)
    assert 0 < answer <= 60_000
    assert [number >= 200 for number in report["Duration"]] == [True]
    assert [number > 0 for number in report["Init Duration"]] == [True]
    error, report = _invoke(urls, seconds=60, timeout=1)
    assert error["errorType"] == "Sandbox.Timedout"
    assert [number >= 1000 for number in report["Duration"]] == [True]


def _invoke(urls: LambdaUrls, *, seconds: float, timeout: int) -> tuple[Any, dict[str, list[float]]]:
    """What a new function answers, and the milliseconds in its log's last line by their names."""
    name = urls.deploy(make_zip(SLEEPING), process=True, timeout=timeout).function_name
    payload = json.dumps({"seconds": seconds})
    answer = boto3.client("lambda", "us-east-1").invoke(FunctionName=name, Payload=payload, LogType="Tail")
    line = base64.b64decode(answer["LogResult"]).decode().rpartition("REPORT ")[2]
    durations: dict[str, list[float]] = {}
    for title, milliseconds in re.findall(r"\t([\w ]+): ([\d.]+) ms", line):
        durations.setdefault(title, []).append(float(milliseconds))
    return json.load(answer["Payload"]), durations
