"""Deliveries as a sender makes them, signed and not."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
import requests
import webhook

from moto_lambda_urls import FunctionUrl, LambdaUrls

SECRET = "s3cret"
DELIVERY = json.dumps({"action": "opened", "title": "Grüße"}, ensure_ascii=False).encode()
FORM = urlencode({"payload": DELIVERY.decode()}).encode()


@pytest.fixture
def url(lambda_urls: LambdaUrls) -> FunctionUrl:
    return lambda_urls.deploy(webhook.handler, environment={"WEBHOOK_SECRET": SECRET})


@pytest.mark.parametrize(
    ("content_type", "body", "is_base64"),
    [
        ("application/json; charset=utf-8", DELIVERY, False),
        ("application/x-www-form-urlencoded", FORM, True),  # function URLs deliver forms in base64
    ],
)
def test_signed(url: FunctionUrl, content_type: str, body: bytes, is_base64: bool) -> None:
    headers = {"Content-Type": content_type, "X-Hub-Signature-256": webhook.sign(body, SECRET)}

    answer = requests.post(f"{url}github", data=body, headers=headers)

    assert (answer.status_code, answer.json()) == (202, {"accepted": "opened"})
    delivered = url.invocations.assert_called_once(method="POST", path="/github")
    assert delivered.event["isBase64Encoded"] is is_base64
    assert delivered.body == body


@pytest.mark.parametrize("signature", [None, "", "sha256=", webhook.sign(DELIVERY, "another"), "sha256=ü"])
def test_badly_signed(url: FunctionUrl, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Hub-Signature-256": signature.encode("latin-1")}

    answer = requests.post(url, data=DELIVERY, headers={"Content-Type": "application/json", **headers})

    assert (answer.status_code, answer.text) == (401, "bad signature")
    assert "refused a delivery from 127.0.0.1" in url.last.logs


def test_tampered(url: FunctionUrl) -> None:
    headers = {"X-Hub-Signature-256": webhook.sign(DELIVERY, SECRET), "Content-Type": "application/json"}

    answer = requests.post(url, data=DELIVERY.replace(b"opened", b"closed"), headers=headers)

    assert answer.status_code == 401
