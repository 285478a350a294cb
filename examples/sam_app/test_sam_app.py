"""The template is deployed as it is on the disk."""

from __future__ import annotations

from pathlib import Path

import requests

from moto_lambda_urls import LambdaUrls

TEMPLATE = Path(__file__).with_name("template.yaml")


def test_guest_book(lambda_urls: LambdaUrls) -> None:
    url = lambda_urls.deploy_template(TEMPLATE).url("GuestBook")

    assert requests.post(url, json={"name": "Ada"}).text == "hello Ada"
    assert requests.get(url).json() == ["Ada"]


def test_change(lambda_urls: LambdaUrls) -> None:
    stack = lambda_urls.deploy_template(TEMPLATE)
    url = stack.outputs["GuestBookUrl"]
    requests.post(url, json={"name": "Ada"})

    stack.update(TEMPLATE, parameters={"Greeting": "welcome"})

    assert requests.post(url, json={"name": "Grace"}).text == "welcome Grace"
    assert requests.get(url).json() == ["Ada", "Grace"]
