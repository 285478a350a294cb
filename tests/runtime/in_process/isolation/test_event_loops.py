"""A handler has an event loop of its own, in whatever thread it runs and whatever the test does with asyncio."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.runtime.in_process.isolation.event_loops import current_policy, set_policy

pytestmark = pytest.mark.in_process

Deploy = Callable[[Callable[[Any, Any], Any]], str]


async def answer() -> int:
    return 42


def with_current_loop(event: Any, context: Any) -> int:
    """What Mangum does with asyncio."""
    return asyncio.get_event_loop().run_until_complete(answer())


def with_new_loop(event: Any, context: Any) -> int:
    return asyncio.run(answer())


def with_loop_that_it_sets(event: Any, context: Any) -> int:
    with closing(asyncio.new_event_loop()) as loop:
        asyncio.set_event_loop(loop)
        return with_current_loop(event, context)


@pytest.mark.parametrize("handler", [with_current_loop, with_new_loop, with_loop_that_it_sets])
def test_in_worker_threads(mock: LambdaUrls, handler: Callable[[Any, Any], Any]) -> None:
    url = mock.deploy(handler)
    with ThreadPoolExecutor(8) as pool:
        assert [response.text for response in pool.map(requests.get, [url] * 32)] == ["42"] * 32


@pytest.mark.parametrize("handler", [with_current_loop, with_new_loop])
async def test_inside_the_loop_of_a_test(mock: LambdaUrls, handler: Callable[[Any, Any], Any]) -> None:
    assert requests.get(mock.deploy(handler)).text == "42"
    assert asyncio.get_running_loop() is asyncio.get_event_loop()


def test_after_the_test_ran_a_loop(mock: LambdaUrls) -> None:
    asyncio.run(answer())  # leaves the main thread without a current loop
    assert requests.get(mock.deploy(with_current_loop)).text == "42"


@pytest.mark.parametrize("loop", ["", "asyncio.set_event_loop(asyncio.new_event_loop())"])
def test_a_module_that_sets_a_policy(
    mock: LambdaUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop: str
) -> None:
    monkeypatch.delitem(sys.modules, "sets_a_policy", raising=False)
    (tmp_path / "sets_a_policy.py").write_text(f"""
import asyncio, warnings

warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.14
policy = asyncio.DefaultEventLoopPolicy()
asyncio.set_event_loop_policy(policy)
{loop}

async def answer():
    return asyncio.get_event_loop_policy() is policy

def handler(event, context):
    return asyncio.get_event_loop().run_until_complete(answer())
""")
    monkeypatch.syspath_prepend(tmp_path)
    policy = current_policy()
    before = dict(vars(policy._local))
    url = mock.deploy("sets_a_policy.handler")
    assert [requests.get(url).text for _ in range(2)] == ["true", "true"]
    assert current_policy() is policy
    assert vars(policy._local) == before


def test_a_policy_that_delegates(mock: LambdaUrls) -> None:
    url, inner = mock.deploy(with_current_loop), current_policy()
    policy: Any = next(each for each in type(inner).__mro__ if each.__name__.endswith("AbstractEventLoopPolicy"))

    class Delegating(policy):  # type: ignore[misc]  # Python 3.14 has another name for it
        def get_event_loop(self) -> Any:
            return inner.get_event_loop()

        def set_event_loop(self, loop: asyncio.AbstractEventLoop | None) -> None:
            inner.set_event_loop(loop)

        def new_event_loop(self) -> Any:
            return inner.new_event_loop()

    before = dict(vars(inner._local))
    set_policy(Delegating())
    try:
        assert [requests.get(url).text for _ in range(2)] == ["42", "42"]
    finally:
        set_policy(inner)
    assert vars(inner._local) == before


def test_one_loop_per_warm_environment(mock: LambdaUrls) -> None:
    seen = []

    def handler(event: Any, context: Any) -> None:
        seen.append(asyncio.get_event_loop())

    url, other = mock.deploy(handler), mock.deploy(handler)
    for each in (url, url, other):
        assert requests.get(each).status_code == 200
    assert seen[0] is seen[1]
    assert seen[0] is not seen[2]


MODULE = """
import asyncio

asyncio.set_event_loop(asyncio.new_event_loop())


async def answer():
    return 42


def handler(event, context):
    return asyncio.get_event_loop().run_until_complete(answer())
"""


def test_loop_set_at_import_is_there_in_every_thread(deploy: Callable[..., str]) -> None:
    url = deploy(files=MODULE)
    with ThreadPoolExecutor(8) as pool:
        assert [response.text for response in pool.map(requests.get, [url] * 32)] == ["42"] * 32


def test_run_leaves_no_loop_behind_as_in_the_main_thread(mock: LambdaUrls) -> None:
    def handler(event: Any, context: Any) -> str:
        asyncio.run(answer())
        with pytest.raises(RuntimeError, match="There is no current event loop in thread 'MainThread'"):
            asyncio.get_event_loop()
        return "checked"

    assert requests.get(mock.deploy(handler)).text == "checked"


@pytest.mark.parametrize("make", [asyncio.get_event_loop, asyncio.new_event_loop])
def test_loops_are_closed_with_the_mock(make: Callable[[], asyncio.AbstractEventLoop]) -> None:
    kept = []

    def handler(event: Any, context: Any) -> None:
        asyncio.set_event_loop(make())
        kept.append(asyncio.get_event_loop())

    with mock_lambda_urls() as urls:
        requests.get(urls.deploy(handler))
    gc.collect()
    assert kept[0].is_closed()
