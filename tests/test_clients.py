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
from moto_lambda_urls.state.recorder import InvocationSequence, Requests

pytestmark = pytest.mark.in_process

URL_ID = HOST.partition(".")[0]
STREAM_ID = URL_ID[::-1]


class Answering(Protocol):
    """Functions that answer the scenario that is chosen."""

    requests: Requests
    invocations: InvocationSequence
    placement: str

    def choose(self, scenario: Scenario) -> None: ...


class Deployed:
    """A function that answers ``scenario``, behind a buffered and a streaming URL."""

    placement = "in this process: a registered callable stands in"

    def __init__(self, urls: LambdaUrls) -> None:
        assert isinstance(urls.requests, Requests)
        self.requests, self.invocations = urls.requests, urls.invocations
        self.scenario = SCENARIOS[0]
        urls.deploy(self.buffered, url_id=URL_ID)
        urls.deploy(self.streaming, url_id=STREAM_ID, invoke_mode="RESPONSE_STREAM")

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
        assert isinstance(urls.requests, Requests)
        self.requests, self.invocations = urls.requests, urls.invocations
        self._chosen = folder / "chosen"
        settings: dict[str, Any] = {"environment": {"CHOSEN": str(self._chosen)}, "timeout": 20}
        package = make_zip(PACKAGE)
        urls.deploy(package, handler_name="app.buffered", url_id=URL_ID, **settings)
        streaming = {"handler_name": "app.streaming", "invoke_mode": "RESPONSE_STREAM", **settings}
        urls.deploy(package, url_id=STREAM_ID, **streaming)

    def choose(self, scenario: Scenario) -> None:
        self._chosen.write_text(scenario.name)


@pytest.fixture(scope="module")
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    """Functions in this process, or in their own."""
    with mock_lambda_urls(processes=request.param) as urls:
        yield InProcesses(urls, tmp_path_factory.mktemp("chosen")) if request.param == "always" else Deployed(urls)


CLIENTS = [
    *(pytest.param("auto", *each.values, id=str(each.id)) for each in named()),
    *(pytest.param("always", *each.values, id=f"{each.id}-processes") for each in named()),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize(("deployed", "client"), CLIENTS, indirect=["deployed"])
@pytest.mark.parametrize("mode", ["BUFFERED", "RESPONSE_STREAM"])
def test_scenario(deployed: Answering, mode: str, client: Client, scenario: Scenario) -> None:
    deployed.choose(scenario)
    deployed.requests.clear()
    streamed = mode == "RESPONSE_STREAM"
    host = scenario.host.replace(URL_ID, STREAM_ID) if streamed else scenario.host
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
    assert [echoed(each.event) for each in deployed.invocations] == [sent(scenario)] * known
    for made in deployed.invocations:
        assert str(made.placement) == deployed.placement
        assert {name: made.event["headers"][name.lower()] for name, _ in scenario.headers} == dict(scenario.headers)
        assert (made.event["headers"]["host"], made.status) == (host, scenario.status)
        assert ("x-amzn-requestid", made.request_id) in reply.headers
