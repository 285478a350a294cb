"""Every client carries every scenario to deployed functions, buffered and streamed, here and in processes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from support.builders import HOST, make_zip
from support.clients import Call, Client, named
from support.scenarios import SCENARIOS, Failure, Scenario, echoed, sent

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.state.recorder import Requests

pytestmark = pytest.mark.in_process

URL_ID = HOST.partition(".")[0]
URL_IDS = {
    ("here", "BUFFERED"): URL_ID,
    ("here", "RESPONSE_STREAM"): URL_ID[::-1],
    ("process", "BUFFERED"): URL_ID[1:] + URL_ID[:1],
    ("process", "RESPONSE_STREAM"): URL_ID[2:] + URL_ID[:2],
}
"""By where the function runs and the URL's InvokeMode."""


class Answering(Protocol):
    """Functions that answer the scenario that is chosen; ``placement`` is where they run, and why."""

    placement: str

    def choose(self, scenario: Scenario) -> None: ...


class Deployed:
    """A function that answers ``scenario``, behind a buffered and a streaming URL."""

    placement = "in this process: a registered callable stands in"

    def __init__(self, urls: LambdaUrls) -> None:
        self.scenario = SCENARIOS[0]
        urls.deploy(self.buffered, url_id=URL_IDS["here", "BUFFERED"])
        urls.deploy(self.streaming, url_id=URL_IDS["here", "RESPONSE_STREAM"], invoke_mode="RESPONSE_STREAM")

    def choose(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def buffered(self, _event: dict[str, Any], _context: object) -> dict[str, Any]:
        if isinstance(self.scenario.result, Failure):
            raise self.scenario.result
        return self.scenario.result

    def streaming(self, event: dict[str, Any], context: object) -> Iterator[dict[str, Any] | bytes]:
        result = {**self.buffered(event, context)}
        body = result.pop("body", "")
        content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
        yield result
        yield content[:1]
        yield content[1:]


RESULTS = {each.name: None if isinstance(each.result, Failure) else each.result for each in SCENARIOS}
PACKAGE = f"""
import base64, os
RESULTS = {RESULTS!r}
def buffered(event, context):
    result = RESULTS[open(os.environ["CHOSEN"]).read()]
    if result is None:
        raise LookupError("no")
    return result
def streaming(event, context):
    result = dict(buffered(event, context))
    body = result.pop("body", "")
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    yield result
    yield content[:1]
    yield content[1:]
"""


class InProcesses:
    """The same functions as packages, which run in processes of their own; a file says which scenario it is."""

    placement = 'in a process of its own: processes="always"'

    def __init__(self, urls: LambdaUrls, folder: Path) -> None:
        self._chosen = folder / "chosen"
        settings: dict[str, Any] = {"environment": {"CHOSEN": str(self._chosen)}, "timeout": 20}
        package = make_zip(PACKAGE)
        urls.deploy(package, handler_name="app.buffered", url_id=URL_IDS["process", "BUFFERED"], **settings)
        streaming = {"handler_name": "app.streaming", "invoke_mode": "RESPONSE_STREAM", **settings}
        urls.deploy(package, url_id=URL_IDS["process", "RESPONSE_STREAM"], **streaming)

    def choose(self, scenario: Scenario) -> None:
        self._chosen.write_text(scenario.name)


@pytest.fixture(scope="module")
def urls() -> Iterator[LambdaUrls]:
    with mock_lambda_urls(processes="always") as running:
        yield running


@pytest.fixture(scope="module")
def functions(urls: LambdaUrls, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answering]:
    """Functions of this process, and others whose packages run in their own."""
    return {"here": Deployed(urls), "process": InProcesses(urls, tmp_path_factory.mktemp("chosen"))}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("client", named())
@pytest.mark.parametrize(("place", "mode"), URL_IDS, ids="-".join)
def test_scenario(
    urls: LambdaUrls, functions: dict[str, Answering], place: str, mode: str, client: Client, scenario: Scenario
) -> None:
    functions[place].choose(scenario)
    assert isinstance(urls.requests, Requests)
    urls.requests.clear()
    streamed = mode == "RESPONSE_STREAM"
    host = scenario.host.replace(URL_ID, URL_IDS[place, mode])
    call = Call(
        method=scenario.method,
        url=f"https://{host}{scenario.target}",
        headers=scenario.headers,
        body=scenario.body,
        chunks=scenario.chunks,
    )

    reply = client.send(call)

    expected = [pair for pair in scenario.reply_headers if not streamed or pair[0] != "content-length"]
    assert (reply.status, reply.body) == (scenario.status, scenario.reply_body)
    assert [pair for pair in reply.headers if pair in expected] == expected
    known = scenario.host == HOST
    assert [echoed(each.event) for each in urls.invocations] == [sent(scenario)] * known
    for made in urls.invocations:
        assert str(made.placement) == functions[place].placement
        assert {name: made.event["headers"][name.lower()] for name, _ in scenario.headers} == dict(scenario.headers)
        assert (made.event["headers"]["host"], made.status) == (host, scenario.status)
        assert ("x-amzn-requestid", made.request_id) in reply.headers
