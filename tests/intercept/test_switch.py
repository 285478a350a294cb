"""Every client carries every scenario."""

from __future__ import annotations

import pytest
from support.clients import Call, Client, named
from support.scenarios import SCENARIOS, Scenario, answer, seen, sent

from moto_lambda_urls.intercept import install, uninstall
from moto_lambda_urls.messages import Request, Response

pytestmark = pytest.mark.in_process


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("client", named())
def test_scenario(client: Client, scenario: Scenario) -> None:
    arrived: list[Request] = []

    def handle(request: Request) -> Response:
        arrived.append(request)
        return answer(scenario, request)

    install(handle)
    try:
        reply = client.send(
            Call(
                method=scenario.method,
                url=f"https://{scenario.host}{scenario.target}",
                headers=scenario.headers,
                body=scenario.body,
                chunks=scenario.chunks,
            )
        )
    finally:
        uninstall()

    assert [seen(request) for request in arrived] == [sent(scenario)]
    assert (arrived[0].host, arrived[0].source_ip) == (scenario.host, "127.0.0.1")
    assert (reply.status, reply.body) == (scenario.status, scenario.reply_body)
    assert [pair for pair in reply.headers if pair in scenario.reply_headers] == list(scenario.reply_headers)
    lines = {name.lower(): value for name, value in arrived[0].headers}
    assert lines["host"] == scenario.host
    assert {name: lines[name.lower()] for name, _ in scenario.headers} == dict(scenario.headers)
    if scenario.chunks:
        assert lines["transfer-encoding"] == "chunked"
    elif scenario.body:
        assert lines["content-length"] == str(len(scenario.body))
