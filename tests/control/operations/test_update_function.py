"""UpdateFunctionCode, UpdateFunctionConfiguration, and functions that are not Active at once."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from support.builders import answer, make_role, make_zip, raw_client
from support.function_api import (
    ACCOUNT,
    ARN,
    OTHER_PACKAGE,
    PACKAGE,
    REGION,
    STALE,
    checked,
    configuration,
    image,
    network,
    request,
    sha_256,
)

from moto_lambda_urls import mock_lambda_urls

MISSING = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)
GROUP = {"LogGroup": "/aws/lambda/fn"}
NEW_CODE = {"CodeSize": len(OTHER_PACKAGE), "CodeSha256": sha_256(OTHER_PACKAGE)}


def invalid(message: str) -> tuple[str, str, int]:
    return "InvalidParameterValueException", message, 400


def test_code(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request())
    updated = aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Architectures=["arm64"])
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert checked(updated) == configuration(Architectures=["arm64"], **NEW_CODE)
    read = aws_lambda.get_function_configuration(FunctionName="fn")
    again = aws_lambda.get_function_configuration(FunctionName="fn")
    assert len({created["RevisionId"], updated["RevisionId"], read["RevisionId"]}) == 3
    assert again["RevisionId"] == read["RevisionId"]


def test_code_runs(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    assert aws_lambda.invoke(FunctionName="fn", Payload=b"1")["Payload"].read() == b"1"
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE)
    assert aws_lambda.invoke(FunctionName="fn", Payload=b"1")["Payload"].read() == b'"other"'


def test_new_configuration_is_cold(aws_lambda: Any) -> None:
    source = "import os\nSTAGE = os.environ.get('STAGE')\ndef handler(event, context): return STAGE"
    aws_lambda.create_function(**request(Code={"ZipFile": make_zip(source)}))
    assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b"null"
    aws_lambda.update_function_configuration(FunctionName="fn", Environment={"Variables": {"STAGE": "b"}})
    assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b'"b"'


def test_publishing_and_tags_leave_it_warm(aws_lambda: Any) -> None:
    source = "calls = []\ndef handler(event, context): calls.append(1); return len(calls)"
    aws_lambda.create_function(**request(Code={"ZipFile": make_zip(source)}))
    assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b"1"
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.tag_resource(Resource=ARN, Tags={"a": "b"})
    assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b"2"
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=3)
    assert aws_lambda.invoke(FunctionName="fn")["Payload"].read() == b"1"


def test_dry_run(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    read = aws_lambda.get_function_configuration(FunctionName="fn")
    tried = aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, DryRun=True, Publish=True)
    assert checked(tried) == configuration()
    assert tried["RevisionId"] == read["RevisionId"]
    assert [each["Version"] for each in aws_lambda.list_versions_by_function(FunctionName="fn")["Versions"]] == [
        "$LATEST"
    ]
    code, _, status = answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=b"no zip", DryRun=True)
    assert (code, status) == ("InvalidParameterValueException", 400)


def test_code_of_s3(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=OTHER_PACKAGE)
    updated = aws_lambda.update_function_code(FunctionName="fn", S3Bucket="code", S3Key="app.zip")
    assert checked(updated) == configuration(**NEW_CODE)
    text = (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
    )
    assert answer(aws_lambda.update_function_code, FunctionName="fn", S3Bucket="code", S3Key="no") == invalid(text)


def test_publish_with_the_code(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    published = aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    assert checked(published) == configuration(FunctionArn=f"{ARN}:1", Version="1", **NEW_CODE)
    read = aws_lambda.get_function_configuration(FunctionName="fn:1")
    assert read["RevisionId"] != published["RevisionId"]
    again = aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    assert (again["Version"], again["RevisionId"]) == ("1", read["RevisionId"])
    assert aws_lambda.get_function_configuration(FunctionName="fn:1")["RevisionId"] == read["RevisionId"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "Please provide a source for function code."),
        (
            {"ImageUri": "repository:1"},
            "Please don't provide ImageUri when updating a function with packageType Zip.",
        ),
        ({"ZipFile": b"no"}, "Could not unzip uploaded file. Please check your file, then try to upload again."),
    ],
)
def test_code_that_is_refused(aws_lambda: Any, parameters: dict[str, Any], message: str) -> None:
    aws_lambda.create_function(**request())
    before = aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert answer(aws_lambda.update_function_code, FunctionName="fn", **parameters) == invalid(message)
    assert aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"] == before


def test_code_of_an_image(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**image())
    text = "Please provide ImageUri when updating a function with packageType Image."
    assert answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=PACKAGE) == invalid(text)
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:2"
    updated = aws_lambda.update_function_code(FunctionName="fn", ImageUri=uri)
    assert updated["CodeSha256"] != created["CodeSha256"]
    assert aws_lambda.get_function(FunctionName="fn")["Code"]["ImageUri"] == uri


def test_configuration(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    other_role = make_role(boto3.client("iam", REGION), name="other")
    settings: dict[str, Any] = {
        "Description": "orders",
        "Handler": "other.handler",
        "Timeout": 9,
        "MemorySize": 256,
        "Runtime": "python3.12",
        "Role": other_role,
        "Environment": {"Variables": {"AA": "b"}},
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
    }
    updated = aws_lambda.update_function_configuration(FunctionName="fn", **settings)
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert checked(updated) == configuration(**settings)
    assert checked(aws_lambda.get_function_configuration(FunctionName="fn")) == configuration(**settings)


def test_configuration_keeps_what_it_does_not_name(aws_lambda: Any) -> None:
    sent: dict[str, Any] = {"Timeout": 9, "Environment": {"Variables": {"AA": "b"}}, "Description": "orders"}
    created = aws_lambda.create_function(**request(**sent))
    updated = aws_lambda.update_function_configuration(FunctionName="fn", MemorySize=512)
    assert checked(updated) == configuration(**sent, MemorySize=512)
    assert updated["RevisionId"] != created["RevisionId"]


def test_settings_taken_back(aws_lambda: Any) -> None:
    aws_lambda.create_function(
        **request(
            DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
            KMSKeyArn="arn:aws:kms:us-east-1:123456789012:key/1",
            Environment={"Variables": {"AA": "b"}},
            VpcConfig=network(),
            Description="orders",
        )
    )
    updated = aws_lambda.update_function_configuration(
        FunctionName="fn",
        DeadLetterConfig={"TargetArn": ""},
        KMSKeyArn="",
        Environment={},
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
        Description="",
        Layers=[],
    )
    vpc = {"VpcId": "", "SubnetIds": [], "SecurityGroupIds": [], "Ipv6AllowedForDualStack": False}
    assert checked(updated) == configuration(Environment={"Variables": {}}, VpcConfig=vpc)


def test_an_empty_dead_letter_config_changes_nothing(aws_lambda: Any) -> None:
    target = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    aws_lambda.create_function(**request(DeadLetterConfig=target))
    updated = aws_lambda.update_function_configuration(FunctionName="fn", DeadLetterConfig={})
    assert updated["DeadLetterConfig"] == target


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        (
            {},
            {"LogFormat": "JSON"},
            {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "INFO",
                "SystemLogLevel": "INFO",
                "LogGroup": "/aws/lambda/fn",
            },
        ),
        (
            {"LogFormat": "JSON", "SystemLogLevel": "WARN"},
            {"ApplicationLogLevel": "DEBUG"},
            {
                "LogFormat": "JSON",
                "ApplicationLogLevel": "DEBUG",
                "SystemLogLevel": "WARN",
                "LogGroup": "/aws/lambda/fn",
            },
        ),
        (
            {"LogFormat": "JSON", "LogGroup": "own"},
            {"LogFormat": "Text"},
            {"LogFormat": "Text", "LogGroup": "own"},
        ),
    ],
)
def test_logging(aws_lambda: Any, before: dict[str, str], sent: dict[str, str], after: dict[str, str]) -> None:
    aws_lambda.create_function(**request(LoggingConfig=before))
    assert aws_lambda.update_function_configuration(FunctionName="fn", LoggingConfig=sent)["LoggingConfig"] == after


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"Environment": {"Variables": {"AWS_REGION": "x"}}},
            (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contains reserved keys that are currently not supported for modification. "
                "Reserved keys used in this request: AWS_REGION"
            ),
        ),
        (
            {"Role": f"arn:aws:iam::{ACCOUNT}:role/missing"},
            "The role defined for the function cannot be assumed by Lambda.",
        ),
        (
            {"Layers": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib:1"]},
            f"Layer version arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib:1 does not exist.",
        ),
        (
            {"Runtime": "nodejs24.x", "SnapStart": {"ApplyOn": "PublishedVersions"}},
            "nodejs24.x is not supported for SnapStart enabled functions.",
        ),
    ],
)
def test_configuration_that_is_refused(aws_lambda: Any, settings: dict[str, Any], message: str) -> None:
    aws_lambda.create_function(**request())
    before = aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    call = aws_lambda.update_function_configuration
    assert answer(call, FunctionName="fn", Timeout=9, **settings) == invalid(message)
    read = aws_lambda.get_function_configuration(FunctionName="fn")
    assert checked(read) == configuration()
    assert read["RevisionId"] == before


def test_configuration_against_the_model(mock: Any) -> None:
    client = raw_client()
    client.create_function(**request())
    text = (
        "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
        "Member must have value less than or equal to 900"
    )
    assert answer(client.update_function_configuration, FunctionName="fn", Timeout=901) == (
        "ValidationException",
        text,
        400,
    )


def test_settings_that_images_do_not_have(aws_lambda: Any) -> None:
    aws_lambda.create_function(**image())
    text = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
    assert answer(aws_lambda.update_function_configuration, FunctionName="fn", Handler="a.b") == invalid(text)
    updated = aws_lambda.update_function_configuration(FunctionName="fn", ImageConfig={"Command": ["x"]})
    assert updated["ImageConfigResponse"] == {"ImageConfig": {"Command": ["x"]}}


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("update_function_code", {"ZipFile": PACKAGE}), ("update_function_configuration", {"Timeout": 9})],
)
def test_missing_and_stale(aws_lambda: Any, operation: str, parameters: dict[str, Any]) -> None:
    call = getattr(aws_lambda, operation)
    assert answer(call, FunctionName="fn", **parameters) == MISSING
    created = aws_lambda.create_function(**request())["RevisionId"]
    expected = ("PreconditionFailedException", STALE, 412)
    assert answer(call, FunctionName="fn", RevisionId=created, **parameters) == expected
    revision = aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    updated = call(FunctionName="fn", RevisionId=revision, **parameters)["RevisionId"]
    assert answer(call, FunctionName="fn", RevisionId=revision, **parameters) == expected
    assert answer(call, FunctionName="fn", RevisionId=updated, **parameters) == expected


@pytest.mark.in_process
def test_download(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True, Tags={"a": "b"}))
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=5)
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE)
    latest = aws_lambda.get_function(FunctionName="fn")
    location = latest["Code"]["Location"]
    assert location.startswith(
        "https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/snapshots/123456789012/fn-"
    )
    assert requests.get(location).content == OTHER_PACKAGE
    del latest["ResponseMetadata"]
    assert {**latest, "Configuration": checked(latest["Configuration"])} == {
        "Configuration": configuration(**NEW_CODE),
        "Code": {"RepositoryType": "S3", "Location": location},
        "Tags": {"a": "b"},
        "Concurrency": {"ReservedConcurrentExecutions": 5},
    }
    version = aws_lambda.get_function(FunctionName="fn", Qualifier="1")
    assert requests.get(version["Code"]["Location"]).content == PACKAGE
    assert boto3.client("s3", REGION).list_buckets()["Buckets"] == []


def test_read_without_tags_and_concurrency(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    assert set(aws_lambda.get_function(FunctionName="fn")) == {"Configuration", "Code", "ResponseMetadata"}


@pytest.mark.parametrize(
    ("qualifier", "arn", "version"),
    [("$LATEST", f"{ARN}:$LATEST", "$LATEST"), ("1", f"{ARN}:1", "1"), ("live", f"{ARN}:live", "1")],
)
def test_qualifiers(aws_lambda: Any, qualifier: str, arn: str, version: str) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    expected = configuration(FunctionArn=arn, Version=version)
    for name, parameters in [("fn", {"Qualifier": qualifier}), (f"fn:{qualifier}", {}), (f"{ARN}:{qualifier}", {})]:
        assert checked(aws_lambda.get_function(FunctionName=name, **parameters)["Configuration"]) == expected
        assert checked(aws_lambda.get_function_configuration(FunctionName=name, **parameters)) == expected


@pytest.mark.parametrize("qualifier", [None, "$LATEST", "1", "live"])
@pytest.mark.parametrize("operation", ["get_function", "get_function_configuration"])
def test_reads_of_what_is_missing(aws_lambda: Any, operation: str, qualifier: str | None) -> None:
    parameters = {} if qualifier is None else {"Qualifier": qualifier}
    arn = ARN if qualifier is None else f"{ARN}:{qualifier}"
    expected = ("ResourceNotFoundException", f"Function not found: {arn}", 404)
    assert answer(getattr(aws_lambda, operation), FunctionName="fn", **parameters) == expected
    if qualifier in ("1", "live"):
        aws_lambda.create_function(**request())
        assert answer(getattr(aws_lambda, operation), FunctionName="fn", **parameters) == expected


PENDING = {
    "State": "Pending",
    "StateReason": "The function is being created.",
    "StateReasonCode": "Creating",
    "LastUpdateStatus": None,
}
NOT_ACTIVE = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
IN_PROGRESS = {
    "LastUpdateStatus": "InProgress",
    "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}


@pytest.fixture
def slow_lambda() -> Any:
    """A Lambda client under a mock whose functions are Pending first."""
    with mock_lambda_urls(function_states="pending"):
        yield boto3.client("lambda", REGION)


@pytest.mark.in_process
def test_pending_function(slow_lambda: Any) -> None:
    assert checked(slow_lambda.create_function(**request())) == configuration(**PENDING)
    read = slow_lambda.get_function(FunctionName="fn")["Configuration"]
    assert checked(read) == configuration(**PENDING)
    assert checked(slow_lambda.get_function_configuration(FunctionName="fn")) == configuration()


@pytest.mark.in_process
def test_update_in_progress(slow_lambda: Any) -> None:
    slow_lambda.create_function(**request())
    slow_lambda.get_function(FunctionName="fn")
    updated = slow_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    assert checked(updated) == configuration(Timeout=9, **IN_PROGRESS)
    assert checked(slow_lambda.get_function_configuration(FunctionName="fn")) == configuration(Timeout=9, **IN_PROGRESS)
    assert checked(slow_lambda.get_function_configuration(FunctionName="fn")) == configuration(Timeout=9)


@pytest.mark.in_process
def test_published_version_is_active_at_once(slow_lambda: Any) -> None:
    slow_lambda.create_function(**request())
    slow_lambda.get_function(FunctionName="fn")
    published = slow_lambda.publish_version(FunctionName="fn")
    assert checked(published) == configuration(FunctionArn=f"{ARN}:1", Version="1")
    assert slow_lambda.invoke(FunctionName="fn:1")["StatusCode"] == 200
    read = slow_lambda.get_function_configuration(FunctionName="fn:1")
    assert read["RevisionId"] == published["RevisionId"]


@pytest.mark.in_process
def test_version_of_a_creation_is_pending(slow_lambda: Any) -> None:
    created = slow_lambda.create_function(**request(Publish=True))
    assert checked(created) == configuration(Version="1", **PENDING)
    _version_becomes_active(slow_lambda, "fn:1")


@pytest.mark.in_process
def test_version_of_an_update_is_pending(slow_lambda: Any) -> None:
    slow_lambda.create_function(**request())
    slow_lambda.get_function(FunctionName="fn")
    updated = slow_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    assert checked(updated) == configuration(FunctionArn=f"{ARN}:1", Version="1", **{**NEW_CODE, **PENDING})
    _version_becomes_active(slow_lambda, "fn:1")


def _version_becomes_active(client: Any, name: str) -> None:
    expected = ("ResourceConflictException", NOT_ACTIVE, 409)
    assert answer(client.invoke, FunctionName=name) == expected
    assert client.get_function_configuration(FunctionName=name)["State"] == "Active"
    assert client.invoke(FunctionName=name)["StatusCode"] == 200


@pytest.mark.in_process
def test_revisions_change_as_states_do(slow_lambda: Any) -> None:
    created = slow_lambda.create_function(**request())["RevisionId"]
    pending = slow_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    active = slow_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    updated = slow_lambda.update_function_configuration(FunctionName="fn", Timeout=9, RevisionId=active)["RevisionId"]
    in_progress = slow_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    successful = slow_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert (pending, in_progress) == (created, updated)
    assert len({created, active, updated, successful}) == 4


@pytest.mark.in_process
def test_url_of_a_pending_function() -> None:
    with mock_lambda_urls(function_states="pending", authorization="off"):
        client = boto3.client("lambda", REGION)
        client.create_function(**request())
        url = client.create_function_url_config(FunctionName="fn", AuthType="NONE")["FunctionUrl"]
        refused = requests.get(url)
        assert (refused.status_code, refused.headers["x-amzn-ErrorType"]) == (409, "ResourceConflictException")
        assert refused.json() == {"Type": "User", "message": NOT_ACTIVE}
        assert requests.get(url).status_code == 200
        client.update_function_configuration(FunctionName="fn", Timeout=9)
        assert requests.get(url).status_code == 200


@pytest.mark.in_process
def test_what_deploys_waits_for_active_functions() -> None:
    with mock_lambda_urls(function_states="pending") as urls:
        assert requests.get(urls.deploy(PACKAGE, alias="live")).status_code == 200


@pytest.mark.parametrize(
    ("waiter", "parameters"),
    [("function_active_v2", {}), ("published_version_active", {"Qualifier": "$LATEST"}), ("function_exists", {})],
)
@pytest.mark.in_process
def test_waiters(slow_lambda: Any, waiter: str, parameters: dict[str, str]) -> None:
    slow_lambda.create_function(**request())
    config = {"Delay": 0.01, "MaxAttempts": 3}
    slow_lambda.get_waiter(waiter).wait(FunctionName="fn", WaiterConfig=config, **parameters)


@pytest.mark.in_process
def test_changes_while_pending(slow_lambda: Any) -> None:
    slow_lambda.create_function(**request())
    expected = ("ResourceConflictException", NOT_ACTIVE, 409)
    assert answer(slow_lambda.update_function_configuration, FunctionName="fn", Timeout=9) == expected
    slow_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    text = f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}"
    expected = ("ResourceConflictException", text, 409)
    assert answer(slow_lambda.publish_version, FunctionName="fn") == expected
    assert slow_lambda.publish_version(FunctionName="fn")["Version"] == "1"


@pytest.mark.in_process
def test_invocations_while_pending(slow_lambda: Any) -> None:
    slow_lambda.create_function(**request())
    expected = ("ResourceConflictException", NOT_ACTIVE, 409)
    assert answer(slow_lambda.invoke, FunctionName="fn") == expected
    assert slow_lambda.invoke(FunctionName="fn")["StatusCode"] == 200
    slow_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    assert slow_lambda.invoke(FunctionName="fn")["StatusCode"] == 200


def test_function_states_of_no_kind() -> None:
    with pytest.raises(ValueError, match=r"function_states='slow' is not one of 'immediate', 'pending'"):
        mock_lambda_urls(function_states="slow")  # type: ignore[call-overload]
