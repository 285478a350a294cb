from __future__ import annotations

from dataclasses import dataclass

import pytest
from support.builders import HOST

from moto_lambda_urls.messages.addresses import (
    Address,
    address_of,
    function_url,
    function_url_host,
    function_url_host_of,
    is_loopback,
    reachable_at,
)

pytestmark = pytest.mark.in_process

ID = "abcdefghijklmnopqrstuvwxyz012345"


@dataclass(frozen=True)
class Config:
    url_id: str = ID
    region: str = "eu-west-1"


@pytest.mark.parametrize(
    "host",
    [
        f"{ID}.lambda-url.eu-west-1.on.aws",
        f"{ID}.lambda-url.eu-west-1.on.aws:443",
        f"{ID.upper()}.Lambda-URL.eu-west-1.ON.aws.",
        f"{ID}.lambda-url.eu-west-1.localhost",
        f"{ID}.lambda-url.eu-west-1.localhost:5000",
    ],
)
def test_host_decides(host: str) -> None:
    assert address_of(host, "//a%2Fb/") == Address(url_id=ID, region="eu-west-1", raw_path="//a%2Fb/")


def test_host_decides_before_the_path() -> None:
    path = "/_aws/lambda-url/other/x"
    assert address_of(f"{ID}.lambda-url.eu-west-1.on.aws", path) == Address(
        url_id=ID, region="eu-west-1", raw_path=path
    )


@pytest.mark.parametrize(
    ("path", "raw_path"),
    [
        (f"/_aws/lambda-url/{ID}", "/"),
        (f"/_aws/lambda-url/{ID}/", "/"),
        (f"/_aws/lambda-url/{ID}//x%2Fy/", "//x%2Fy/"),
    ],
)
def test_path_prefix_never_shows(path: str, raw_path: str) -> None:
    assert address_of("127.0.0.1:5000", path) == Address(url_id=ID, region=None, raw_path=raw_path, signed_path=path)


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("127.0.0.1:5000", "/"),
        ("127.0.0.1:5000", "/_aws/lambda-url/"),
        ("127.0.0.1:5000", "/_aws/lambda-url/-/state"),
        ("127.0.0.1:5000", "/_aws/lambda-url"),
        ("127.0.0.1:5000", f"//_aws/lambda-url/{ID}/"),
        ("bucket.s3.amazonaws.com", "/key"),
        (f"{ID}.lambda-url.eu-west-1.on.aws.evil.example", "/"),
        (f"{ID}.lambda-url.eu-west-1.localhost.evil.example", "/"),
        ("lambda-url.eu-west-1.on.aws", "/"),
    ],
)
def test_what_is_no_function_url(host: str, path: str) -> None:
    assert address_of(host, path) is None


@pytest.mark.parametrize(
    ("style", "host", "url"),
    [
        ("aws", "127.0.0.1:5000", f"https://{ID}.lambda-url.eu-west-1.on.aws/"),
        ("path", "127.0.0.1:5000", f"http://127.0.0.1:5000/_aws/lambda-url/{ID}/"),
        ("path", "[::1]:5000", f"http://[::1]:5000/_aws/lambda-url/{ID}/"),
        ("path", "moto", f"http://moto/_aws/lambda-url/{ID}/"),
        ("host", "127.0.0.1:5000", f"http://{ID}.lambda-url.eu-west-1.localhost:5000/"),
        ("host", "[::1]:5000", f"http://{ID}.lambda-url.eu-west-1.localhost:5000/"),
        ("host", "[::1]", f"http://{ID}.lambda-url.eu-west-1.localhost/"),
        ("port", "127.0.0.1:5000", "http://127.0.0.1:20000/"),
        ("port", "[::1]", "http://[::1]:20000/"),
        ("port", "lambda.eu-west-1.amazonaws.com", f"https://{ID}.lambda-url.eu-west-1.on.aws/"),
        ("path", "lambda.eu-west-1.amazonaws.com", f"https://{ID}.lambda-url.eu-west-1.on.aws/"),
        ("host", "lambda.eu-west-1.amazonaws.com:443", f"https://{ID}.lambda-url.eu-west-1.on.aws/"),
    ],
)
def test_function_url_is_for_whoever_asked(style: str, host: str, url: str) -> None:
    assert function_url(Config(), style=style, scheme="http", host=host, own_port=20_000) == url  # type: ignore[arg-type]


def test_url_without_a_port_of_its_own_is_a_path() -> None:
    shown = function_url(Config(), style="port", scheme="http", host="127.0.0.1:5000")
    assert shown == f"http://127.0.0.1:5000/_aws/lambda-url/{ID}/"


@pytest.mark.parametrize("style", ["path", "host"])
def test_the_shown_url_leads_back(style: str) -> None:
    shown = function_url(Config(), style=style, scheme="http", host="127.0.0.1:5000")  # type: ignore[arg-type]
    host, _, path = shown.removeprefix("http://").partition("/")
    address = address_of(host, f"/{path}")
    assert address is not None
    assert (address.url_id, address.raw_path) == (ID, "/")


@pytest.mark.parametrize("name", [HOST, HOST.upper(), f"{HOST}.", "x.lambda-url.eu-central-1.on.aws"])
def test_a_function_url_host(name: str) -> None:
    assert function_url_host(name) == name.lower().rstrip(".")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "example.com",
        "lambda.us-east-1.amazonaws.com",
        "lambda-url.us-east-1.on.aws",
        f"{HOST}.example.com",
        f"{HOST}s",
        "x.lambda-url.us-east-1.onxaws",
        "x.lambda-urls.us-east-1.on.aws",
        "x.lambda-url.localhost",
    ],
)
def test_another_host(name: str) -> None:
    assert function_url_host(name) is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://{HOST}",
        f"http://{HOST}/a?b",
        f"https://{HOST}:8443/",
        f"HTTPS://{HOST.upper()}/",
        f"https://u:p@{HOST}/",
    ],
)
def test_a_function_url(url: str) -> None:
    assert function_url_host_of(url) == HOST


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/path",
        "https://example.com/",
        f"https://example.com/?next=https://{HOST}/",
        f"https://{HOST}@example.com/",
        HOST,
    ],
)
def test_another_url(url: str) -> None:
    assert function_url_host_of(url) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("::ffff:127.0.0.1", True),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    ("text", "reachable"),
    [
        ("https://abc.lambda-url.eu-west-1.on.aws/a?b=c", "http://127.0.0.1:5000/_aws/lambda-url/abc/a?b=c"),
        ("https://abc.lambda-url.eu-west-1.on.aws", "http://127.0.0.1:5000/_aws/lambda-url/abc"),
        ("HTTP://ABC.lambda-url.us-east-1.on.aws:443/", "http://127.0.0.1:5000/_aws/lambda-url/abc/"),
        (
            '["https://a.lambda-url.x.on.aws/","https://b.lambda-url.x.on.aws/"]',
            '["http://127.0.0.1:5000/_aws/lambda-url/a/","http://127.0.0.1:5000/_aws/lambda-url/b/"]',
        ),
        *[(each, each) for each in ("abc.lambda-url.eu-west-1.on.aws", "https://abc.lambda-url.x.on.aws.example.org/")],
        *[(each, each) for each in ("https://x.example.org/", "https://lambda-url.x.on.aws/", "")],
    ],
)
def test_function_urls_in_a_text_put_as_a_server_answers_them(text: str, reachable: str) -> None:
    assert reachable_at("http://127.0.0.1:5000/", text) == reachable
