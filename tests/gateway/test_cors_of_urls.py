"""CORS at a deployed URL: preflights, and the lines added to all that it answers."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from support.answering import FAILED, FORBIDDEN, THROTTLED, TOO_LARGE, answered, ask, checked, checked_lines, refused
from support.cors import CORS, ORIGIN

from moto_lambda_urls import FunctionUrl, FunctionUrlPermissionWarning, LambdaUrls
from moto_lambda_urls.messages import Headers, Response
from moto_lambda_urls.messages.cors import Cors
from moto_lambda_urls.messages.limits import MAX_EVENT_BYTES

pytestmark = pytest.mark.in_process

ADDED = (
    ("Access-Control-Allow-Origin", ORIGIN),
    ("Vary", "Origin"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Expose-Headers", "X-Total,date"),
)
FROM_APP = (("Origin", ORIGIN),)


def never(event: Any, context: Any) -> None:
    raise AssertionError("the function was invoked")


def ok(event: Any, context: Any) -> str:
    return "ok"


def preflight(
    url: str, *, origin: str = ORIGIN, method: str = "GET", headers: str | None = None, path: str = "/"
) -> Response:
    lines = (("Origin", origin), ("Access-Control-Request-Method", method))
    asked: Headers = () if headers is None else (("Access-Control-Request-Headers", headers),)
    return checked(ask(url, path, method="OPTIONS", headers=(*lines, *asked)))


def allowed(*lines: tuple[str, str]) -> Response:
    """A preflight's answer."""
    headers = (
        ("Date", "<date>"),
        ("Content-Type", "application/json"),
        ("Content-Length", "0"),
        ("Connection", "keep-alive"),
        ("x-amzn-RequestId", "<id>"),
        ("Vary", "Origin"),
        *lines,
    )
    return Response(status=200, headers=headers)


WHOLE = allowed(
    ("Access-Control-Allow-Origin", ORIGIN),
    ("Access-Control-Allow-Headers", "X-Token,content-type"),
    ("Access-Control-Allow-Methods", "GET,PUT"),
    ("Access-Control-Max-Age", "600"),
    ("Access-Control-Allow-Credentials", "true"),
)


@pytest.fixture
def url(mock: LambdaUrls) -> FunctionUrl:
    return mock.deploy(never, cors=CORS)


def test_preflight(mock: LambdaUrls, url: FunctionUrl) -> None:
    assert preflight(url, method="PUT", headers="x-token, CONTENT-TYPE", path="/any/path") == WHOLE
    assert len(mock.invocations) == 0


def test_preflight_through_a_client(mock: LambdaUrls, url: FunctionUrl) -> None:
    got = requests.options(url, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "GET"})
    assert (got.status_code, got.content) == (200, b"")
    assert checked_lines(tuple(got.raw.headers.items())) == WHOLE.headers
    assert len(mock.invocations) == 0


def test_preflight_needs_no_signature_grant_or_concurrency(mock: LambdaUrls) -> None:
    url = mock.deploy(never, auth_type="AWS_IAM", cors=CORS, grant=False)
    mock.client("lambda").put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=0)
    assert preflight(url) == WHOLE
    assert preflight(mock.deploy(never, cors=CORS, grant=False)) == WHOLE
    assert len(mock.invocations) == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"origin": "https://other.example"},
        {"origin": "https://sub.app.example"},
        {"origin": "http://app.example"},
        {"method": "DELETE"},
        {"method": "get"},
        {"headers": "x-token,x-other"},
    ],
    ids=str,
)
def test_preflight_for_what_is_not_allowed(url: FunctionUrl, asked: dict[str, str]) -> None:
    assert preflight(url, **asked) == allowed()


def test_preflight_with_stars(mock: LambdaUrls) -> None:
    cors: Cors = {"AllowOrigins": ["*"], "AllowMethods": ["*"], "AllowHeaders": ["*"], "MaxAge": 0}
    assert preflight(mock.deploy(never, cors=cors), origin="null", method="PATCH", headers="x-any") == allowed(
        ("Access-Control-Allow-Origin", "null"),
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Allow-Methods", "*"),
        ("Access-Control-Max-Age", "0"),
    )


def test_options_that_is_no_preflight(mock: LambdaUrls) -> None:
    url = mock.deploy(ok, cors=CORS)
    assert checked(ask(url, method="OPTIONS", headers=FROM_APP)) == answered(b"ok", added=ADDED)
    assert checked(ask(url, method="OPTIONS")) == answered(b"ok")
    assert len(mock.invocations) == 2


def test_without_cors_options_is_an_ordinary_request(mock: LambdaUrls) -> None:
    url = mock.deploy(ok)
    assert preflight(url) == answered(b"ok")
    assert checked(ask(url, headers=FROM_APP)) == answered(b"ok")
    assert len(mock.invocations) == 2


def test_cors_that_was_cleared(mock: LambdaUrls) -> None:
    url = mock.deploy(ok, cors=CORS)
    mock.client("lambda").update_function_url_config(FunctionName=url.function_name, Cors={})
    assert preflight(url) == answered(b"ok")


def test_lines_are_added_to_a_response(mock: LambdaUrls) -> None:
    url = mock.deploy(ok, cors=CORS)
    assert checked(ask(url, headers=FROM_APP)) == answered(b"ok", added=ADDED)
    # A method that is not allowed is the browser's business: the request was not preflighted.
    assert checked(ask(url, method="DELETE", headers=FROM_APP)) == answered(b"ok", added=ADDED)
    assert checked(ask(url)) == answered(b"ok")
    assert checked(ask(url, headers=(("Origin", "https://other.example"),))) == answered(b"ok")


def test_the_functions_own_lines_stay(mock: LambdaUrls) -> None:
    own = (("access-control-allow-origin", "*"), ("Vary", "Accept"))
    url = mock.deploy(lambda event, context: {"statusCode": 200, "headers": dict(own)}, cors={"AllowOrigins": ["*"]})
    added = (("Access-Control-Allow-Origin", ORIGIN), ("Vary", "Origin"))
    assert checked(ask(url, headers=FROM_APP)) == answered(b"", *own, added=added)
    got = requests.get(url, headers={"Origin": ORIGIN})
    assert got.raw.headers.getlist("Access-Control-Allow-Origin") == ["*", ORIGIN]
    assert got.raw.headers.getlist("Vary") == ["Accept", "Origin"]


def test_head_carries_the_lines(mock: LambdaUrls) -> None:
    url = mock.deploy(ok, cors=CORS)
    assert checked(ask(url, method="HEAD", headers=FROM_APP)) == answered(b"", length=2, added=ADDED)


def test_a_failure_carries_the_lines(url: FunctionUrl) -> None:
    assert checked(ask(url, headers=FROM_APP)) == answered(FAILED, status=502, added=ADDED)
    assert requests.get(url, headers={"Origin": ORIGIN}).headers["Access-Control-Allow-Origin"] == ORIGIN


def with_lines(refusal: Response) -> Response:
    return Response(status=refusal.status, headers=(*refusal.headers, *ADDED), body=refusal.body)


def test_refusals_carry_the_lines(mock: LambdaUrls, url: FunctionUrl) -> None:
    signed = mock.deploy(never, auth_type="AWS_IAM", cors=CORS)
    not_signed = refused(403, "AccessDeniedException", b'{"Message":"Forbidden"}', added=ADDED)
    assert checked(ask(signed, headers=FROM_APP)) == not_signed
    closed = mock.deploy(never, cors=CORS, grant=False)
    with pytest.warns(FunctionUrlPermissionWarning):
        assert checked(ask(closed, headers=FROM_APP)) == refused(403, "AccessDeniedException", FORBIDDEN, added=ADDED)
    too_large = ask(url, method="POST", headers=FROM_APP, body=b"x" * MAX_EVENT_BYTES)
    assert checked(too_large) == with_lines(TOO_LARGE)
    mock.client("lambda").put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=0)
    assert checked(ask(url, headers=FROM_APP)) == with_lines(THROTTLED)
    assert len(mock.invocations) == 0


def test_a_planned_fault_carries_the_lines(url: FunctionUrl) -> None:
    url.fail(429)
    assert checked(ask(url, headers=FROM_APP)) == with_lines(THROTTLED)
