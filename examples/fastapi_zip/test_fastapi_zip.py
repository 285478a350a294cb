"""The package as it is deployed, with the releases of its requirements, whatever else is installed here."""

from __future__ import annotations

from pathlib import Path

import requests

from moto_lambda_urls import LambdaUrls

APP = Path(__file__).parent / "app"


def test_orders(lambda_urls: LambdaUrls) -> None:
    url = lambda_urls.deploy(
        APP, handler_name="orders.handler", requirements=APP / "requirements.txt", timeout=30, memory_size=512
    )

    created = requests.post(f"{url}orders", json={"sku": "book", "count": 2})
    assert (created.status_code, created.json()) == (201, {"number": 1})
    assert requests.get(f"{url}orders/1").json() == {"order": "2 book"}
    assert requests.get(f"{url}orders/7").json() == {"detail": "no such order"}
    assert requests.post(f"{url}orders", json={"count": "many"}).status_code == 422

    assert str(url.last.placement).startswith("in a process of its own: it bundles ")
