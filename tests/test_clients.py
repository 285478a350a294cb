"""Every client carries every scenario to deployed functions, buffered and streamed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from support.builders import HOST
from support.clients import Call, Client, named
from support.scenarios import SCENARIOS, Failure, Scenario, echoed, sent

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.state.recorder import Invocations

pytestmark = pytest.mark.in_process

URL_ID = HOST.partition(".")[0]
STREAM_ID = URL_ID[::-1]


class Deployed:
    """A function that answers ``scenario``, behind a buffered and a streaming URL."""

    def __init__(self, urls: LambdaUrls) -> None:
        assert isinstance(urls.invocations, Invocations)
        self.invocations = urls.invocations
        self.scenario = SCENARIOS[0]
        urls.deploy(self.buffered, url_id=URL_ID)
        urls.deploy(self.streaming, url_id=STREAM_ID, invoke_mode="RESPONSE_STREAM")

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


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with mock_lambda_urls() as urls:
        yield Deployed(urls)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("client", named())
@pytest.mark.parametrize("mode", ["BUFFERED", "RESPONSE_STREAM"])
def test_scenario(deployed: Deployed, mode: str, client: Client, scenario: Scenario) -> None:
    deployed.scenario = scenario
    deployed.invocations.clear()
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
        assert {name: made.event["headers"][name.lower()] for name, _ in scenario.headers} == dict(scenario.headers)
        assert (made.event["headers"]["host"], made.status) == (host, scenario.status)
        assert ("x-amzn-requestid", made.request_id) in reply.headers
