"""pytest-asyncio runs coroutine functions as tests."""

from __future__ import annotations

from support.beside import Suite

ASYNC = """
import httpx
import pytest


@pytest.mark.asyncio
@mock_lambda_urls
async def test_coroutine():
    with mock_lambda_urls() as urls:
        url = urls.deploy(lambda event, context: event["rawPath"])
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{url}orders")).text == "/orders"
            assert (await client.get(SERVER)).text == "ordinary"


@pytest.mark.asyncio
async def test_fixture_in_a_coroutine(lambda_urls):
    url = lambda_urls.deploy(lambda event, context: event["rawPath"])
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}orders")).text == "/orders"
"""


def test_pytest_asyncio(suite: Suite) -> None:
    suite("-p", "no:randomly", source=ASYNC).assert_outcomes(passed=4)
