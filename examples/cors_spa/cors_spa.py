"""A web page and the API that it calls, each behind a function URL: two origins, so that CORS decides."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from moto_lambda_urls import FunctionUrl, LambdaUrls, LambdaUrlsServer

PAGE = Path(__file__).with_name("page.html")
NOTES: list[str] = []


def page(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The page, which is told where the API is."""
    html = PAGE.read_text(encoding="utf-8").replace("{{ api }}", os.environ["API"])
    return {"statusCode": 200, "headers": {"Content-Type": "text/html; charset=utf-8"}, "body": html}


def api(event: dict[str, Any], context: object) -> dict[str, Any]:
    """GET gives the notes, PUT adds one. No word of CORS in the code: the URL's configuration does it."""
    if event["requestContext"]["http"]["method"] == "PUT":
        NOTES.append(json.loads(event["body"])["note"])
    return {"statusCode": 200, "headers": {"X-Notes": str(len(NOTES))}, "body": json.dumps(NOTES)}


def origin_of(url: str) -> str:
    """What a browser sends as the Origin of a page at ``url``."""
    return "/".join(url.split("/")[:3])


def deploy(urls: LambdaUrls) -> tuple[FunctionUrl, FunctionUrl]:
    """The URLs of page and API. The page is deployed first: the API must know whom to let in."""
    site = urls.deploy(page, name="page")
    notes = urls.deploy(
        api,
        name="notes",
        cors={
            "AllowOrigins": [origin_of(site)],
            "AllowMethods": ["GET", "PUT"],
            "AllowHeaders": ["content-type"],
            "ExposeHeaders": ["x-notes"],
            "MaxAge": 300,
        },
    )
    urls.client("lambda").update_function_configuration(FunctionName="page", Environment={"Variables": {"API": notes}})
    return site, notes


if __name__ == "__main__":
    with LambdaUrlsServer(port=5000, url_style="host") as server:
        print(f"Open {deploy(server.urls)[0]}")
        input("Enter stops it.\n")
