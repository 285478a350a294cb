"""What a deployed function URL refuses, and what every answer has."""

from __future__ import annotations

import json
import logging
import re
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from support.answering import (
    FAILED,
    FORBIDDEN,
    NOT_GRANTED,
    THROTTLED,
    TOO_LARGE,
    answered,
    ask,
    body_of,
    checked,
    checked_lines,
    refused,
    request_to,
)
from support.builders import HOST, grant_public, make_request

from moto_lambda_urls import FunctionUrl, FunctionUrlPermissionWarning, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.gateway import pipeline
from moto_lambda_urls.messages.limits import MAX_EVENT_BYTES
from moto_lambda_urls.runtime.invocation_request import MAX_RESULT_BYTES
from moto_lambda_urls.state.scope import Authorization

pytestmark = pytest.mark.in_process

UNKNOWN = refused(403, "AccessDeniedException", b'{"Message":null}')
ANY_ORIGIN = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
)
ORIGIN = ("Origin", "https://app.example")


def echo(event: Any, context: Any) -> Any:
    return event


def ok(event: Any, context: Any) -> str:
    return "ok"


def never(event: Any, context: Any) -> None:
    raise AssertionError("the function was invoked")


@pytest.fixture
def url(mock: LambdaUrls) -> FunctionUrl:
    return mock.deploy(ok)


@pytest.mark.parametrize(
    "host",
    [
        HOST,
        HOST.replace("us-east-1", "eu-west-1"),
        "x.lambda-url.us-east-1.on.aws",
        ".lambda-url..on.aws",
        "a.b.lambda-url.us-east-1.on.aws",
    ],
)
def test_unknown_host(mock: LambdaUrls, host: str) -> None:
    mock.deploy(never, url_id=HOST.partition(".")[0], region_name="ap-south-1")
    assert checked(pipeline.handle(make_request(host=host, method="POST", body=b"x"))) == UNKNOWN


def test_unknown_host_asked_by_a_browser(mock: LambdaUrls) -> None:
    with_origin = refused(403, "AccessDeniedException", b'{"Message":null}', added=ANY_ORIGIN)
    assert checked(pipeline.handle(make_request(headers=(ORIGIN,)))) == with_origin
    preflight = make_request(method="OPTIONS", headers=(ORIGIN, ("Access-Control-Request-Method", "GET")))
    assert checked(pipeline.handle(preflight)) == with_origin


def test_unknown_host_by_head(mock: LambdaUrls) -> None:
    expected = refused(403, "AccessDeniedException", b'{"Message":null}', sent=False)
    assert checked(pipeline.handle(make_request(method="HEAD"))) == expected


def test_unknown_host_through_a_client(mock: LambdaUrls) -> None:
    got = requests.get(f"https://{HOST}/")
    assert (got.status_code, got.content) == (403, b'{"Message":null}')
    assert checked_lines(tuple(got.raw.headers.items())) == UNKNOWN.headers


def test_unknown_host_is_logged_with_the_known_ones(url: FunctionUrl, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="moto_lambda_urls"):
        pipeline.handle(make_request(path="/a"))
    refused = f"https://{HOST}: GET /a -> 403 refused: there is no such function URL"
    said = (
        f"{refused}\n    asked: https://{HOST}/\n    known: {url}\n    to let it through:\n"
        "      client = boto3.client('lambda', region_name='us-east-1')\n"
        "      name = 'orders'  # that of your function\n"
        "      url = client.create_function_url_config(FunctionName=name, AuthType='NONE')['FunctionUrl']\n"
        "      client.add_permission(FunctionName=name, StatementId='FunctionURLAllowPublicAccess', "
        "Action='lambda:InvokeFunctionUrl', Principal='*', FunctionUrlAuthType='NONE')\n"
        "      client.add_permission(FunctionName=name, StatementId='FunctionURLInvokeAllowPublicAccess', "
        "Action='lambda:InvokeFunction', Principal='*', InvokedViaFunctionUrl=True)"
    )
    assert caplog.messages == [said]


def test_many_known_urls_are_counted(mock: LambdaUrls, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(12):
        mock.deploy(ok, url_id=f"known{number}")
    with caplog.at_level(logging.WARNING, logger="moto_lambda_urls"):
        pipeline.handle(make_request())
    assert re.search(r"known: (https://\S+, ){9}https://\S+ and 2 more\n", caplog.text)


def test_deleted_url(mock: LambdaUrls, url: FunctionUrl) -> None:
    mock.client("lambda").delete_function_url_config(FunctionName=url.function_name)
    assert checked(ask(url)) == UNKNOWN


def test_url_of_a_deleted_function(mock: LambdaUrls, url: FunctionUrl) -> None:
    mock.client("lambda").delete_function(FunctionName=url.function_name)
    assert checked(ask(url)) == UNKNOWN


def test_public_url_without_its_grant(mock: LambdaUrls) -> None:
    url = mock.deploy(never, grant=False)
    with pytest.warns(FunctionUrlPermissionWarning):
        assert checked(ask(url, method="POST", body=b"x")) == NOT_GRANTED
    assert checked(ask(url, method="HEAD")) == refused(403, "AccessDeniedException", FORBIDDEN, sent=False)
    assert len(mock.invocations) == 0


def test_url_of_a_deleted_alias(mock: LambdaUrls) -> None:
    url = mock.deploy(ok, alias="live")
    assert requests.get(url).text == "ok"
    mock.client("lambda").delete_alias(FunctionName=url.function_name, Name="live")
    assert checked(ask(url)) == NOT_GRANTED
    got = requests.get(url)
    assert (got.status_code, got.content) == (403, FORBIDDEN)
    assert len(mock.invocations) == 1


@pytest.mark.parametrize("authorization", ["standard", "strict", "off"])
def test_url_of_a_deleted_alias_until_it_is_made_anew(authorization: Authorization) -> None:
    with mock_lambda_urls(authorization=authorization) as mock:
        url = mock.deploy(ok, name="fn", alias="live", url_id="chosen")
        client = mock.client("lambda")
        client.delete_alias(FunctionName="fn", Name="live")
        assert checked(ask(url)) == NOT_GRANTED
        client.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        client.create_function_url_config(FunctionName="fn", Qualifier="live", AuthType="NONE")
        grant_public(client, "fn", Qualifier="live")
        assert ask(url).body == b"ok"
        client.delete_alias(FunctionName="fn", Name="live")
        client.delete_function(FunctionName="fn")
        assert checked(ask(url)) == NOT_GRANTED
    with mock_lambda_urls():
        assert checked(ask(url)) == UNKNOWN


def test_no_concurrency_at_all(mock: LambdaUrls) -> None:
    url = mock.deploy(never)
    client = mock.client("lambda")
    client.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=0)
    assert checked(ask(url)) == THROTTLED
    got = requests.post(url, data=b"x")
    assert (got.status_code, got.content) == (429, THROTTLED.body)
    assert checked_lines(tuple(got.raw.headers.items())) == THROTTLED.headers
    assert len(mock.invocations) == 0
    client.put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)
    with pytest.raises(AssertionError):
        mock.invocations.assert_called()
    assert ask(url).status == 502  # `never` raised: it was called
    client.delete_function_concurrency(FunctionName=url.function_name)
    assert ask(url).status == 502


def test_one_more_than_the_reserved_concurrency(mock: LambdaUrls) -> None:
    inside, leave = threading.Semaphore(0), threading.Event()

    def wait(event: Any, context: Any) -> str:
        inside.release()
        assert leave.wait(5)
        return "waited"

    url = mock.deploy(wait, timeout=10)
    other = mock.deploy(ok)
    mock.client("lambda").put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=2)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(requests.get, url) for _ in range(2)]
        assert all(inside.acquire(timeout=5) for _ in running)
        assert checked(ask(url)) == THROTTLED
        assert requests.get(other).text == "ok"
        leave.set()
        assert [each.result().text for each in running] == ["waited", "waited"]
    assert requests.get(url).text == "waited"


def test_concurrency_is_shared_by_an_alias_and_given_back_after_a_failure(mock: LambdaUrls) -> None:
    url = mock.deploy(never, alias="live")
    mock.client("lambda").put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=1)
    assert [ask(url).status for _ in range(3)] == [502, 502, 502]
    mock.client("lambda").put_function_concurrency(FunctionName=url.function_name, ReservedConcurrentExecutions=0)
    assert checked(ask(url)) == THROTTLED


def test_event_up_to_the_limit(mock: LambdaUrls) -> None:
    def count(event: Any, context: Any) -> int:
        return len(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode())

    url = mock.deploy(count)
    headers = (("Content-Type", "text/plain"),)
    size = int(body_of(ask(url, method="POST", headers=headers, body=b"x")))
    body = b"x" * (MAX_EVENT_BYTES - size + 1)
    assert ask(url, method="POST", headers=headers, body=body).body == str(MAX_EVENT_BYTES).encode()
    assert checked(ask(url, method="POST", headers=headers, body=body + b"x")) == TOO_LARGE
    # The last byte is escaped in JSON, and so takes two.
    assert checked(ask(url, method="POST", headers=headers, body=body[:-1] + b"\n")) == TOO_LARGE
    assert len(mock.invocations) == 2


def test_event_that_base64_makes_too_large(mock: LambdaUrls) -> None:
    url = mock.deploy(lambda event, context: len(event["body"]))
    fits = b"\xff" * (MAX_EVENT_BYTES // 4 * 3 - 1_500)
    assert int(body_of(ask(url, method="POST", body=fits))) == len(fits) // 3 * 4
    grown = b"\xff" * (MAX_EVENT_BYTES // 4 * 3)
    assert len(grown) < MAX_EVENT_BYTES
    got = requests.post(url, data=grown)
    assert (got.status_code, got.content) == (413, TOO_LARGE.body)
    assert checked_lines(tuple(got.raw.headers.items())) == TOO_LARGE.headers
    assert len(mock.invocations) == 1


def test_refused_before_it_is_measured(mock: LambdaUrls) -> None:
    url = mock.deploy(never, auth_type="AWS_IAM")
    body = b"x" * MAX_EVENT_BYTES
    assert checked(ask(url, method="POST", body=body)) == refused(
        403, "AccessDeniedException", b'{"Message":"Forbidden"}'
    )


def test_result_up_to_the_limit(mock: LambdaUrls) -> None:
    url = mock.deploy(lambda event, context: "x" * (int(event["rawPath"][1:]) - 2))
    assert ask(url, f"/{MAX_RESULT_BYTES}").body == b"x" * (MAX_RESULT_BYTES - 2)
    assert checked(ask(url, f"/{MAX_RESULT_BYTES + 1}")) == answered(FAILED, status=502)
    error = mock.invocations[-1].error
    assert error is not None
    assert error.type == "Function.ResponseSizeTooLarge"


def test_one_request_id_everywhere(mock: LambdaUrls) -> None:
    def show(event: Any, context: Any) -> dict[str, Any]:
        print("seen")
        return {"event": event["requestContext"]["requestId"], "context": context.aws_request_id}

    url = mock.deploy(show)
    answers = [requests.get(url) for _ in range(2)]
    assert len({answer.headers["x-amzn-RequestId"] for answer in answers}) == 2
    for answer, invocation in zip(answers, url.invocations, strict=True):
        request_id = answer.headers["x-amzn-RequestId"]
        assert answer.json() == {"event": request_id, "context": request_id}
        assert invocation.request_id == invocation.event["requestContext"]["requestId"] == request_id
        start, seen, end, report, *_ = invocation.logs.splitlines()
        assert (start, seen) == (f"START RequestId: {request_id} Version: $LATEST", "seen")
        assert end == f"END RequestId: {request_id}"
        assert report.startswith(f"REPORT RequestId: {request_id}\t")
    logged = mock.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{url.function_name}")["events"]
    for answer in answers:
        assert any(answer.headers["x-amzn-RequestId"] in each["message"] for each in logged)


def test_one_trace_id_everywhere(mock: LambdaUrls) -> None:
    url = mock.deploy(
        lambda event, context: [event["headers"]["x-amzn-trace-id"], __import__("os").environ["_X_AMZN_TRACE_ID"]]
    )
    got = requests.get(url, headers={"X-Amzn-Trace-Id": "Root=1-00000000-000000000000000000000000"})
    in_event, in_environment = got.json()
    assert in_environment == got.headers["X-Amzn-Trace-Id"]
    assert in_environment.split(";")[0] == in_event


def test_a_failure_keeps_the_request_id(mock: LambdaUrls) -> None:
    url = mock.deploy(never)
    got = requests.get(url)
    assert got.status_code == 502
    assert url.last.request_id == got.headers["x-amzn-RequestId"]
    assert got.headers["x-amzn-RequestId"] in url.last.logs


def test_clients_see_the_lines_in_their_order(url: FunctionUrl) -> None:
    got = requests.get(url)
    assert checked_lines(tuple(got.raw.headers.items())) == answered(b"ok").headers


def test_handler_error_reaches_the_test_when_asked_for() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as mock:
        url = mock.deploy(never)
        with pytest.raises(AssertionError, match="the function was invoked"):
            requests.get(url)
        error = url.last.error
        assert error is not None
        assert error.type == "AssertionError"
        assert url.last.response is None


def test_failure_without_an_exception_is_recorded_once() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as mock:
        url = mock.deploy(lambda event, context: "x" * MAX_RESULT_BYTES)
        assert checked(ask(url)) == answered(FAILED, status=502)
        assert [str(each)[:40] for each in mock.invocations] == ["GET / -> 502 Function.ResponseSizeTooLar"]


def test_url_changes_as_it_is_configured(mock: LambdaUrls, url: FunctionUrl) -> None:
    client = mock.client("lambda")
    client.update_function_url_config(FunctionName=url.function_name, AuthType="AWS_IAM")
    assert checked(ask(url)) == refused(403, "AccessDeniedException", b'{"Message":"Forbidden"}')
    client.update_function_url_config(
        FunctionName=url.function_name, AuthType="NONE", Cors={"AllowOrigins": ["https://app.example"]}
    )
    added = (("Access-Control-Allow-Origin", "https://app.example"), ("Vary", "Origin"))
    assert checked(ask(url, headers=(ORIGIN,))) == answered(b"ok", added=added)


def test_an_alias_answers_with_its_version(mock: LambdaUrls, create_function: Any, aws_lambda: Any) -> None:
    create_function(
        "fn", "def handler(event, context): return [context.function_version, context.invoked_function_arn]"
    )
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    urls = []
    for target in ({}, {"Qualifier": "live"}):
        config = aws_lambda.create_function_url_config(FunctionName="fn", AuthType="NONE", **target)
        urls.append(config["FunctionUrl"])
        grant_public(aws_lambda, "fn", **target)
    assert [requests.get(each).json() for each in urls] == [["$LATEST", arn], ["1", f"{arn}:live"]]


def test_a_grant_of_the_function_does_not_open_its_alias(mock: LambdaUrls) -> None:
    url = mock.deploy(never, alias="live", grant=False)
    grant_public(mock.client("lambda"), url.function_name)
    with pytest.warns(FunctionUrlPermissionWarning, match="Qualifier='live'"):
        assert checked(ask(url)) == NOT_GRANTED


def test_warnings_as_errors_reach_the_caller(mock: LambdaUrls) -> None:
    url = mock.deploy(never, grant=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FunctionUrlPermissionWarning):
            pipeline.handle(request_to(url))


def test_a_handler_may_call_its_own_url(mock: LambdaUrls) -> None:
    def nest(event: Any, context: Any) -> str:
        depth = int(event["rawPath"][1:])
        return str(depth) if depth == 0 else requests.get(f"https://{event['headers']['host']}/{depth - 1}").text + "."

    url = mock.deploy(nest, timeout=10)
    assert requests.get(f"{url}3").text == "0..."
    assert [each.path for each in url.invocations] == ["/0", "/1", "/2", "/3"]
