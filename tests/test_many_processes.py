"""Many functions in processes at once: no answer is crossed or lost, and none costs more than the one before."""

from __future__ import annotations

import resource
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import mock_lambda_urls
from moto_lambda_urls.state.recorder import Requests

pytestmark = pytest.mark.in_process

FUNCTIONS, THREADS = 20, 16


def answering(name: str, revision: int) -> bytes:
    """A package that answers its name, its revision and what it was asked."""
    return make_zip(
        f"REVISION = {revision}\n"
        "def handler(event, context):\n"
        f"    assert context.function_name == {name!r}\n"
        "    print('asked', event['rawPath'])\n"
        f"    return {{'statusCode': 200, 'body': '{name} ' + str(REVISION) + ' ' + event['rawPath']}}"
    )


def test_none_is_crossed_or_lost_while_code_is_updated() -> None:
    names = [f"orders-{number}" for number in range(FUNCTIONS)]
    with mock_lambda_urls(processes="always") as urls:
        deployed = {name: str(urls.deploy(answering(name, 0), name=name, timeout=60)) for name in names}
        client = urls.client("lambda")
        revisions = dict.fromkeys(names, 0)
        done = threading.Event()

        def update() -> None:
            for revision in (1, 2):
                for name in names[::2]:
                    if not done.is_set():
                        client.update_function_code(FunctionName=name, ZipFile=answering(name, revision))
                        revisions[name] = revision

        def ask(number: int) -> None:
            name = names[number % FUNCTIONS]
            oldest = revisions[name]
            answer = requests.get(f"{deployed[name]}{number}", timeout=120)
            who, revision, path = answer.text.split()
            assert (answer.status_code, who, path) == (200, name, f"/{number}")
            assert oldest <= int(revision) <= 2

        with ThreadPoolExecutor(THREADS + 1) as threads:
            updating = threads.submit(update)
            try:
                list(threads.map(ask, range(12 * FUNCTIONS)))
            finally:
                done.set()
            updating.result()
        made = urls.invocations
        assert len(made) == 12 * FUNCTIONS
        for invocation in made:
            assert invocation.path is not None
            assert f"\nasked {invocation.path}\n" in invocation.logs
            assert invocation.function_name == names[int(invocation.path[1:]) % FUNCTIONS]


def test_memory_is_flat() -> None:
    with mock_lambda_urls(processes="always") as urls, requests.Session() as session:
        url = urls.deploy(answering("orders", 0), name="orders", timeout=20)
        recorded = urls.requests
        assert isinstance(recorded, Requests)

        def ask(times: int) -> int:
            for _ in range(times):
                assert session.get(f"{url}x").status_code == 200
            recorded.clear()
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        before = ask(300)
        assert ask(1000) - before < 6 * 1024
