from __future__ import annotations

import pytest

from moto_lambda_urls.server.guard import Guard, is_loopback

pytestmark = pytest.mark.in_process

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make_environ(
    *, host: str = "127.0.0.1:5000", method: str = "POST", scheme: str = "http", **headers: str
) -> dict[str, str]:
    sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {"REQUEST_METHOD": method, "wsgi.url_scheme": scheme, "HTTP_HOST": host, "QUERY_STRING": "", **sent}


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "moto:5000", "192.168.1.7:5000", "evil.example"])
def test_client_that_is_no_browser_may_use_any_name(host: str) -> None:
    assert Guard().objection(make_environ(host=host, user_agent="Boto3/1.44")) is None


@pytest.mark.parametrize(
    "environ",
    [
        make_environ(host="localhost:5000", origin="http://localhost:5000", sec_fetch_site="same-origin"),
        make_environ(host="127.0.0.1:5000", origin="http://127.0.0.1:5000"),
        make_environ(host="[::1]:5000", origin="http://[::1]:5000"),
        make_environ(host="localhost", origin="http://localhost:80"),
        make_environ(host="localhost:5000", scheme="https", origin="https://localhost:5000"),
        make_environ(host="app.localhost:5000", origin="http://app.localhost:5000"),
        make_environ(host="lambda.us-east-1.amazonaws.com", origin="http://lambda.us-east-1.amazonaws.com"),
        make_environ(method="GET", sec_fetch_site="same-origin"),
        make_environ(method="GET", sec_fetch_site="none", user_agent=FIREFOX),
    ],
)
def test_same_origin_at_a_local_or_aws_name(environ: dict[str, str]) -> None:
    assert Guard().objection(environ) is None


@pytest.mark.parametrize(
    "environ",
    [
        make_environ(origin="http://evil.example"),
        make_environ(origin="null"),
        make_environ(origin=""),
        make_environ(origin="http://127.0.0.1:3000"),
        make_environ(origin="https://127.0.0.1:5000"),
        make_environ(host="localhost:5000", origin="http://127.0.0.1:5000"),
        make_environ(origin="http://127.0.0.1:5000.evil.example"),
        make_environ(origin="http://127.0.0.1:5000@evil.example"),
        make_environ(origin="http://127.0.0.1:5000", sec_fetch_site="cross-site"),
    ],
)
def test_page_of_another_origin(environ: dict[str, str]) -> None:
    assert "--allow-origin" in str(Guard().objection(environ))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_request_without_origin_from_another_site(site: str) -> None:
    assert "--allow-origin" in str(Guard().objection(make_environ(method="GET", sec_fetch_site=site)))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:5000",
        "127.0.0.1.evil.example:5000",
        "localhost.evil.example:5000",
        "notlocalhost:5000",
        "192.168.1.7:5000",
        "0.0.0.0:5000",
        "bucket.s3.amazonaws.com",
        "",
    ],
)
def test_same_origin_at_another_name_is_dns_rebinding(host: str) -> None:
    environ = make_environ(host=host, origin=f"http://{host}", sec_fetch_site="same-origin")
    assert "--allow-host" in str(Guard().objection(environ))


def test_rebound_page_sends_neither_header_with_get() -> None:
    environ = make_environ(host="evil.example:5000", method="GET", user_agent=FIREFOX)
    assert "--allow-host evil.example " in str(Guard().objection(environ))


def test_rebound_page_hides_its_browser() -> None:
    environ = make_environ(host="evil.example:5000", method="GET", user_agent="curl/8")
    environ["QUERY_STRING"] = "TemplateBody=%7B%7D&Action=CreateStack"
    assert "--allow-host evil.example " in str(Guard().objection(environ))


def test_allowed_host_must_still_be_the_origin() -> None:
    guard = Guard(allow_hosts=frozenset({"moto"}))
    assert guard.objection(make_environ(host="moto:5000", origin="http://moto:5000")) is None
    assert "--allow-origin" in str(guard.objection(make_environ(host="moto:5000", origin="http://evil.example")))
    assert "--allow-host" in str(guard.objection(make_environ(host="moto2:5000", origin="http://moto2:5000")))


def test_allowed_origin() -> None:
    guard = Guard(allow_origins=frozenset({"http://localhost:3000"}))
    assert guard.objection(make_environ(origin="http://localhost:3000", sec_fetch_site="same-site")) is None
    assert guard.objection(make_environ(origin="http://localhost:3001")) is not None
    assert guard.objection(make_environ(origin="null")) is not None


@pytest.mark.parametrize("origin", ["localhost:3000", "*", "null", "http://a/b", "http://a:port", "ftp://a"])
def test_what_is_no_origin(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin like"):
        Guard(allow_origins=frozenset({origin}))


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
