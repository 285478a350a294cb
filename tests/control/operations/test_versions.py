"""PublishVersion, DeleteFunction, and the lists of functions and versions."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, OTHER_PACKAGE, PACKAGE, REGION, STALE, checked, configuration, request, sha_256

NOT_THERE = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)
NO_STATES = {"State": None, "LastUpdateStatus": None}


def versions(client: Any) -> list[str]:
    return [each["Version"] for each in client.list_versions_by_function(FunctionName="fn")["Versions"]]


def test_publish(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request(Description="latest"))
    published = aws_lambda.publish_version(FunctionName="fn", Description="first")
    assert published["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert checked(published) == configuration(FunctionArn=f"{ARN}:1", Version="1", Description="first")
    assert published["RevisionId"] != created["RevisionId"]
    assert aws_lambda.get_function_configuration(FunctionName="fn")["Description"] == "latest"


def test_description_of_latest(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Description="latest"))
    assert aws_lambda.publish_version(FunctionName="fn")["Description"] == "latest"


def test_nothing_new(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    first = aws_lambda.publish_version(FunctionName="fn", Description="first")
    again = aws_lambda.publish_version(FunctionName="fn", Description="second")
    assert checked(again) == checked(first)
    assert again["RevisionId"] == first["RevisionId"]
    assert versions(aws_lambda) == ["$LATEST", "1"]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("update_function_code", {"ZipFile": OTHER_PACKAGE}),
        ("update_function_configuration", {"Timeout": 9}),
        ("update_function_configuration", {"Description": "new"}),
        ("update_function_configuration", {"Environment": {"Variables": {"AA": "b"}}}),
    ],
)
def test_something_new(aws_lambda: Any, operation: str, parameters: dict[str, Any]) -> None:
    aws_lambda.create_function(**request(Publish=True))
    getattr(aws_lambda, operation)(FunctionName="fn", **parameters)
    assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "2"


def test_update_that_changes_nothing(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=PACKAGE)
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=3)
    assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "1"


def test_versions_stay_as_they_were(aws_lambda: Any) -> None:
    sent: dict[str, Any] = {"Environment": {"Variables": {"AA": "1"}}, "Architectures": ["x86_64"], "Timeout": 5}
    aws_lambda.create_function(**request(Publish=True, Tags={"a": "b"}, **sent))
    before = aws_lambda.get_function_configuration(FunctionName="fn:1")
    aws_lambda.update_function_configuration(
        FunctionName="fn",
        Timeout=9,
        Environment={"Variables": {"AA": "2"}},
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogFormat": "JSON"},
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
    )
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Architectures=["arm64"])
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    after = aws_lambda.get_function_configuration(FunctionName="fn:1")
    assert checked(after) == checked(before) == configuration(FunctionArn=f"{ARN}:1", Version="1", **sent)
    assert (after["RevisionId"], after["LastModified"]) == (before["RevisionId"], before["LastModified"])
    assert aws_lambda.invoke(FunctionName="fn:1", Payload=b"7")["Payload"].read() == b"7"


def test_policies_and_revisions_are_apart(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    grant = {"Action": "lambda:InvokeFunction", "Principal": "*"}
    for number, target in enumerate([{}, {"Qualifier": "1"}, {"Qualifier": "live"}]):
        aws_lambda.add_permission(FunctionName="fn", StatementId=f"s{number}", **grant, **target)
    policies = [aws_lambda.get_policy(FunctionName=name) for name in ("fn", "fn:1", "fn:live")]
    assert len({policy["RevisionId"] for policy in policies}) == 3
    assert [policy["Policy"].count('"Sid"') for policy in policies] == [1, 1, 1]
    latest, version = (aws_lambda.get_function_configuration(FunctionName=name) for name in ("fn", "fn:1"))
    alias = aws_lambda.get_alias(FunctionName="fn", Name="live")
    assert len({latest["RevisionId"], version["RevisionId"], alias["RevisionId"]}) == 3


def test_code_precondition(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    other = sha_256(OTHER_PACKAGE)
    text = (
        f"CodeSHA256 ({other}) is different from current CodeSHA256 in $LATEST ({sha_256(PACKAGE)}). "
        "Please try again with the CodeSHA256 in $LATEST."
    )
    expected = ("InvalidParameterValueException", text, 400)
    assert answer(aws_lambda.publish_version, FunctionName="fn", CodeSha256=other) == expected
    assert aws_lambda.publish_version(FunctionName="fn", CodeSha256=sha_256(PACKAGE))["Version"] == "1"


def test_revision_precondition(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request())["RevisionId"]
    revision = aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"]
    expected = ("PreconditionFailedException", STALE, 412)
    assert answer(aws_lambda.publish_version, FunctionName="fn", RevisionId=created) == expected
    aws_lambda.publish_version(FunctionName="fn", RevisionId=revision)
    # Publishing changes $LATEST's revision id as well.
    assert answer(aws_lambda.publish_version, FunctionName="fn", RevisionId=revision) == expected


def test_publish_what_is_missing(aws_lambda: Any) -> None:
    assert answer(aws_lambda.publish_version, FunctionName="fn") == NOT_THERE


def test_description_too_long(mock: Any) -> None:
    client = raw_client()
    client.create_function(**request())
    text = (
        f"1 validation error detected: Value '{'d' * 257}' at 'description' failed to satisfy constraint: "
        "Member must have length less than or equal to 256"
    )
    expected = ("ValidationException", text, 400)
    assert answer(client.publish_version, FunctionName="fn", Description="d" * 257) == expected


def test_snap_start_of_versions(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(SnapStart={"ApplyOn": "PublishedVersions"}))
    on = {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    assert aws_lambda.publish_version(FunctionName="fn")["SnapStart"] == on


def test_delete(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True, Tags={"a": "b"}))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    aws_lambda.put_function_event_invoke_config(FunctionName="fn", MaximumRetryAttempts=0)
    aws_lambda.create_function_url_config(FunctionName="fn", AuthType="NONE")
    aws_lambda.add_permission(FunctionName="fn", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
    deleted = aws_lambda.delete_function(FunctionName="fn")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert answer(aws_lambda.get_function, FunctionName="fn") == NOT_THERE
    assert aws_lambda.list_functions()["Functions"] == []

    aws_lambda.create_function(**request())
    assert versions(aws_lambda) == ["$LATEST"]
    assert aws_lambda.list_aliases(FunctionName="fn")["Aliases"] == []
    assert "ReservedConcurrentExecutions" not in aws_lambda.get_function_concurrency(FunctionName="fn")
    assert aws_lambda.list_function_event_invoke_configs(FunctionName="fn")["FunctionEventInvokeConfigs"] == []
    assert aws_lambda.list_function_url_configs(FunctionName="fn")["FunctionUrlConfigs"] == []
    assert aws_lambda.list_tags(Resource=ARN)["Tags"] == {}
    assert answer(aws_lambda.get_policy, FunctionName="fn")[0] == "ResourceNotFoundException"
    assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "1"


def test_delete_a_version(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    aws_lambda.add_permission(
        FunctionName="fn", StatementId="s", Action="lambda:InvokeFunction", Principal="*", Qualifier="2"
    )
    aws_lambda.delete_function(FunctionName="fn", Qualifier="2")
    assert versions(aws_lambda) == ["$LATEST", "1"]
    gone = ("ResourceNotFoundException", f"Function not found: {ARN}:2", 404)
    assert answer(aws_lambda.get_function, FunctionName="fn:2") == gone
    assert aws_lambda.publish_version(FunctionName="fn")["Version"] == "3"


def test_delete_a_version_by_name(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.delete_function(FunctionName=f"{ARN}:1")
    assert versions(aws_lambda) == ["$LATEST"]


def test_delete_a_version_that_is_not_there(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    assert aws_lambda.delete_function(FunctionName="fn", Qualifier="9")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert versions(aws_lambda) == ["$LATEST"]


@pytest.mark.parametrize("routing", [{}, {"AdditionalVersionWeights": {"1": 0.5}}])
def test_delete_an_aliased_version(aws_lambda: Any, routing: dict[str, Any]) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    aws_lambda.create_alias(
        FunctionName="fn", Name="live", FunctionVersion="2" if routing else "1", RoutingConfig=routing
    )
    aws_lambda.create_alias(FunctionName="fn", Name="beta", FunctionVersion="1")
    text = "Unable to delete version because the following aliases reference it: [beta, live]"
    expected = ("ResourceConflictException", text, 409)
    assert answer(aws_lambda.delete_function, FunctionName="fn", Qualifier="1") == expected
    assert versions(aws_lambda) == ["$LATEST", "1", "2"]


@pytest.mark.parametrize(
    ("qualifier", "text"),
    [
        ("$LATEST", "$LATEST version cannot be deleted without deleting the function."),
        ("live", "Deletion of aliases is not currently supported."),
    ],
)
def test_delete_what_is_no_version(aws_lambda: Any, qualifier: str, text: str) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    expected = ("InvalidParameterValueException", text, 400)
    assert answer(aws_lambda.delete_function, FunctionName="fn", Qualifier=qualifier) == expected
    assert versions(aws_lambda) == ["$LATEST", "1"]


@pytest.mark.parametrize("target", [{}, {"Qualifier": "1"}])
def test_delete_what_is_missing(aws_lambda: Any, target: dict[str, str]) -> None:
    assert answer(aws_lambda.delete_function, FunctionName="fn", **target) == NOT_THERE


def test_event_source_mappings_outlive_their_function(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    sqs = boto3.client("sqs", REGION)
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    mapping = aws_lambda.create_event_source_mapping(FunctionName="fn", EventSourceArn=arn)["UUID"]
    aws_lambda.delete_function(FunctionName="fn")
    assert [each["UUID"] for each in aws_lambda.list_event_source_mappings()["EventSourceMappings"]] == [mapping]
    sqs.send_message(QueueUrl=queue, MessageBody="nobody reads this")
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    assert counts["Attributes"]["ApproximateNumberOfMessages"] == "1"


def test_list_of_functions(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_function(**request(FunctionName="another"))
    listed = aws_lambda.list_functions()
    assert [each["FunctionName"] for each in listed["Functions"]] == ["fn", "another"]
    assert "NextMarker" not in listed
    first = listed["Functions"][0]
    assert "RuntimeVersionConfig" not in first
    assert checked(first) == configuration(**NO_STATES)


def test_list_of_all_versions(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.create_function(**request(FunctionName="another"))
    listed = aws_lambda.list_functions(FunctionVersion="ALL", MasterRegion="ALL")["Functions"]
    assert [each["FunctionArn"] for each in listed] == [
        f"{ARN}:$LATEST",
        f"{ARN}:1",
        ARN.replace(":fn", ":another:$LATEST"),
    ]
    assert checked(listed[1]) == configuration(FunctionArn=f"{ARN}:1", Version="1", **NO_STATES)


def test_list_of_no_kind(mock: Any) -> None:
    text = (
        "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL]"
    )
    expected = ("ValidationException", text, 400)
    assert answer(raw_client().list_functions, FunctionVersion="invalid") == expected


def test_pages_of_functions(aws_lambda: Any) -> None:
    names = [f"f{number}" for number in range(5)]
    for name in names:
        aws_lambda.create_function(**request(FunctionName=name))
    pages = list(aws_lambda.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2}))
    assert [[each["FunctionName"] for each in page["Functions"]] for page in pages] == [
        names[:2],
        names[2:4],
        names[4:],
    ]


def test_page_after_a_function_that_is_gone(aws_lambda: Any) -> None:
    for name in ("a", "b", "c"):
        aws_lambda.create_function(**request(FunctionName=name))
    marker = aws_lambda.list_functions(MaxItems=2)["NextMarker"]
    aws_lambda.delete_function(FunctionName="b")
    assert [each["FunctionName"] for each in aws_lambda.list_functions(Marker=marker)["Functions"]] == ["c"]


@pytest.mark.parametrize("marker", ["nonsense", "e30=", "WyJhIl0="])
def test_markers_of_no_page(aws_lambda: Any, marker: str) -> None:
    aws_lambda.create_function(**request())
    expected = ("InvalidParameterValueException", "The pagination token is invalid.", 400)
    assert answer(aws_lambda.list_functions, Marker=marker) == expected


def test_pages_of_versions(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    for timeout in range(1, 61):
        aws_lambda.update_function_configuration(FunctionName="fn", Timeout=timeout)
        aws_lambda.publish_version(FunctionName="fn")
    first = aws_lambda.list_versions_by_function(FunctionName="fn", MaxItems=10000)
    assert [each["Version"] for each in first["Versions"]] == ["$LATEST", *map(str, range(1, 50))]
    rest = aws_lambda.list_versions_by_function(FunctionName="fn", Marker=first["NextMarker"])
    assert [each["Version"] for each in rest["Versions"]] == [*map(str, range(50, 61))]
    assert "NextMarker" not in rest


def test_list_of_versions(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Publish=True))
    latest, version = aws_lambda.list_versions_by_function(FunctionName=ARN)["Versions"]
    assert checked(latest) == configuration(FunctionArn=f"{ARN}:$LATEST", **NO_STATES)
    assert checked(version) == configuration(FunctionArn=f"{ARN}:1", Version="1", **NO_STATES)


def test_versions_of_what_is_missing(aws_lambda: Any) -> None:
    assert answer(aws_lambda.list_versions_by_function, FunctionName="fn") == NOT_THERE


def test_too_few_items(mock: Any) -> None:
    text = (
        "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )
    assert answer(raw_client().list_functions, MaxItems=0) == ("ValidationException", text, 400)
