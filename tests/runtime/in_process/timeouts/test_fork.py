"""Timeouts in a process that was forked after an invocation."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = [
    pytest.mark.in_process,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork"),
]

FORKED = """
import os, signal, threading, time, warnings
warnings.simplefilter("ignore")
signal.alarm(20)
import requests
from moto_lambda_urls import mock_lambda_urls

def called(url):
    started = time.monotonic()
    return requests.get(str(url)).status_code, time.monotonic() - started < 4

def in_thread(url):
    got = []
    thread = threading.Thread(target=lambda: got.append(called(url)))
    thread.start()
    thread.join()
    return got[0]

with mock_lambda_urls() as urls:
    quick = urls.deploy(lambda event, context: None, timeout=5)
    slow = urls.deploy(lambda event, context: time.sleep(15), timeout=1)
    print(called(quick), in_thread(quick), flush=True)
    child = os.fork()
    if not child:
        signal.alarm(15)
        print(called(slow), in_thread(slow), called(quick), flush=True)
        os._exit(0)
    print(os.waitpid(child, 0)[1], called(quick), in_thread(quick))
"""


def test_timeouts_in_a_forked_process() -> None:
    ran = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, timeout=60)
    assert (ran.stdout.splitlines(), ran.returncode) == (
        [
            "(200, True) (200, True)",
            "(502, True) (502, True) (200, True)",
            "0 (200, True) (200, True)",
        ],
        0,
    ), ran.stderr
