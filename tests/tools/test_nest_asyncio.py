"""nest_asyncio changes asyncio for good, so that loops run in loops: in processes of their own."""

from __future__ import annotations

import sys

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


def test_nest_asyncio(own_process: OwnProcess) -> None:
    # trio refuses to run in a loop of asyncio.
    own_process(None, launcher=(sys.executable, "-c", IN_A_LOOP), clients=without("httpx-trio"))
