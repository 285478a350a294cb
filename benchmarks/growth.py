"""Does a call cost the same when there is much of everything?"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from moto_lambda_urls import Invocation, LambdaUrls
from moto_lambda_urls.control.models import backend_of
from moto_lambda_urls.controller.deployment import RUNTIME, placeholder
from moto_lambda_urls.state.recorder import Requests

from .deployed import REGION, handler, mocked, posting
from .measure import Figure, Subject, Work, compare

ACCOUNT = "123456789012"
MANY_URLS = 1_500
MANY_INVOCATIONS = 100_000


def urls() -> Iterator[Figure]:
    """A call of one URL among many beside one of the only URL."""
    yield compare(
        f"a call with {MANY_URLS:,} URLs",
        _calling(_deploy_many),
        floor=_calling(lambda _: None),
        floor_name="a call with one",
        goal=1.1,
        calls=100,
        rounds=5,
    )


def recorded() -> Iterator[Figure]:
    """A call after many others beside one of the first."""
    yield compare(
        f"a call after {MANY_INVOCATIONS:,}",
        _calling(_record_many),
        floor=_calling(lambda _: None),
        floor_name="a call after none",
        goal=1.1,
        calls=100,
        rounds=5,
    )


def _calling(fill: Callable[[LambdaUrls], None]) -> Subject:
    @contextmanager
    def called() -> Iterator[Work]:
        with mocked() as urls, requests.Session() as session:
            url = str(urls.deploy(handler, name="orders"))
            fill(urls)
            yield lambda: posting(session, url)

    return called


def _deploy_many(urls: LambdaUrls) -> None:
    # Through the backend: through boto3 it takes ten seconds.
    backend = backend_of(ACCOUNT, REGION)
    code = base64.b64encode(placeholder())
    for number in range(MANY_URLS - 1):
        name = f"other-{number}"
        backend.create_function(
            {
                "FunctionName": name,
                "Runtime": RUNTIME,
                "Role": f"arn:aws:iam::{ACCOUNT}:role/moto-lambda-urls",
                "Handler": "app.handler",
                "Code": {"ZipFile": code},
            }
        )
        backend.create_function_url_config(name, {"AuthType": "NONE"})


def _record_many(urls: LambdaUrls) -> None:
    invocations = urls.invocations
    assert isinstance(invocations, Requests)
    for number in range(MANY_INVOCATIONS):
        invocations.add(Invocation(request_id=str(number), function_name="orders"))


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {"urls": urls, "recorded": recorded}
