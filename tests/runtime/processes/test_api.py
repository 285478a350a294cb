"""The Runtime API's answers, as https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html has them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from moto_lambda_urls.runtime.processes.api import ErrorReport, InvocationResponse, RequestStart, RuntimeApi

NEXT = "/2018-06-01/runtime/invocation/next"
RESPONSE = "/2018-06-01/runtime/invocation/id/response"
ERROR = "/2018-06-01/runtime/invocation/id/error"
INIT_ERROR = "/2018-06-01/runtime/init/error"


def ask(api: RuntimeApi, method: str, path: str, body: bytes = b"", **fields: Any) -> int | None:
    """The status of the answer; None when it comes later."""
    trailers = fields.pop("trailers", {})
    headers = {"host": "127.0.0.1:1", **{name.replace("_", "-"): value for name, value in fields.items()}}
    exchange = api.receive(RequestStart(method, path, headers))
    exchange.take(body)
    answer = exchange.end(trailers)
    return None if answer is None else answer.status


@pytest.fixture
def api() -> RuntimeApi:
    """A runtime that has just started."""
    return RuntimeApi("127.0.0.1:1")


def begun(api: RuntimeApi, request_id: str = "id") -> InvocationResponse:
    """The response to an invocation that the runtime has got."""
    assert ask(api, "GET", NEXT) is None
    assert api.waiting
    response = InvocationResponse(request_id)
    api.begin(response)
    return response


def test_response(api: RuntimeApi) -> None:
    response = begun(api)
    assert not api.waiting
    assert ask(api, "POST", RESPONSE, b'"x"', content_type="application/json") == 202
    assert (response.ended, list(response.pieces), response.content_type) == (True, [b'"x"'], "application/json")
    assert ask(api, "GET", NEXT) is None


def test_error(api: RuntimeApi) -> None:
    response = begun(api)
    assert ask(api, "POST", ERROR, b"{}", lambda_runtime_function_error_type="My.Type") == 202
    assert (response.ended, response.error) == (True, ErrorReport("My.Type", b"{}"))


def test_init_error(api: RuntimeApi) -> None:
    assert ask(api, "POST", INIT_ERROR, b"{}", lambda_runtime_function_error_type="My.Type") == 202
    assert api.init_error == ErrorReport("My.Type", b"{}")


def test_init_error_when_it_is_too_late(api: RuntimeApi) -> None:
    begun(api)
    assert ask(api, "POST", INIT_ERROR, b"{}") == 403
    assert api.init_error is None


@pytest.mark.parametrize("path", [RESPONSE, ERROR])
def test_wrong_id(api: RuntimeApi, path: str) -> None:
    assert ask(api, "POST", path, b"{}") == 400
    response = begun(api, "other")
    assert ask(api, "POST", path, b"{}") == 400
    assert not response.ended


@pytest.mark.parametrize("second", [RESPONSE, ERROR])
@pytest.mark.parametrize("first", [RESPONSE, ERROR])
def test_second_answer(api: RuntimeApi, first: str, second: str) -> None:
    response = begun(api)
    assert ask(api, "POST", first, b"1") == 202
    assert ask(api, "POST", second, b"2") == 403
    assert (list(response.pieces), response.error) in (([b"1"], None), ([], ErrorReport("", b"1")))


def test_next_out_of_turn(api: RuntimeApi) -> None:
    begun(api)
    assert ask(api, "GET", NEXT) == 403
    assert not api.waiting


def test_response_too_large(api: RuntimeApi) -> None:
    response = begun(api)
    assert ask(api, "POST", RESPONSE, b"x" * 6_291_557) == 413
    assert (response.ended, response.too_large, list(response.pieces)) == (True, True, [])
    response = begun(api)
    assert ask(api, "POST", RESPONSE, b"x" * 6_291_556) == 202
    assert not response.too_large


def test_streamed_response(api: RuntimeApi) -> None:
    response = begun(api)
    response.most = 7
    assert ask(api, "POST", RESPONSE, b"x" * 7, lambda_runtime_function_response_mode="streaming") == 202
    assert (response.streamed, response.ended, response.too_large) == (True, True, False)


def test_streamed_response_too_large(api: RuntimeApi) -> None:
    response = begun(api)
    response.most = 7
    assert ask(api, "POST", RESPONSE, b"x" * 8, lambda_runtime_function_response_mode="streaming") == 413
    assert (response.ended, response.too_large, list(response.pieces)) == (True, True, [])


def test_error_in_mid_stream(api: RuntimeApi) -> None:
    body = json.dumps({"errorMessage": "m"}).encode()
    trailers = {
        "lambda-runtime-function-error-type": "My.Type",
        "lambda-runtime-function-error-body": base64.b64encode(body).decode(),
    }
    response = begun(api)
    fields = {"lambda_runtime_function_response_mode": "streaming", "trailers": trailers}
    assert ask(api, "POST", RESPONSE, b"x", **fields) == 202
    assert (list(response.pieces), response.error) == ([b"x"], ErrorReport("My.Type", body))


def test_unknown_mode(api: RuntimeApi) -> None:
    response = begun(api)
    assert ask(api, "POST", RESPONSE, b"x", lambda_runtime_function_response_mode="odd") == 400
    assert not response.ended


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/2018-06-01/runtime/invocation/id/other", 404),
        ("GET", "/2020-01-01/extension/register", 404),
        ("POST", NEXT, 405),
        ("GET", INIT_ERROR, 405),
    ],
)
def test_unknown_paths_and_methods(api: RuntimeApi, method: str, path: str, status: int) -> None:
    assert ask(api, method, path) == status
    assert (api.waiting, api.init_error) == (False, None)


@pytest.mark.parametrize(
    "fields", [{"host": "evil.example"}, {"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}]
)
@pytest.mark.parametrize(("method", "path"), [("GET", NEXT), ("POST", RESPONSE), ("POST", INIT_ERROR)])
def test_a_page_in_a_browser_gets_nothing(api: RuntimeApi, method: str, path: str, fields: dict[str, str]) -> None:
    response = InvocationResponse("id")
    if path == RESPONSE:
        response = begun(api)
    assert ask(api, method, path, b"x", **fields) == 403
    assert (api.waiting, api.init_error, response.ended) == (False, None, False)
