"""The folder is deployed as it is on the disk, with its templates."""

from __future__ import annotations

from pathlib import Path

import requests

from moto_lambda_urls import LambdaUrls

APP = Path(__file__).parent / "app"


def test_blog(lambda_urls: LambdaUrls) -> None:
    url = lambda_urls.deploy(APP)
    browser = requests.Session()

    assert browser.post(f"{url}posts", data={"text": "hello"}).text == "log in first"
    assert "Publish as Ada" in browser.post(f"{url}login", data={"author": "Ada"}).text  # a redirect, with a cookie
    assert "<li>Ada: &lt;hello&gt;</li>" in browser.post(f"{url}posts", data={"text": "<hello>"}).text

    login = url.invocations[1]
    assert login.event["isBase64Encoded"]  # function URLs deliver forms in base64
    assert login.result["statusCode"] == 302
