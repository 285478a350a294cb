from __future__ import annotations

import re
from typing import Any

import pytest

from moto_lambda_urls.controller.failures import api_failure, url_failure
from moto_lambda_urls.messages import Response

pytestmark = pytest.mark.in_process


def test_throttled_as_aws_says_it() -> None:
    assert url_failure(429) == Response(
        status=429,
        headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", "TooManyRequestsException")),
        body=b'{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"Internal Server Error"), (502, b"Internal Server Error"), (503, b"Service Unavailable"), (599, b"")],
)
def test_own_answers(status: int, body: bytes) -> None:
    assert url_failure(status) == Response(status=status, headers=(("Content-Type", "application/json"),), body=body)


@pytest.mark.parametrize(
    ("body", "sent"), [(b"\xff", b"\xff"), ("grün", "grün".encode()), ({"a": 1}, b'{"a":1}'), ([], b"[]"), ("", b"")]
)
def test_chosen_body(body: Any, sent: bytes) -> None:
    assert url_failure(429, body=body, headers={"Content-Type": "text/plain", "Retry-After": "1"}) == Response(
        status=429, headers=(("Content-Type", "text/plain"), ("Retry-After", "1")), body=sent
    )


@pytest.mark.parametrize("status", [0, 99, 600])
def test_no_status(status: int) -> None:
    with pytest.raises(ValueError, match=f"^status={status} is not an HTTP status, 100..599$"):
        url_failure(status)


@pytest.mark.parametrize(
    ("operation", "code", "status", "body"),
    [
        ("GetFunction", "ServiceException", 500, b'{"Type":"Service","Message":"ServiceException"}'),
        ("GetFunction", "TooManyRequestsException", 429, b'{"Type":"User","message":"TooManyRequestsException"}'),
        ("CreateFunction", "CodeStorageExceededException", 400, b'{"Type":"User","message":"full"}'),
        ("Invoke", "EC2ThrottledException", 502, b'{"Type":"Service","Message":"EC2ThrottledException"}'),
        ("GetFunction", "AccessDeniedException", 403, b'{"Message":"AccessDeniedException"}'),
    ],
)
def test_api_errors_of_the_model(operation: str, code: str, status: int, body: bytes) -> None:
    message = "full" if b"full" in body else None
    assert api_failure(operation, code, message=message) == Response(
        status=status, headers=(("Content-Type", "application/json"), ("x-amzn-ErrorType", code)), body=body
    )


def test_unknown_operation_names_those_alike() -> None:
    with pytest.raises(ValueError, match=r"^Lambda has no operation 'get_function'; did you mean .*GetFunction.*\?$"):
        api_failure("get_function", "ServiceException")
    with pytest.raises(ValueError, match=r"did you mean another service\?$"):
        api_failure("PutItem", "ServiceException")


def test_unknown_error_names_those_of_the_operation() -> None:
    with pytest.raises(ValueError) as failure:  # noqa: PT011 - the message is compared below
        api_failure("GetFunction", "ResourceConflictException")
    assert str(failure.value) == (
        "GetFunction does not fail with 'ResourceConflictException'; it has InvalidParameterValueException, "
        "ResourceNotFoundException, ServiceException, TooManyRequestsException"
    )


def test_an_exception_is_no_status() -> None:
    with pytest.raises(
        TypeError, match=r"fail\(\) takes the status of an answer, as in fail\(503\), not ConnectionError"
    ):
        url_failure(ConnectionError())  # type: ignore[arg-type]  # the mistake itself


@pytest.mark.parametrize("value", [["1"], 1, None])
def test_a_header_that_is_no_text_is_named(value: Any) -> None:
    with pytest.raises(TypeError, match=re.escape(f"the header Retry-After is {value!r}, not a string")):
        url_failure(503, headers={"Retry-After": value})


@pytest.mark.parametrize("value", ["a\r\nset-cookie: b", "a\n", "\r", "a\x00", "\x1b[31m", "5 €"])
def test_a_header_value_that_no_line_can_hold(value: str) -> None:
    said = f"the header X-Note is {value!r}: give one line of Latin-1 without control characters"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        url_failure(503, headers={"X-Note": value})


@pytest.mark.parametrize("name", ["", "X Note", "X-Note:", "X-Note\r\n", "X-Ünote"])
def test_a_header_name_that_no_line_can_hold(name: str) -> None:
    said = f"the header's name {name!r} is none: give letters, digits and hyphens, as in X-Note"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        url_failure(503, headers={name: "a"})


def test_headers_that_lines_can_hold() -> None:
    sent = {"X-Note": "grün\tund gelb", "X-Empty": ""}
    assert dict(url_failure(503, headers=sent).headers) == {"Content-Type": "application/json", **sent}
