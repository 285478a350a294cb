"""Handlers in a process where gevent has made threads greenlets."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("gevent")
pytestmark = pytest.mark.in_process

PATCHED = """
from gevent import monkey
monkey.patch_all()
import faulthandler, signal, threading, time
import gevent
faulthandler.dump_traceback_later(25, exit=True)
import requests
from moto_lambda_urls import mock_lambda_urls

def sleep(event, context):
    time.sleep(20)

def careless(event, context):
    try:
        time.sleep(20)
    except BaseException:
        return "finished all the same"

def outer(event, context):
    return {"statusCode": 200, "body": str(requests.get(event["queryStringParameters"]["inner"]).status_code)}

def compute(event, context):
    while True:
        pass

def careless_too(event, context):
    try:
        compute(event, context)
    except BaseException:
        return "finished all the same"

with mock_lambda_urls() as urls:
    slow = urls.deploy(sleep, timeout=1)
    started = time.monotonic()
    print(requests.get(str(slow)).status_code, time.monotonic() - started < 3)
    print(requests.get(str(urls.deploy(careless, timeout=1))).status_code)
    before = signal.getsignal(signal.SIGURG)
    computing = urls.deploy(compute, timeout=1)
    started = time.monotonic()
    print(requests.get(str(computing)).status_code, time.monotonic() - started < 3)
    print(requests.get(str(urls.deploy(careless_too, timeout=1))).status_code)
    print(requests.get(str(urls.deploy(outer, timeout=5)), params={"inner": str(computing)}).text)
    within = urls.deploy(lambda event, context: requests.get(str(urls.deploy(compute, timeout=20))).text, timeout=1)
    print(requests.get(str(within)).status_code)
    patient = urls.deploy(lambda event, context: time.sleep(2.5), timeout=9)
    waiting = gevent.spawn(lambda: requests.get(str(patient)).status_code)
    gevent.sleep(0.1)
    print(requests.get(str(computing)).status_code, waiting.get(), signal.getsignal(signal.SIGURG) is before)
    print(requests.get(str(urls.deploy(outer, timeout=5)), params={"inner": str(slow)}).text)
    statuses = []
    quick = urls.deploy(lambda event, context: time.sleep(0.2), timeout=2)
    threads = [threading.Thread(target=lambda: statuses.append(requests.get(str(quick)).status_code)) for _ in range(8)]
    started = time.monotonic()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    print(statuses, time.monotonic() - started < 1.5)
"""


def test_timeouts_under_gevent() -> None:
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", PATCHED], capture_output=True, text=True, timeout=60)
    assert (ran.stdout.splitlines(), ran.returncode) == (
        ["502 True", "502", "502 True", "502", "502", "502", "502 200 True", "502", f"{[200] * 8} True"],
        0,
    ), ran.stderr


ENDED = """
from gevent import monkey
monkey.patch_all()
import faulthandler, time
import gevent
faulthandler.dump_traceback_later(50, exit=True)
import httpx
import requests
from moto_lambda_urls import mock_lambda_urls

def sleep(event, context):
    time.sleep(40)

def own_timeout(event, context):
    with gevent.Timeout(0.01):
        time.sleep(40)

def own_exit(event, context):
    raise gevent.GreenletExit("own")

with mock_lambda_urls() as urls:
    url = str(urls.deploy(sleep, timeout=30))
    for ask in (requests.get, httpx.get):
        try:
            with gevent.Timeout(0.2) as timeout:
                print(ask(url, timeout=35))
        except gevent.Timeout as error:
            print("the caller's own", error is timeout)
        with gevent.Timeout(0.2, False):
            print(ask(url, timeout=35))
        asking = gevent.spawn(ask, url, timeout=35)
        gevent.sleep(0.2)
        asking.kill(timeout=20)
        print(asking.dead, repr(asking.value))
    print(requests.get(str(urls.deploy(own_timeout))).status_code, requests.get(str(urls.deploy(own_exit))).status_code)
    print(requests.get(str(urls.deploy(lambda event, context: "still"))).text)
"""


def test_caller_that_gevent_ends() -> None:
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", ENDED], capture_output=True, text=True, timeout=90)
    ended = ["the caller's own True", "True GreenletExit()"]
    assert (ran.stdout.splitlines(), ran.returncode) == ([*ended, *ended, "502 502", "still"], 0), ran.stderr
