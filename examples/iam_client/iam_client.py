"""A client of an AWS_IAM function URL: signs with the credentials that boto3 finds, tries again when throttled."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, cast

import boto3
import httpx
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


class Signer:
    """Makes the headers that AWS asks for; one signer serves both libraries."""

    def __init__(self, session: boto3.Session) -> None:
        self._credentials = cast(Credentials, session.get_credentials())
        self._region = session.region_name

    def headers(self, method: str, url: str, body: bytes, headers: Mapping[str, object]) -> dict[str, str]:
        """The Authorization header of the request, and those that it covers."""
        covered = {name: str(value) for name, value in headers.items() if name.lower() == "content-type"}
        request = AWSRequest(method=method, url=url, data=body, headers=covered)
        SigV4Auth(self._credentials, "lambda", self._region).add_auth(request)
        return dict(request.headers.items())


class RequestsAuth(requests.auth.AuthBase):
    """``auth=`` of requests."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        assert isinstance(content, bytes), "a body that is streamed cannot be signed"
        request.headers.update(self._signer.headers(str(request.method), str(request.url), content, request.headers))
        return request


class HttpxAuth(httpx.Auth):
    """``auth=`` of httpx, for its sync and its async client."""

    requires_request_body = True

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.update(self._signer.headers(request.method, str(request.url), request.content, request.headers))
        yield request


def make_session(signer: Signer, *, attempts: int = 3) -> requests.Session:
    """A session that signs, and that tries again when the function is throttled."""
    session = requests.Session()
    session.auth = RequestsAuth(signer)
    retry = Retry(total=attempts, status_forcelist=[429], allowed_methods=None, backoff_factor=0.01)
    session.mount("https://", HTTPAdapter(max_retries=retry))
    return session


def price(session: requests.Session, url: str, item: str) -> int:
    """The price of ``item`` in cents.

    :raises requests.HTTPError: the function refused or failed.
    """
    answer = session.post(f"{url}price", json={"item": item})
    answer.raise_for_status()
    return int(answer.json()["cents"])


async def price_async(client: httpx.AsyncClient, url: str, item: str) -> Any:
    """The same with httpx.

    :raises httpx.HTTPStatusError: the function refused or failed.
    """
    answer = await client.post(f"{url}price", json={"item": item})
    answer.raise_for_status()
    return int(answer.json()["cents"])
