"""pytest-recording makes cassettes of vcrpy by a marker, and blocks the network but for allowed hosts."""

from __future__ import annotations

from support.beside import Suite

RECORDED = """
import requests


@pytest.mark.vcr
@pytest.mark.block_network(allowed_hosts=["127.0.0.1"])
@mock_lambda_urls
def test_recorded():
    with mock_lambda_urls() as urls:
        functions_answer(urls, CLIENTS)
        server_answers(SERVER, CLIENTS)


@pytest.mark.vcr
@pytest.mark.block_network
def test_blocked(lambda_urls):
    functions_answer(lambda_urls, ["requests", "httpx"])
"""


def test_pytest_recording(suite: Suite) -> None:
    suite("--record-mode=rewrite", source=RECORDED).assert_outcomes(passed=4)
