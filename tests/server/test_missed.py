from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from moto_lambda_urls import LambdaUrlsServer


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer(url_style="path") as running:
        yield running


def away(request: Request) -> RedirectResponse:
    return RedirectResponse(f"/{request.path_params['path']}", 303)


SITE = Starlette(routes=[Route("/to/{path:path}", away)])


@pytest.mark.parametrize("path", ["login", "orders/7", "orders/"])
def test_redirect_that_misses_the_function(server: LambdaUrlsServer, path: str) -> None:
    answer = requests.get(f"{server.urls.deploy(SITE)}to/{path}")
    bucket = path.partition("/")[0]
    assert (answer.status_code, answer.url) == (404, f"{server.endpoint_url}/{path}")
    assert answer.text == (
        f"There is no bucket {bucket!r} here.\n\nIf a link, form or redirect of a function has led here: its URL is a "
        "path, /_aws/lambda-url/<id>/, and what begins with / leaves\nit. moto-lambda-urls server --url-style port "
        "gives each function a port of its own, where such links stay.\n"
    )


def test_form_that_misses_the_function(server: LambdaUrlsServer) -> None:
    server.urls.deploy(SITE)
    answer = requests.post(f"{server.endpoint_url}/login", data={"name": "Ada"})
    assert (answer.status_code, "There is no bucket 'login' here." in answer.text) == (404, True)


def test_unsigned_call_of_an_api_is_told_to_sign(server: LambdaUrlsServer) -> None:
    server.urls.deploy(SITE)
    answer = requests.post(f"{server.endpoint_url}/2015-03-31/functions", json={})
    assert (answer.status_code, "Sign it with Signature Version 4" in answer.json()["message"]) == (403, True)


def test_bucket_in_the_answer_is_no_page(server: LambdaUrlsServer) -> None:
    server.urls.deploy(SITE)
    answer = requests.get(f"{server.endpoint_url}/%3Cscript%3E%0D%0AX-Forged:%201%1B[31m/page.html")
    assert answer.text.startswith(r"There is no bucket '<script>\r\nX-Forged: 1\x1b[31m' here.")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (answer.headers["Content-Security-Policy"], "X-Forged" in answer.headers) == ("sandbox", False)


def test_absolute_redirect_stays(server: LambdaUrlsServer) -> None:
    site = Starlette(routes=[Route("/old", lambda request: RedirectResponse(request.base_url.replace(path="/new")))])
    url = server.urls.deploy(site)
    assert requests.get(f"{url}old", allow_redirects=False).headers["Location"] == f"{url}new"


def test_bucket_that_is_there(server: LambdaUrlsServer) -> None:
    url = server.urls.deploy(SITE)
    server.urls.client("s3").create_bucket(Bucket="login")
    server.urls.client("s3").put_object(Bucket="login", Key="page", Body=b"page", ACL="public-read")
    assert requests.get(f"{url}to/login/page").text == "page"


def test_clients_of_s3_get_its_own_answer(server: LambdaUrlsServer) -> None:
    s3 = server.urls.client("s3")
    missing = requests.get(f"{server.endpoint_url}/nothing/key")
    assert "<Code>NoSuchBucket</Code>" in missing.text  # no function URL is there
    server.urls.deploy(SITE)
    presigned = requests.get(s3.generate_presigned_url("get_object", {"Bucket": "nothing", "Key": "key"}))
    assert "<Code>NoSuchBucket</Code>" in presigned.text
    for client in (
        s3,
        boto3.client("s3", "us-east-1", endpoint_url=server.endpoint_url, config=Config(signature_version=UNSIGNED)),
    ):
        with pytest.raises(client.exceptions.NoSuchBucket):
            client.get_object(Bucket="nothing", Key="key")
