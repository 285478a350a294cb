"""A program of Go's, built here and run as AWS runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from moto_lambda_urls import FunctionUrl, LambdaUrls

APP = Path(__file__).parent / "app"


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program alone, under the name that AWS calls."""
    if shutil.which("go") is None:
        pytest.skip("there is no go")
    folder = tmp_path_factory.mktemp("package")
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
    subprocess.run(["go", "build", "-o", folder / "bootstrap"], cwd=APP, env={**os.environ, **settings}, check=True)
    return folder


@pytest.fixture
def url(lambda_urls: LambdaUrls, package: Path) -> FunctionUrl:
    settings = {"CURRENCY": "EUR"}
    return lambda_urls.deploy(package, handler_name="bootstrap", runtime="provided.al2023", environment=settings)


def test_order(url: FunctionUrl) -> None:
    answer = requests.get(f"{url}orders/7")

    assert (answer.status_code, answer.text) == (200, "order 7 in EUR")
    assert "\nlooking up 7\n" in url.last.logs


def test_error(url: FunctionUrl) -> None:
    assert requests.get(f"{url}nowhere").status_code == 502
    assert url.last.error is not None
    assert (url.last.error.type, url.last.error.message) == ("NoRoute", "no route for /nowhere")
