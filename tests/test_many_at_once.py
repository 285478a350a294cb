"""Many invocations at once, of functions whose modules and variables have the same names."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import boto3
import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process

ROUNDS = 5
APP = """
import os, time
import helper
from package import settings

def handler(event, context):
    before = os.environ["NAME"]
    os.environ["SCRATCH"] = str(event)
    time.sleep(0.002)
    from package.lazy import LAZY
    print("log of", before, os.environ["NAME"])
    return [before, os.environ["NAME"], helper.NAME, settings.NAME, LAZY, context.function_name]
"""


@pytest.mark.parametrize("threads", [16, pytest.param(64, marks=pytest.mark.slow)])
def test_functions_never_see_each_others_modules_or_variables(mock: LambdaUrls, threads: int) -> None:
    names = ["red", "green", "blue", "black"]
    urls = {}
    for name in names:
        value = f"NAME = {name!r}\nLAZY = {name!r}\n"
        files = {"app.py": APP, "helper.py": value, "package/settings.py": value, "package/lazy.py": value}
        urls[name] = mock.deploy(
            make_zip({**files, "package/__init__.py": ""}),
            name=name,
            environment={"NAME": name},
            handler_name="app.handler",
        )
    aws_lambda = boto3.client("lambda", "us-east-1")
    barrier = Barrier(threads)

    def call(number: int) -> list[Any]:
        barrier.wait(10)
        name = names[number % len(names)]
        seen = []
        for n in range(ROUNDS):
            if (number + n) % 2:
                seen.append(requests.post(str(urls[name]), json=n).json())
            else:
                response = aws_lambda.invoke(FunctionName=name, Payload=json.dumps(n))
                assert "FunctionError" not in response
                seen.append(json.load(response["Payload"]))
        return [name, seen]

    before = dict(os.environ)
    with ThreadPoolExecutor(threads) as pool:
        for name, seen in pool.map(call, range(threads)):
            assert seen == [[name] * 6] * ROUNDS
    assert dict(os.environ) == before
    assert len(mock.invocations) == threads * ROUNDS
    for each in mock.invocations:
        assert [line for line in each.logs.splitlines() if line.startswith("log of")] == [
            f"log of {each.function_name} {each.function_name}"
        ]
