"""The API as another origin's page sees it, in process; page and API in the server; all of it in a browser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import cors_spa
import pytest
import requests

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=5000")


@pytest.fixture(autouse=True)
def _no_notes() -> None:
    cors_spa.NOTES.clear()


def test_preflight(lambda_urls: LambdaUrls) -> None:
    site, notes = cors_spa.deploy(lambda_urls)
    asked = {
        "Origin": cors_spa.origin_of(site),
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }

    answer = requests.options(notes, headers=asked)

    allowed = {name.lower(): value for name, value in answer.headers.items() if name.lower().startswith("access-")}
    assert allowed == {
        "access-control-allow-origin": cors_spa.origin_of(site),
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "content-type",
        "access-control-max-age": "300",
    }
    notes.invocations.assert_not_called()  # AWS answers preflights itself


def test_other_origin(lambda_urls: LambdaUrls) -> None:
    _, notes = cors_spa.deploy(lambda_urls)

    answer = requests.get(notes, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 200  # CORS keeps the answer from the page, not the request from the function
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer(url_style="host") as running:
        yield running


def ask(server: LambdaUrlsServer, url: str) -> requests.Response:
    """GET ``url`` at the server, whatever this machine makes of names below localhost."""
    return requests.get(server.endpoint_url, headers={"Host": urlsplit(url).netloc})


def test_server(server: LambdaUrlsServer) -> None:
    site, notes = cors_spa.deploy(server.urls)

    assert f'const api = "{notes}"' in ask(server, site).text
    assert ask(server, notes).json() == []


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
@pytest.mark.parametrize(("cors", "status"), [(True, "1 notes"), (False, "the browser refused")])
def test_browser(server: LambdaUrlsServer, tmp_path: Path, cors: bool, status: str) -> None:
    site, _ = cors_spa.deploy(server.urls)
    if not cors:
        server.urls.client("lambda").update_function_url_config(
            FunctionName="notes", Cors={"AllowOrigins": ["https://b"]}
        )

    shown = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={tmp_path}", "--dump-dom", f"{site}?add"],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert f'<p id="status">{status}</p>' in shown.stdout, shown.stdout + shown.stderr
    assert list(cors_spa.NOTES) == (["milk"] if cors else [])
