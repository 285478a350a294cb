from __future__ import annotations

from typing import Any

import pytest

from moto_lambda_urls.messages.wsgi import HEADER_LINES
from moto_lambda_urls.server.guard import Guard
from moto_lambda_urls.server.outgoing import SENT_BY

pytestmark = pytest.mark.in_process

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make_environ(
    *, host: str = "127.0.0.1:5000", method: str = "POST", scheme: str = "http", **headers: str
) -> dict[str, Any]:
    sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {"REQUEST_METHOD": method, "wsgi.url_scheme": scheme, "HTTP_HOST": host, "QUERY_STRING": "", **sent}


def make_open_environ(**settings: str) -> dict[str, Any]:
    """A request to a server that is bound to all addresses."""
    return {**make_environ(**settings), "SERVER_NAME": "0.0.0.0"}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:5000",
        "localhost",
        "LocalHost.:5000",
        "[::1]:5000",
        "[::ffff:127.0.0.1]:5000",
        "[::ffff:7f00:1]:5000",
        "aws.localhost:5000",
        "s3.amazonaws.com",
        "bucket.s3.eu-west-1.amazonaws.com",
        "lambda.cn-north-1.amazonaws.com.cn:443",
        "s3vectors.us-east-1.api.aws",
    ],
)
def test_names_that_every_server_has(host: str) -> None:
    assert Guard().objection(make_environ(host=host)) is None


UNKNOWN = [
    "evil.example",
    "evil.example:5000",
    "lambda.us-east-1.amazonaws.com.attacker.com",
    "lambda.us-east-1.amazonaws.com.attacker.com:5000",
    "evilamazonaws.com",
    "localhost.evil.example",
    "2130706433",
    "0x7f.1",
    "127.1",
    "[::1%25lo]",
    "::1",
    "notlocalhost",
    "127.0.0.1.evil.example",
    "192.168.1.7:5000",
    "[::2]:5000",
    "0.0.0.0:5000",
    "localhost@evil.example",
    "evil.example@localhost",
    "localhost/evil.example",
    "127.0.0.1:5000, evil.example",
    "",
]


@pytest.mark.parametrize("host", UNKNOWN)
def test_other_names_are_refused_to_every_client(host: str) -> None:
    assert "--allow-host" in str(Guard().objection(make_environ(host=host, user_agent="Boto3/1.44")))
    assert "--allow-host" in str(Guard().objection(make_environ(host=host, method="GET", user_agent="curl/8")))


@pytest.mark.parametrize("host", ["moto:5000", "192.168.1.7:5000", "aws", "evil.example"])
def test_open_server_has_any_name_for_clients_that_are_no_browsers(host: str) -> None:
    assert Guard().objection(make_open_environ(host=host, user_agent="Boto3/1.44")) is None
    node = make_open_environ(host=host, sec_fetch_mode="cors", accept_language="*")
    assert Guard().objection({**node, HEADER_LINES: [("sec-fetch-mode", "cors")]}) is None
    assert "--allow-host" in str(Guard().objection(node)), "it may have been Sec_Fetch_Mode"
    for sign in ({"origin": f"http://{host}"}, {"accept_language": ""}, {"user_agent": FIREFOX}):
        assert "--allow-host" in str(Guard().objection(make_open_environ(host=host, **sign)))
    assert "--allow-host" in str(Guard().objection(make_open_environ(host=host, sec_fetch_site="same-origin")))


@pytest.mark.parametrize("host", ["", "a b", '"><', "[::", "[zz]", "a@b"])
def test_open_server_wants_a_name(host: str) -> None:
    assert "--allow-host" in str(Guard().objection(make_open_environ(host=host, user_agent="Boto3/1.44")))


@pytest.mark.parametrize("environ", [make_environ(), make_environ(method="GET", sec_fetch_site="same-origin")])
def test_what_services_send_is_refused(environ: dict[str, Any]) -> None:
    assert "own API" in str(Guard().objection({**environ, SENT_BY: "moto.sns.models"}))


def test_address_that_the_server_is_bound_to() -> None:
    environ = {**make_environ(host="192.168.1.7:5000", accept_language="en"), "SERVER_NAME": "192.168.1.7"}
    assert Guard().objection(environ) is None
    named = {**make_environ(host="evil.example", accept_language="en"), "SERVER_NAME": "evil.example"}
    assert "--allow-host" in str(Guard().objection(named)), "some WSGI servers take SERVER_NAME from the request"


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


def test_preflight_of_an_admitted_page() -> None:
    guard = Guard(allow_origins=frozenset({"http://localhost:3000"}))
    asked = {
        "access_control_request_method": "PUT",
        "access_control_request_headers": "authorization,x-amz-date",
        "access_control_request_private_network": "true",
    }
    answer = guard.preflight(make_environ(method="OPTIONS", origin="http://localhost:3000", **asked))
    assert answer is not None
    assert (answer.status, dict(answer.headers)) == (
        204,
        {
            "Access-Control-Allow-Origin": "http://localhost:3000",
            "Access-Control-Expose-Headers": "*",
            "Vary": "Origin",
            "Access-Control-Allow-Methods": "PUT",
            "Content-Length": "0",
            "Access-Control-Allow-Headers": "authorization,x-amz-date",
            "Access-Control-Allow-Private-Network": "true",
        },
    )
    assert guard.preflight(make_environ(method="OPTIONS", origin="http://localhost:3001", **asked)) is None
    assert guard.preflight(make_environ(method="GET", origin="http://localhost:3000", **asked)) is None


@pytest.mark.parametrize("host", ["", "a b", "http://a", "a/b", "a@b"])
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(ValueError, match="is not a host name like"):
        Guard(allow_hosts=frozenset({host}))


@pytest.mark.parametrize("origin", ["localhost:3000", "*", "null", "http://a/b", "http://a:port", "ftp://a"])
def test_what_is_no_origin(origin: str) -> None:
    with pytest.raises(ValueError, match="is not an origin like"):
        Guard(allow_origins=frozenset({origin}))
