"""Invoke through boto3: every form of it, and its errors."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_api._internal import mock_random
from support.builders import answer, make_role, make_zip
from support.processes import needs_node, needs_python

from moto_lambda_urls import LambdaUrls, mock_lambda_urls
from moto_lambda_urls.state.scope import Processes

pytestmark = pytest.mark.in_process

ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"
RAISING = (
    "class CustomException(Exception): pass\n\ndef handler(event, context):\n    raise CustomException('no stock')\n"
)
WHO = """
def handler(event, context):
    return {
        "arn": context.invoked_function_arn,
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
        "request_id": context.aws_request_id,
    }
"""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Create = Callable[..., str]


def payload_of(response: Any) -> Any:
    return json.loads(response["Payload"].read())


def once() -> Any:
    """A client that does not try again after a 429."""
    return boto3.client("lambda", "us-east-1", config=Config(retries={"total_max_attempts": 1}))


def metadata(response: Any) -> tuple[int, str | None]:
    return response["StatusCode"], response.get("ExecutedVersion")


def test_request_response(aws_lambda: Any, create_function: Create) -> None:
    create_function()
    response = aws_lambda.invoke(FunctionName="fn", Payload=b'{"a": [1, "\\u00e9"]}')
    assert metadata(response) == (200, "$LATEST")
    assert "FunctionError" not in response
    assert "LogResult" not in response
    assert payload_of(response) == {"a": [1, "é"]}
    assert response["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"


def test_no_payload_is_an_empty_object_and_no_result_is_null(aws_lambda: Any, create_function: Create) -> None:
    create_function("echo")
    create_function("none", "def handler(event, context): pass")
    assert payload_of(aws_lambda.invoke(FunctionName="echo")) == {}
    assert aws_lambda.invoke(FunctionName="none")["Payload"].read() == b"null"


def test_any_json_value_is_an_event(aws_lambda: Any, create_function: Create) -> None:
    create_function()
    for value in (b"null", b"3", b'"text"', b"[]", b"false"):
        assert aws_lambda.invoke(FunctionName="fn", Payload=value)["Payload"].read() == value


def test_event(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function()
    response = aws_lambda.invoke(FunctionName="fn", InvocationType="Event", Payload=b'{"n": 1}')
    assert metadata(response) == (202, None)
    assert response["Payload"].read() == b""
    assert [each.event for each in mock.invocations] == [{"n": 1}]


def test_dry_run_calls_nothing(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function()
    response = aws_lambda.invoke(FunctionName="fn", InvocationType="DryRun", Payload=b"{}")
    assert metadata(response) == (204, None)
    assert response["Payload"].read() == b""
    assert len(mock.invocations) == 0


def test_invoke_async(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function()
    response = aws_lambda.invoke_async(FunctionName="fn", InvokeArgs=b'{"n": 1}')
    assert response["Status"] == 202
    assert [each.event for each in mock.invocations] == [{"n": 1}]


def test_a_handler_that_raises(aws_lambda: Any, create_function: Create) -> None:
    create_function(files=RAISING)
    response = aws_lambda.invoke(FunctionName="fn")
    body = payload_of(response)
    assert metadata(response) == (200, "$LATEST")
    assert response["FunctionError"] == "Unhandled"
    assert UUID.fullmatch(body.pop("requestId"))
    assert body == {
        "errorMessage": "no stock",
        "errorType": "CustomException",
        "stackTrace": ["  File \"/var/task/app.py\", line 4, in handler\n    raise CustomException('no stock')\n"],
    }


def test_an_import_that_raises(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="raise KeyError('boot')")
    body = payload_of(aws_lambda.invoke(FunctionName="fn"))
    assert body["requestId"] == ""
    assert (body["errorType"], body["errorMessage"]) == ("KeyError", "'boot'")
    assert body["stackTrace"][-1] == "  File \"/var/task/app.py\", line 1, in <module>\n    raise KeyError('boot')\n"


@pytest.mark.parametrize(
    ("handler", "kind", "message"),
    [
        (
            "nothing.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'nothing': No module named 'nothing'",
        ),
        ("app.other", "Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"),
        (
            "app",
            "Runtime.MalformedHandlerName",
            "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        ),
    ],
)
def test_no_such_handler(aws_lambda: Any, create_function: Create, handler: str, kind: str, message: str) -> None:
    create_function(Handler=handler)
    response = aws_lambda.invoke(FunctionName="fn")
    body = payload_of(response)
    assert response["FunctionError"] == "Unhandled"
    assert (body["errorType"], body["errorMessage"]) == (kind, message)


def test_a_timeout(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="import time\ndef handler(event, context): time.sleep(30)", Timeout=1)
    response = aws_lambda.invoke(FunctionName="fn")
    request_id = response["ResponseMetadata"]["RequestId"]
    body = payload_of(response)
    assert response["FunctionError"] == "Unhandled"
    assert body["errorType"] == "Sandbox.Timedout"
    assert re.fullmatch(r"RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds", body["errorMessage"])
    assert request_id in body["errorMessage"]


def test_an_exit(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="import sys\ndef handler(event, context): sys.exit(event)")
    body = payload_of(aws_lambda.invoke(FunctionName="fn", Payload=b"3"))
    assert body["errorType"] == "Runtime.ExitError"
    assert body["errorMessage"].endswith(" Error: Runtime exited with error: exit status 3")


def test_a_result_over_the_limit(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="def handler(event, context): return 'x' * event")
    within = aws_lambda.invoke(FunctionName="fn", Payload=b"6291554")
    assert "FunctionError" not in within
    assert len(within["Payload"].read()) == 6_291_556
    over = aws_lambda.invoke(FunctionName="fn", Payload=b"6291555")
    assert over["FunctionError"] == "Unhandled"
    assert payload_of(over) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }


@pytest.mark.parametrize(("kind", "limit"), [("RequestResponse", 6_291_456), ("Event", 1_048_576)])
def test_a_payload_over_the_limit(
    mock: LambdaUrls, aws_lambda: Any, create_function: Create, kind: str, limit: int
) -> None:
    create_function(files="def handler(event, context): pass")
    aws_lambda.invoke(FunctionName="fn", InvocationType=kind, Payload=b'"%s"' % (b"x" * (limit - 2)))
    assert len(mock.invocations) == 1
    assert answer(
        aws_lambda.invoke, FunctionName="fn", InvocationType=kind, Payload=b'"%s"' % (b"x" * (limit - 1))
    ) == (
        "RequestTooLargeException",
        f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
        413,
    )
    assert len(mock.invocations) == 1


def test_a_payload_that_is_no_json(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function()
    bad = [b"{", b"{'a': 1}", b"\xff\xfe", b"\x80", b"NaN", b"[Infinity]", b"[" * 100_000, "{}".encode("utf-16")]
    for kind in ("RequestResponse", "Event", "DryRun"):
        for payload in bad:
            code, message, status = answer(aws_lambda.invoke, FunctionName="fn", InvocationType=kind, Payload=payload)
            assert (code, status) == ("InvalidRequestContentException", 400)
            assert message.startswith("Could not parse request body into json: Could not parse payload into json: ")
    assert len(mock.invocations) == 0


@pytest.mark.parametrize("name", ["gone", "gone:$LATEST", f"{ARN[:-2]}gone"])
def test_no_such_function(aws_lambda: Any, name: str) -> None:
    for kind in ("RequestResponse", "Event", "DryRun"):
        assert answer(aws_lambda.invoke, FunctionName=name, InvocationType=kind) == (
            "ResourceNotFoundException",
            f"Function not found: {ARN[:-2]}gone:$LATEST",
            404,
        )


@pytest.mark.parametrize("qualifier", ["7", "live"])
def test_no_such_version(aws_lambda: Any, create_function: Create, qualifier: str) -> None:
    create_function()
    for target in ({"FunctionName": "fn", "Qualifier": qualifier}, {"FunctionName": f"fn:{qualifier}"}):
        assert answer(aws_lambda.invoke, **target) == (
            "ResourceNotFoundException",
            f"Function not found: {ARN}:{qualifier}",
            404,
        )


def test_an_arn_of_another_region(aws_lambda: Any, create_function: Create) -> None:
    arn = create_function()
    there = boto3.client("lambda", "eu-west-1")
    assert answer(there.invoke, FunctionName=arn) == (
        "ResourceNotFoundException",
        "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        404,
    )


def test_a_qualifier_twice(aws_lambda: Any, create_function: Create) -> None:
    create_function()
    assert answer(aws_lambda.invoke, FunctionName="fn:1", Qualifier="2") == (
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        400,
    )


def test_what_the_context_says_of_the_target(aws_lambda: Any, create_function: Create) -> None:
    create_function(files=WHO, MemorySize=256)
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    seen = {}
    for target in ["fn", "fn:$LATEST", "fn:1", "fn:live", ARN, f"{ARN}:live", "123456789012:function:fn:1"]:
        response = aws_lambda.invoke(FunctionName=target)
        body = payload_of(response)
        assert body["request_id"] == response["ResponseMetadata"]["RequestId"]
        assert body["memory"] == "256"
        seen[target] = (body["arn"], body["version"], response["ExecutedVersion"])
    assert seen == {
        "fn": (ARN, "$LATEST", "$LATEST"),
        "fn:$LATEST": (f"{ARN}:$LATEST", "$LATEST", "$LATEST"),
        "fn:1": (f"{ARN}:1", "1", "1"),
        "fn:live": (f"{ARN}:live", "1", "1"),
        ARN: (ARN, "$LATEST", "$LATEST"),
        f"{ARN}:live": (f"{ARN}:live", "1", "1"),
        "123456789012:function:fn:1": (f"{ARN}:1", "1", "1"),
    }
    assert payload_of(aws_lambda.invoke(FunctionName="fn", Qualifier="live"))["arn"] == f"{ARN}:live"


def test_an_alias_splits_traffic(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="def handler(event, context): return 'old'")
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip("def handler(event, context): return 'new'"))
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(
        FunctionName="fn",
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
    )
    mock_random.seed(7)
    answers = Counter(
        (response["ExecutedVersion"], payload_of(response))
        for response in (aws_lambda.invoke(FunctionName="fn", Qualifier="live") for _ in range(200))
    )
    assert set(answers) == {("1", "old"), ("2", "new")}
    assert 30 <= answers["2", "new"] <= 70
    aws_lambda.update_alias(FunctionName="fn", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}})
    assert {aws_lambda.invoke(FunctionName="fn:live")["ExecutedVersion"] for _ in range(20)} == {"2"}


def test_the_tail_of_the_log(aws_lambda: Any, create_function: Create) -> None:
    create_function(files="def handler(event, context): print('x' * 5000 + 'end')")
    response = aws_lambda.invoke(FunctionName="fn", LogType="Tail")
    tail = base64.b64decode(response["LogResult"])
    assert len(tail) == 4096
    assert b"xend\nEND RequestId: " in tail
    assert b"\nREPORT RequestId: " in tail


def test_the_client_context(aws_lambda: Any, create_function: Create) -> None:
    create_function(
        files="""
def handler(event, context):
    given = context.client_context
    return given and [given.client.installation_id, given.custom, given.env]
"""
    )
    sent = {"client": {"installation_id": "i1"}, "custom": {"a": "1"}, "env": {"locale": "de"}}
    encoded = base64.b64encode(json.dumps(sent).encode()).decode()
    response = aws_lambda.invoke(FunctionName="fn", ClientContext=encoded)
    assert payload_of(response) == ["i1", {"a": "1"}, {"locale": "de"}]
    assert payload_of(aws_lambda.invoke(FunctionName="fn")) is None


@pytest.mark.parametrize("context", ["no base64!", "e30", base64.b64encode(b"{").decode()])
def test_a_client_context_that_is_none(aws_lambda: Any, create_function: Create, context: str) -> None:
    create_function()
    assert answer(aws_lambda.invoke, FunctionName="fn", ClientContext=context) == (
        "InvalidRequestContentException",
        "Client context must be a valid Base64-encoded JSON object.",
        400,
    )


def test_no_concurrency(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function()
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    client = once()
    with pytest.raises(client.exceptions.TooManyRequestsException) as raised:
        client.invoke(FunctionName="fn")
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert response["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert response["Type"] == "User"
    aws_lambda.delete_function_concurrency(FunctionName="fn")
    assert aws_lambda.invoke(FunctionName="fn")["StatusCode"] == 200


def test_a_function_that_invokes_itself_needs_concurrency(aws_lambda: Any, create_function: Create) -> None:
    create_function(
        files="""
import boto3, json
from botocore.config import Config
from botocore.exceptions import ClientError
client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}))
def handler(event, context):
    if event == 0:
        return "bottom"
    try:
        answer = client.invoke(FunctionName=context.function_name, Payload=str(event - 1))
    except client.exceptions.TooManyRequestsException as error:
        return error.response["Reason"]
    return json.load(answer["Payload"])
"""
    )
    assert payload_of(aws_lambda.invoke(FunctionName="fn", Payload=b"5")) == "bottom"
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=3)
    assert payload_of(aws_lambda.invoke(FunctionName="fn", Payload=b"2")) == "bottom"
    assert (
        payload_of(aws_lambda.invoke(FunctionName="fn", Payload=b"3"))
        == "ReservedFunctionConcurrentInvocationLimitExceeded"
    )


def test_what_is_recorded(mock: LambdaUrls, aws_lambda: Any, create_function: Create) -> None:
    create_function(files=RAISING)
    aws_lambda.publish_version(FunctionName="fn")
    response = aws_lambda.invoke(FunctionName="fn", Qualifier="1", Payload=b'{"a": 1}')
    last = mock.invocations.last
    assert (last.function_name, last.qualifier, last.url_id, last.event) == ("fn", "1", None, {"a": 1})
    assert last.request_id == response["ResponseMetadata"]["RequestId"]
    assert last.error is not None
    assert (last.error.type, last.error.message) == ("CustomException", "no stock")
    assert last.error.traceback.rstrip().endswith("CustomException: no stock")
    assert last.result["errorType"] == "CustomException"
    assert f"START RequestId: {last.request_id} Version: 1\n" in last.logs


def test_raise_handler_errors() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = urls.deploy(make_zip(RAISING), name="fn")
        client = urls.client("lambda")
        with pytest.raises(Exception, match=r"^no stock$") as raised:
            client.invoke(FunctionName="fn")
        assert type(raised.value).__name__ == "CustomException"
        with pytest.raises(Exception, match=r"^no stock$") as raised:
            requests.get(str(url))
        assert type(raised.value).__name__ == "CustomException"
        assert [str(each.error.type) for each in urls.invocations if each.error] == ["CustomException"] * 2
        assert client.invoke(FunctionName="fn", InvocationType="Event")["StatusCode"] == 202


def test_raise_handler_errors_of_a_handler_that_is_not_found() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as urls:
        urls.deploy(make_zip("import nothing_of_this_name"), name="fn")
        with pytest.raises(Exception, match="nothing_of_this_name"):
            urls.client("lambda").invoke(FunctionName="fn")


def test_raise_handler_errors_leaves_handlers_among_themselves_alone() -> None:
    """A handler that calls another one must see what it would see on AWS."""

    def inner(event: Any, context: Any) -> None:
        raise ValueError("inner")

    def outer(event: Any, context: Any) -> Any:
        response = boto3.client("lambda", "us-east-1").invoke(FunctionName="inner")
        return [response["FunctionError"], requests.get(event).status_code]

    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = urls.deploy(inner, name="inner")
        urls.deploy(outer, name="outer")
        response = urls.client("lambda").invoke(FunctionName="outer", Payload=json.dumps(str(url)))
        assert payload_of(response) == ["Unhandled", 502]


def test_raise_handler_errors_without_an_exception_answers_as_aws() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as urls:
        urls.deploy(make_zip("def handler(event, context): return 'x' * 7_000_000"), name="fn")
        response = urls.client("lambda").invoke(FunctionName="fn")
        assert payload_of(response)["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.parametrize("processes", ["never", "always"])
def test_exit_at_import_tells_the_request(processes: Processes) -> None:
    with mock_lambda_urls(processes=processes) as urls:
        url = urls.deploy(make_zip("import sys\nsys.exit(4)"))
        response = urls.client("lambda").invoke(FunctionName=url.function_name)
        request_id = response["ResponseMetadata"]["RequestId"]
        assert json.loads(response["Payload"].read()) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: {request_id} Error: Runtime exited with error: exit status 4",
        }


TENANCY = {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}
COUNTING = (
    "import os\n\ncount = 0\n\ndef handler(event, context):\n    global count\n    count += 1\n"
    "    return [context.tenant_id, count, context.log_stream_name, os.path.isdir(os.environ['LAMBDA_TASK_ROOT'])]\n"
)
WITHOUT_TENANT = (
    "The invoked function is enabled with tenancy configuration. Add a valid tenant ID in your request and try again."
)
WITH_TENANT = (
    "The invoked function is not enabled with tenancy configuration. Remove the tenant ID from your request and try "
    "again."
)


def tenant_refusal(call: Callable[..., Any], **parameters: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(FunctionName="fn", **parameters)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.mark.parametrize("invocation_type", ["RequestResponse", "Event", "DryRun"])
def test_tenant_id_that_is_missing_or_too_much(
    lambda_urls: LambdaUrls, aws_lambda: Any, create_function: Create, invocation_type: str
) -> None:
    create_function(**TENANCY)
    asked = {"InvocationType": invocation_type}
    refused = 400, "InvalidParameterValueException"
    assert tenant_refusal(aws_lambda.invoke, **asked) == (*refused, WITHOUT_TENANT)
    assert metadata(aws_lambda.invoke(FunctionName="fn", TenantId="blue", **asked))[0] in (200, 202, 204)
    aws_lambda.delete_function(FunctionName="fn")
    create_function()
    seen = len(lambda_urls.invocations)
    assert tenant_refusal(aws_lambda.invoke, TenantId="blue", **asked) == (*refused, WITH_TENANT)
    assert len(lambda_urls.invocations) == seen


def test_tenant_id_of_a_stream(aws_lambda: Any, create_function: Create) -> None:
    create_function(**TENANCY)
    invoke = aws_lambda.invoke_with_response_stream
    refused = 400, "InvalidParameterValueException"
    assert tenant_refusal(invoke) == (*refused, WITHOUT_TENANT)
    invoke(FunctionName="fn", TenantId="blue")["EventStream"].close()
    aws_lambda.delete_function(FunctionName="fn")
    create_function()
    assert tenant_refusal(invoke, TenantId="blue") == (*refused, WITH_TENANT)


@pytest.mark.parametrize("tenant_id", ["", "a" * 257, "a#b"])
def test_tenant_id_that_the_model_refuses(create_function: Create, tenant_id: str) -> None:
    create_function(**TENANCY)
    client = boto3.client("lambda", "us-east-1", config=Config(parameter_validation=False))
    status, code, _ = tenant_refusal(client.invoke, TenantId=tenant_id)
    assert (status, code) == (400, "ValidationException")


def test_each_tenant_has_an_environment_of_its_own(aws_lambda: Any, create_function: Create) -> None:
    """Code that was updated begins anew for each."""
    create_function("fn", COUNTING, **TENANCY)

    def invoke(tenant_id: str) -> Any:
        return payload_of(aws_lambda.invoke(FunctionName="fn", TenantId=tenant_id))

    answers = [invoke(tenant_id) for tenant_id in ("blue", "green", "blue", "a:b/c=d+e-f@g.h_i j", "green", "blue")]
    assert [answer[:2] for answer in answers] == [
        ["blue", 1],
        ["green", 1],
        ["blue", 2],
        ["a:b/c=d+e-f@g.h_i j", 1],
        ["green", 2],
        ["blue", 3],
    ]
    streams = {answer[0]: answer[2] for answer in answers}
    assert len(set(streams.values())) == 3
    assert all(answer[2] == streams[answer[0]] and answer[3] for answer in answers)
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip(COUNTING + "#"))
    assert [invoke(tenant_id)[:2] for tenant_id in ("green", "blue", "green")] == [
        ["green", 1],
        ["blue", 1],
        ["green", 2],
    ]


def test_tenant_of_an_asynchronous_invocation(
    lambda_urls: LambdaUrls, aws_lambda: Any, create_function: Create
) -> None:
    """Each try has it."""
    create_function("fn", "def handler(event, context):\n    raise ValueError(context.tenant_id)\n", **TENANCY)
    aws_lambda.invoke(FunctionName="fn", TenantId="blue", InvocationType="Event")
    assert [each.error and each.error.message for each in lambda_urls.invocations] == ["blue"] * 3


def test_version_of_a_function_with_tenants(aws_lambda: Any, create_function: Create) -> None:
    create_function("fn", COUNTING, **TENANCY)
    version = aws_lambda.publish_version(FunctionName="fn")["Version"]
    assert tenant_refusal(aws_lambda.invoke, Qualifier=version)[2] == WITHOUT_TENANT
    assert payload_of(aws_lambda.invoke(FunctionName="fn", Qualifier=version, TenantId="blue"))[:2] == ["blue", 1]


LOGGING_PYTHON = "import logging\n\ndef handler(event, context):\n    logging.getLogger().warning('told')\n"
LOGGING_NODE = {"app.js": "exports.handler = async () => { console.warn('told') }"}


@pytest.mark.parametrize(
    ("processes", "runtime", "files"),
    [
        ("never", "python3.13", LOGGING_PYTHON),
        ("always", "python3.13", LOGGING_PYTHON),
        ("auto", "nodejs22.x", LOGGING_NODE),
    ],
)
def test_tenant_in_logs(processes: Processes, runtime: str, files: Any) -> None:
    """In all lines that are JSON, and only for a function with tenants."""
    if processes == "always":
        needs_python(runtime)
    if processes == "auto":
        needs_node()
    with mock_lambda_urls(processes=processes) as urls:
        client = boto3.client("lambda", "us-east-1")
        role, package = make_role(boto3.client("iam")), make_zip(files)
        common = {"Runtime": runtime, "Handler": "app.handler", "Role": role, "Code": {"ZipFile": package}}
        common["LoggingConfig"] = {"LogFormat": "JSON"}
        client.create_function(FunctionName="tenants", **common, **TENANCY)
        client.create_function(FunctionName="plain", **common)
        for tenant_id in ("blue", "green"):
            client.invoke(FunctionName="tenants", TenantId=tenant_id)
        client.invoke(FunctionName="plain")
        logs = [[json.loads(line) for line in each.logs.splitlines()] for each in urls.invocations]
    tenants = [[line.get("tenantId", line.get("record", {}).get("tenantId")) for line in log] for log in logs]
    assert tenants == [["blue"] * 3, ["green"] * 3, [None] * 3]
    assert [log[0]["type"] for log in logs] == ["platform.start"] * 3
    assert [log[1]["message"] for log in logs] == ["told"] * 3
    assert [log[2]["type"] for log in logs] == ["platform.report"] * 3
