"""Which hosts are function URLs."""

from __future__ import annotations

import pytest
from support.builders import HOST

from moto_lambda_urls.messages.addresses import function_url_host, function_url_host_of

pytestmark = pytest.mark.in_process


@pytest.mark.parametrize("name", [HOST, HOST.upper(), f"{HOST}.", "x.lambda-url.eu-central-1.on.aws"])
def test_a_function_url_host(name: str) -> None:
    assert function_url_host(name) == name.lower().rstrip(".")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "example.com",
        "lambda.us-east-1.amazonaws.com",
        "lambda-url.us-east-1.on.aws",
        f"{HOST}.example.com",
        f"{HOST}s",
        "x.lambda-url.us-east-1.onxaws",
        "x.lambda-urls.us-east-1.on.aws",
        "x.lambda-url.localhost",
    ],
)
def test_another_host(name: str) -> None:
    assert function_url_host(name) is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://{HOST}",
        f"http://{HOST}/a?b",
        f"https://{HOST}:8443/",
        f"HTTPS://{HOST.upper()}/",
        f"https://u:p@{HOST}/",
    ],
)
def test_a_function_url(url: str) -> None:
    assert function_url_host_of(url) == HOST


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "https://example.com/",
        f"https://example.com/?next=https://{HOST}/",
        f"https://{HOST}@example.com/",
        HOST,
    ],
)
def test_another_url(url: str) -> None:
    assert function_url_host_of(url) is None
