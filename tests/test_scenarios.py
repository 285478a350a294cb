"""Every scenario through a deployed function: here, in a process of its own, and on a server (TEST_SERVER_MODE)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from moto import settings
from support.builders import HOST, make_zip
from support.clients import Call, with_requests
from support.scenarios import SCENARIOS, Failure, Scenario, echoed, sent

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls

STREAMING = """
def handler(event, context):
    yield b"one,"
    yield b"two"
"""


PLACES = {"auto": "here", "always": "process"}
"""Where a package without distributions runs; a server, whose option counts there, has all in processes."""


@pytest.fixture(scope="module", params=["always"] if settings.TEST_SERVER_MODE else PLACES)
def processes(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def urls(processes: Any) -> Iterator[LambdaUrls]:
    with mock_lambda_urls(processes="auto" if settings.TEST_SERVER_MODE else processes) as running:
        yield running


def deployed(urls: LambdaUrls, scenario: Scenario) -> FunctionUrl:
    failed = isinstance(scenario.result, Failure)
    body = "raise LookupError" if failed else f"return {scenario.result!r}"
    return urls.deploy(make_zip(f"def handler(event, context): {body}"), timeout=20)


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.host == HOST], ids=lambda each: each.name)
def test_scenario(urls: LambdaUrls, processes: str, scenario: Scenario) -> None:
    url = deployed(urls, scenario)
    reply = with_requests(
        Call(
            method=scenario.method,
            url=f"{url.removesuffix('/')}{scenario.target}",
            headers=scenario.headers,
            body=scenario.body,
            chunks=scenario.chunks,
        )
    )
    assert (reply.status, reply.body) == (scenario.status, scenario.reply_body)
    assert sorted(pair for pair in reply.headers if pair in scenario.reply_headers) == sorted(scenario.reply_headers)
    (invocation,) = url.invocations
    assert echoed(invocation.event) == sent(scenario)
    assert invocation.event["requestContext"]["domainName"] == f"{url.url_id}.lambda-url.us-east-1.on.aws"
    lines = invocation.event["headers"]
    assert {name: lines[name.lower()] for name, _ in scenario.headers} == dict(scenario.headers)
    assert invocation.status == scenario.status
    assert (invocation.error is not None) == isinstance(scenario.result, Failure)
    assert invocation.placement is not None
    assert invocation.placement.place == PLACES[processes]


def test_streamed(urls: LambdaUrls) -> None:
    url = urls.deploy(make_zip(STREAMING), invoke_mode="RESPONSE_STREAM")
    with requests.get(url, stream=True) as got:
        assert got.raw.headers["transfer-encoding"] == "chunked"
        assert b"".join(got.iter_content(None)) == b"one,two"


def test_gone(urls: LambdaUrls) -> None:
    url = urls.deploy(make_zip(STREAMING))
    urls.client("lambda").delete_function_url_config(FunctionName=url.function_name)
    gone = requests.get(url)
    assert (gone.status_code, gone.headers["x-amzn-errortype"], gone.json()) == (
        403,
        "AccessDeniedException",
        {"Message": None},
    )
