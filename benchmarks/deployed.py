"""Function URLs to measure, and the request that is sent to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
import responses

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

REGION = "us-east-1"
ELSEWHERE = "https://api.example.com/"
BODY = json.dumps({"order": 4711, "items": [{"sku": "A-1", "count": 2}, {"sku": "B-22", "count": 1}], "note": "x" * 24})
BODY = BODY + " " * (115 - len(BODY))
HEADERS = {"Content-Type": "application/json"}
ANSWER = '{"accepted": true}'


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """What a small handler does: read the body, answer with JSON."""
    order = json.loads(event["body"])
    return {"statusCode": 200 if order["items"] else 400, "headers": HEADERS, "body": ANSWER}


@contextmanager
def mocked() -> Iterator[LambdaUrls]:
    """A mock; the credentials and the region are the mock's."""
    with mock_lambda_urls() as urls:
        yield urls


@contextmanager
def answered_by_callback() -> Iterator[str]:
    """The URL of what users have today: a bare callback of ``responses`` that does what the handler does."""

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        found = handler({"body": request.body}, None)
        return found["statusCode"], {}, found["body"]

    with responses.RequestsMock() as mock:
        mock.add_callback(responses.POST, ELSEWHERE, answer, content_type="application/json")
        yield ELSEWHERE


def posting(session: requests.Session, url: str, headers: dict[str, str] = HEADERS) -> None:
    """One POST of the body, its answer checked."""
    response = session.post(url, data=BODY, headers=headers)
    assert response.status_code == 200, response.text
    assert response.text == ANSWER
