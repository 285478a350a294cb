"""nest_asyncio changes asyncio for good, so that loops run in loops: in processes of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from support.beside import OwnProcess, without

IN_A_LOOP = """
import asyncio
import runpy

import nest_asyncio

nest_asyncio.apply()


async def main():
    runpy.run_module("support.beside", run_name="__main__")


asyncio.run(main())
"""

HANDLERS_WITH_LOOPS = """
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import nest_asyncio
import requests
from moto_lambda_urls import mock_lambda_urls

APPLIED_BY_THE_TEST = sys.argv[1] == "test"


def run(event, context):
    nest_asyncio.apply()
    return asyncio.run(asyncio.sleep(0, "run"))


def current(event, context):
    nest_asyncio.apply()
    return asyncio.get_event_loop().run_until_complete(asyncio.sleep(0, "current"))


def new(event, context):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(asyncio.sleep(0, "new"))
    finally:
        loop.close()


async def ask_blocking():
    ask()


async def ask_awaiting():
    async with httpx.AsyncClient() as client:
        assert [(await client.get(url)).text for url in urls] == ANSWERS


def ask(*_):
    assert [requests.get(url).text for url in urls] == ANSWERS


ANSWERS = ["run", "current", "new"]
own = asyncio.new_event_loop()
asyncio.set_event_loop(own)
if APPLIED_BY_THE_TEST:
    nest_asyncio.apply()
with mock_lambda_urls() as mock:
    urls = [mock.deploy(handler, timeout=60) for handler in (run, current, new)]
    ask()
    assert asyncio.get_event_loop() is own
    own.run_until_complete(ask_blocking())
    own.run_until_complete(ask_awaiting())
    asyncio.set_event_loop(None)
    ask()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask, range(4)))
own.close()
print("both work", flush=True)
os._exit(0)  # threads of anyio do not end beside nest_asyncio, without the mock too
"""


def test_nest_asyncio(own_process: OwnProcess) -> None:
    # trio refuses to run in a loop of asyncio.
    own_process(None, launcher=(sys.executable, "-c", IN_A_LOOP), clients=without("httpx-trio"))


@pytest.mark.parametrize("applied_by", ["test", "handler"])
def test_handlers_that_run_loops(script: Callable[..., None], applied_by: str) -> None:
    script(sys.executable, "-c", HANDLERS_WITH_LOOPS, applied_by)
