"""Applications of real frameworks, deployed as the objects that they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from support.web_applications import ASGI, PIECES, WSGI, Application

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.in_process
FRAMEWORKS = (*ASGI, *WSGI)


@pytest.fixture(params=FRAMEWORKS, ids=lambda make: make.__name__)
def application(request: pytest.FixtureRequest) -> Application:
    try:
        made: Application = request.param()
    except ModuleNotFoundError as error:  # it has no release for this Python yet
        pytest.skip(str(error))
    return made


def test_request_and_response(mock: LambdaUrls, application: Application) -> None:
    url = mock.deploy(application)
    answer = requests.post(f"{url}orders/7?q=a%20b", data="hällo".encode(), headers={"Cookie": "theme=dark"})
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "application/json")
    assert answer.json() == {"number": 7, "q": "a b", "body": "hällo", "theme": "dark"}
    assert answer.cookies["seen"] == "yes"
    assert url.last.event["rawPath"] == "/orders/7"
    assert url.last.event["rawQueryString"] == "q=a%20b"


def test_redirect(mock: LambdaUrls, application: Application) -> None:
    url = mock.deploy(application)
    answer = requests.get(f"{url}old", allow_redirects=False)
    assert (answer.status_code, urljoin(url, answer.headers["Location"])) == (303, f"{url}new")


@pytest.mark.parametrize("invoke_mode", ["BUFFERED", "RESPONSE_STREAM"])
def test_pieces(mock: LambdaUrls, application: Application, invoke_mode: Any) -> None:
    answer = requests.get(f"{mock.deploy(application, invoke_mode=invoke_mode)}pieces")
    assert (answer.status_code, answer.content) == (202, b"".join(PIECES))
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_missing_page(mock: LambdaUrls, application: Application) -> None:
    assert requests.get(f"{mock.deploy(application)}nowhere").status_code == 404
