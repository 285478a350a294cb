"""pycurl has sockets of its own, which a mock in Python cannot answer."""

from __future__ import annotations

from io import BytesIO

import pycurl
from support import local_server

from moto_lambda_urls import mock_lambda_urls


def test_requests_leave_the_process(server: str) -> None:
    port = server.rstrip("/").rpartition(":")[2]
    received = BytesIO()
    with mock_lambda_urls() as urls:
        url = urls.deploy(lambda event, context: "never called")
        curl = pycurl.Curl()
        host = str(url).removeprefix("https://").rstrip("/")
        curl.setopt(pycurl.URL, f"http://{host}:{port}/")
        curl.setopt(pycurl.RESOLVE, [f"{host}:{port}:127.0.0.1"])
        curl.setopt(pycurl.WRITEDATA, received)
        curl.perform()
        curl.close()
        assert (received.getvalue(), list(urls.invocations)) == (local_server.BODY, [])
