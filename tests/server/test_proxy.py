"""moto's proxy with function URLs, in this process."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from moto.moto_api._internal.models import moto_api_backend

from moto_lambda_urls.server.proxy import RunningProxy, running_proxy

pytestmark = pytest.mark.in_process


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))


@pytest.fixture
def proxy() -> Iterator[RunningProxy]:
    with running_proxy(host="127.0.0.1", port=0, authorization="off") as running:
        yield running


@pytest.mark.parametrize("before", [{}, {"MOTO_PORT": "5000", "TEST_PROXY_MODE": "false"}])
def test_variables_of_the_proxy_last_as_long_as_it(monkeypatch: pytest.MonkeyPatch, before: dict[str, Any]) -> None:
    for name in ("MOTO_PORT", "TEST_PROXY_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    with running_proxy(host="127.0.0.1", port=0, authorization="standard") as proxy:
        port = before.get("MOTO_PORT", proxy.url.rpartition(":")[2])
        assert dict(os.environ) == {**environment, "MOTO_PORT": port, "TEST_PROXY_MODE": "true"}
        unknown = "http://abcdefghij.lambda-url.us-east-1.on.aws/"
        assert requests.get(unknown, proxies={"http": proxy.url}).json() == {"Message": None}
    assert dict(os.environ) == environment


def test_tls_is_answered_for_every_host_of_aws(proxy: RunningProxy) -> None:
    for host, expected in (
        ("abcdefghij.lambda-url.us-east-1.on.aws", (403, {"Message": None})),
        ("api.example.org", (404, None)),
    ):
        response = requests.get(
            f"https://{host}/", proxies={"https": proxy.url}, verify=str(proxy.ca_bundle), timeout=10
        )
        assert (response.status_code, response.json() if expected[1] else None) == expected


def test_large_body_through_the_tunnel(proxy: RunningProxy) -> None:
    body = os.urandom(3_000_000)
    url = "https://bucket.s3.amazonaws.com"
    ways: dict[str, Any] = {"proxies": {"https": proxy.url}, "verify": str(proxy.ca_bundle)}
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request"}
    assert requests.put(url, headers=headers, **ways).status_code == 200
    assert requests.put(f"{url}/key", data=body, headers=headers, **ways).status_code == 200
    assert requests.get(f"{url}/key", headers=headers, **ways).content == body


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # moto's connect_relay closes nothing
def test_hosts_that_moto_lets_through_are_not_answered_here(
    proxy: RunningProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moto_api_backend, "proxy_hosts_to_passthrough", ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as passed:
        port = passed.getsockname()[1]
        with socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), timeout=10) as client:
            client.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
            other, _ = passed.accept()
            with other:
                client.sendall(b"not TLS")
                assert other.recv(7) == b"not TLS"
            with client.makefile("rb") as answered:
                assert answered.readline() == b"HTTP/1.1 200 Connection Established\r\n"
                answered.read()
