"""moto's proxy with function URLs, in this process."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config
from moto.moto_api._internal.models import moto_api_backend
from support.builders import make_role, make_zip
from support.processes import children

from moto_lambda_urls.server.guard import Guard
from moto_lambda_urls.server.proxy import RunningProxy, running_proxy

pytestmark = pytest.mark.in_process


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))


@pytest.fixture
def proxy() -> Iterator[RunningProxy]:
    with running_proxy(host="127.0.0.1", port=0, authorization="off", guard=Guard()) as running:
        yield running


@contextmanager
def proxying(**allowed: list[str]) -> Iterator[str]:
    guard = Guard(**{name: frozenset(values) for name, values in allowed.items()})
    with running_proxy(host="127.0.0.1", port=0, authorization="standard", guard=guard) as running:
        yield running.url


SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
}
FUNCTIONS = "/2015-03-31/functions"


def client_through(proxy: RunningProxy, service: str) -> Any:
    """A client whose requests go through the proxy."""
    return boto3.client(
        service,
        "us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(proxies={"https": proxy.url}, retries={"max_attempts": 0}, read_timeout=30),
        verify=str(proxy.ca_bundle),
    )


def get(url: str, target: str, *lines: str) -> tuple[int, str]:
    """The status and body of a request written line by line."""
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=5) as client:
        client.sendall("\r\n".join([f"GET {target} HTTP/1.1", *lines, "", ""]).encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        return answer.status, answer.read().decode()


def test_aws_names_are_matched_whole() -> None:
    signature = f"Authorization: {SIGNED['Authorization']}"
    with proxying() as url:
        status, body = get(url, FUNCTIONS, "Host: lambda.us-east-1.amazonaws.com", signature)
        assert (status, json.loads(body)["Functions"]) == (200, [])
        for attacker in (
            "lambda.us-east-1.amazonaws.com.attacker.com",
            "lambda.us-east-1.amazonaws.com.attacker.com:80",
        ):
            status, body = get(url, FUNCTIONS, f"Host: {attacker}", signature)
            assert (status, "--allow-host" in body) == (403, True)
            target = f"http://{attacker}{FUNCTIONS}"
            assert get(url, target, "Host: lambda.us-east-1.amazonaws.com", signature)[0] == 403


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({}, "Sign it with Signature Version 4"),
        ({**SIGNED, "Origin": "http://evil.example"}, "--allow-origin"),
        ({**SIGNED, "Origin": "null"}, "--allow-origin"),
        ({**SIGNED, "Sec-Fetch-Site": "cross-site"}, "--allow-origin"),
        ({"Authorization": "Basic QVdTNC1ITUFD"}, "Sign it with Signature Version 4"),
    ],
)
def test_page_that_uses_the_proxy(headers: dict[str, str], text: str) -> None:
    with proxying() as url:
        answer = requests.get(
            f"http://lambda.us-east-1.amazonaws.com{FUNCTIONS}", headers=headers, proxies={"http": url}
        )
    assert (answer.status_code, answer.headers["content-security-policy"]) == (403, "sandbox")
    assert text in answer.json()["message"]
    assert "access-control-allow-origin" not in answer.headers


def test_admitted_page_and_host_of_the_proxy() -> None:
    page = {**SIGNED, "Origin": "http://localhost:3000"}
    with proxying(allow_origins=["http://localhost:3000"], allow_hosts=["aws.test"]) as url:
        answer = requests.get(f"http://lambda.us-east-1.amazonaws.com{FUNCTIONS}", headers=page, proxies={"http": url})
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert get(url, "/", "Host: aws.test", f"Authorization: {SIGNED['Authorization']}")[0] == 404


@pytest.mark.parametrize(
    ("target", "lines", "status"),
    [
        ("/", (), 400),
        ("/", ("Host: a", "Host: b"), 400),
        ("/", ("Host: a", "X : b"), 400),
        ("/", ("Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"), 400),
        ("/", ("Host: a", "Content-Length: 99999999999999"), 413),
        ("/", ("Host: a", "Transfer-Encoding: chunked", "", "zz"), 400),
        ("/", ("Host: a", "Transfer-Encoding: chunked", "", "-5", "ab"), 400),
        ("http://[::1/", ("Host: a",), 400),
        ("http://a:99999/", ("Host: a",), 400),
    ],
)
def test_malformed_request_to_the_proxy(
    target: str, lines: tuple[str, ...], status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with proxying() as url:
        assert get(url, target, *lines)[0] == status
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "sent", [b"CONNECT a:99999 HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nno TLS"]
)
def test_broken_tunnel(sent: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with proxying() as url, socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        while client.recv(1_000):
            continue
    assert "Traceback" not in capfd.readouterr().err


def test_chunked_body_and_continue_through_the_proxy() -> None:
    key = {"Authorization": SIGNED["Authorization"].replace("lambda", "s3")}
    with proxying() as url:
        ways: Any = {"headers": key, "proxies": {"http": url}}
        assert requests.put("http://bucket.s3.amazonaws.com/", **ways).status_code == 200
        assert requests.put("http://bucket.s3.amazonaws.com/k", data=iter([b"ab", b"cde"]), **ways).status_code == 200
        assert requests.get("http://bucket.s3.amazonaws.com/k", **ways).content == b"abcde"
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5) as client:
            head = "PUT /k HTTP/1.1\r\nHost: bucket.s3.amazonaws.com\r\nContent-Length: 1\r\nExpect: 100-continue\r\n"
            client.sendall(f"{head}Authorization: {key['Authorization']}\r\n\r\n".encode())
            assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"x")
            assert client.recv(1_000).startswith(b"HTTP/1.1 200 ")


def test_proxy_on_ipv6() -> None:
    with running_proxy(host="::1", port=0, authorization="standard", guard=Guard()) as running:
        assert running.url.startswith("http://[::1]:")
        functions = f"http://lambda.us-east-1.amazonaws.com{FUNCTIONS}"
        assert requests.get(functions, headers=SIGNED, proxies={"http": running.url}).status_code == 200


def test_rebound_name_of_an_open_proxy() -> None:
    """A page can set Sec_Fetch_Mode, which is not Sec-Fetch-Mode."""
    with running_proxy(host="0.0.0.0", port=0, authorization="standard", guard=Guard()) as running:
        lines = ["Host: evil.example", f"Authorization: {SIGNED['Authorization']}", "Accept-Language: en"]
        status, body = get(running.url, FUNCTIONS, *lines, "Sec_Fetch_Mode: cors")
        assert (status, "--allow-host" in body) == (403, True)


def test_moto_api_of_the_proxy() -> None:
    with proxying() as url:
        proxies = {"http": url}
        assert requests.post("http://motoapi.amazonaws.com/moto-api/reset", proxies=proxies).status_code == 200
        page = {"Origin": "http://evil.example"}
        answer = requests.post("http://motoapi.amazonaws.com/moto-api/reset", proxies=proxies, headers=page)
        assert answer.status_code == 403


@pytest.mark.parametrize("before", [{}, {"MOTO_PORT": "5000", "TEST_PROXY_MODE": "false"}])
def test_variables_of_the_proxy_last_as_long_as_it(monkeypatch: pytest.MonkeyPatch, before: dict[str, str]) -> None:
    for name in ("MOTO_PORT", "TEST_PROXY_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in before.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    with proxying() as url:
        port = before.get("MOTO_PORT", url.rpartition(":")[2])
        assert dict(os.environ) == {**environment, "MOTO_PORT": port, "TEST_PROXY_MODE": "true"}
        unknown = "http://abcdefghij.lambda-url.us-east-1.on.aws/"
        assert requests.get(unknown, proxies={"http": url}).json() == {"Message": None}
    assert dict(os.environ) == environment


def test_tls_is_answered_for_every_host_of_aws(proxy: RunningProxy) -> None:
    for host, expected in (
        ("abcdefghij.lambda-url.us-east-1.on.aws", (403, {"Message": None})),
        ("api.example.org", (403, None)),
    ):
        response = requests.get(
            f"https://{host}/", proxies={"https": proxy.url}, verify=str(proxy.ca_bundle), timeout=10
        )
        assert (response.status_code, response.json() if expected[1] else None) == expected


def test_functions_in_processes_behind_the_proxy() -> None:
    source = (
        "import boto3, os\n"
        "def handler(event, context):\n"
        "    return [os.getpid(), boto3.client('sts').get_caller_identity()['Arn'].rpartition('/')[2]]"
    )
    running = running_proxy(host="127.0.0.1", port=0, authorization="off", guard=Guard(), processes="always")
    before = children()
    with running as proxy:
        client = client_through(proxy, "lambda")
        client.create_function(
            FunctionName="orders",
            Runtime="python3.11",
            Role=make_role(client_through(proxy, "iam")),
            Handler="app.handler",
            Code={"ZipFile": make_zip(source)},
            Timeout=20,
        )
        pid, name = json.load(client.invoke(FunctionName="orders")["Payload"])
        assert (name, pid in children()) == ("orders", True)
    assert children() <= before


def test_packages_that_the_proxy_does_not_check() -> None:
    running = running_proxy(host="127.0.0.1", port=0, authorization="off", guard=Guard(), validate="moto")
    with running as proxy:
        made = client_through(proxy, "lambda").create_function(
            FunctionName="orders",
            Runtime="python3.11",
            Role=make_role(client_through(proxy, "iam")),
            Handler="app.handler",
            Code={"ZipFile": b"no zip"},
        )
        assert made["CodeSize"] == len(b"no zip")


def test_large_body_through_the_tunnel(proxy: RunningProxy) -> None:
    body = os.urandom(3_000_000)
    url = "https://bucket.s3.amazonaws.com"
    ways: dict[str, Any] = {"proxies": {"https": proxy.url}, "verify": str(proxy.ca_bundle)}
    headers = {"Authorization": SIGNED["Authorization"].replace("lambda", "s3")}
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
            client.sendall(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            passed.settimeout(10)
            other, _ = passed.accept()
            with other:
                client.sendall(b"not TLS")
                assert other.recv(7) == b"not TLS"
            with client.makefile("rb") as answered:
                assert answered.readline() == b"HTTP/1.1 200 Connection Established\r\n"
                answered.read()
