"""The operations on event source mappings: settings, states, lists, and what is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError
from support.event_sources import ACCOUNT, Function, client, make_mapping, make_queue, make_stream, make_table

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
GONE = "0" * 8 + "-0000-4000-8000-" + "0" * 12
KAFKA = f"arn:aws:kafka:us-east-1:{ACCOUNT}:cluster/c/{GONE}-1"
BROKER = f"arn:aws:mq:us-east-1:{ACCOUNT}:broker:b:b-{GONE}"
DOCUMENTS = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:docs"
PASSWORD = [{"Type": "BASIC_AUTH", "URI": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s"}]


@pytest.fixture(autouse=True)
def function(mock: LambdaUrls) -> Function:
    return Function(mock)


def error_of(call: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def create(**fields: Any) -> Any:
    return client("lambda").create_event_source_mapping(**{"FunctionName": "fn", **fields})


def refused(message: str) -> tuple[str, str, int]:
    return "InvalidParameterValueException", message, 400


def plain(answer: Any) -> Any:
    """An answer without what differs from call to call, which is checked."""
    answer = dict(answer)
    assert abs(answer.pop("LastModified").timestamp() - time.time()) < 60
    uuid = answer.pop("UUID")
    assert str(UUID(uuid)) == uuid
    assert answer.pop("EventSourceMappingArn") == f"arn:aws:lambda:us-east-1:{ACCOUNT}:event-source-mapping:{uuid}"
    answer.pop("ResponseMetadata", None)
    return answer


STREAM_DEFAULTS = {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionArn": FUNCTION_ARN,
    "FunctionResponseTypes": [],
    "LastProcessingResult": "No records processed",
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "State": "Enabled",
    "StateTransitionReason": "User action",
    "TumblingWindowInSeconds": 0,
}


def test_defaults_of_a_queue() -> None:
    _, arn = make_queue()
    answer = create(EventSourceArn=arn)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert plain(answer) == {
        "BatchSize": 10,
        "EventSourceArn": arn,
        "FunctionArn": FUNCTION_ARN,
        "FunctionResponseTypes": [],
        "MaximumBatchingWindowInSeconds": 0,
        "State": "Enabled",
        "StateTransitionReason": "USER_INITIATED",
    }


@pytest.mark.parametrize("make", [make_stream, make_table])
def test_defaults_of_a_stream(make: Callable[[], str]) -> None:
    arn = make()
    answer = create(EventSourceArn=arn, StartingPosition="LATEST")
    assert plain(answer) == {**STREAM_DEFAULTS, "EventSourceArn": arn, "StartingPosition": "LATEST"}


@pytest.mark.parametrize(
    ("source", "more"),
    [
        (
            {"EventSourceArn": KAFKA, "StartingPosition": "LATEST", "Topics": ["orders"]},
            {"DestinationConfig": {"OnFailure": {}}, "FunctionResponseTypes": []},
        ),
        (
            {
                "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a.example:9092"]}},
                "SourceAccessConfigurations": PASSWORD,
                "StartingPosition": "TRIM_HORIZON",
                "Topics": ["orders"],
            },
            {"DestinationConfig": {"OnFailure": {}}, "FunctionResponseTypes": []},
        ),
        ({"EventSourceArn": BROKER, "Queues": ["orders"], "SourceAccessConfigurations": PASSWORD}, {}),  # AWS's example
        (
            {
                "EventSourceArn": DOCUMENTS,
                "StartingPosition": "LATEST",
                "SourceAccessConfigurations": PASSWORD,
                "DocumentDBEventSourceConfig": {"DatabaseName": "d", "CollectionName": "c"},
            },
            {
                "DocumentDBEventSourceConfig": {"DatabaseName": "d", "CollectionName": "c", "FullDocument": "Default"},
                "MaximumBatchingWindowInSeconds": 0,
                "StateTransitionReason": "User action",
            },
        ),
    ],
    ids=["MSK", "self-managed Kafka", "MQ", "DocumentDB"],
)
def test_sources_that_moto_does_not_have(source: dict[str, Any], more: dict[str, Any]) -> None:
    """Their configuration is kept; nothing is delivered."""
    answer = plain(create(**source))
    group = answer.pop("AmazonManagedKafkaEventSourceConfig", None)
    assert (group is not None) == (source.get("EventSourceArn") == KAFKA)
    assert answer == {
        "StateTransitionReason": "USER_INITIATED",
        **source,
        **more,
        "BatchSize": 100,
        "FunctionArn": FUNCTION_ARN,
        "LastProcessingResult": "No records processed",
        "State": "Enabled",
    }


def test_whole_documents() -> None:
    mapping = create(
        EventSourceArn=DOCUMENTS,
        StartingPosition="LATEST",
        SourceAccessConfigurations=PASSWORD,
        DocumentDBEventSourceConfig={"DatabaseName": "d", "FullDocument": "UpdateLookup"},
    )
    assert mapping["DocumentDBEventSourceConfig"] == {"DatabaseName": "d", "FullDocument": "UpdateLookup"}
    changed = client("lambda").update_event_source_mapping(
        UUID=mapping["UUID"], DocumentDBEventSourceConfig={"DatabaseName": "e"}
    )
    assert changed["DocumentDBEventSourceConfig"] == {"DatabaseName": "e", "FullDocument": "Default"}


@pytest.mark.parametrize("qualifier", ["1", "live", "$LATEST"])
def test_version_or_alias(mock: LambdaUrls, aws_lambda: Any, qualifier: str) -> None:
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    url, arn = make_queue()
    answer = create(FunctionName=f"fn:{qualifier}", EventSourceArn=arn)
    assert answer["FunctionArn"] == f"{FUNCTION_ARN}:{qualifier}"
    client("sqs").send_message(QueueUrl=url, MessageBody="a")
    assert [each.qualifier for each in mock.invocations] == [qualifier]


def test_get_and_delete(aws_lambda: Any) -> None:
    _, arn = make_queue()
    created = create(EventSourceArn=arn)
    found = aws_lambda.get_event_source_mapping(UUID=created["UUID"])
    assert plain(found) == plain(created)
    deleted = aws_lambda.delete_event_source_mapping(UUID=created["UUID"])
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert plain(deleted) == {**plain(created), "State": "Deleting"}
    assert aws_lambda.list_event_source_mappings()["EventSourceMappings"] == []


@pytest.mark.parametrize("operation", ["get", "update", "delete"])
def test_missing(aws_lambda: Any, operation: str) -> None:
    call = getattr(aws_lambda, f"{operation}_event_source_mapping")
    expected = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    assert error_of(call, UUID=GONE) == expected


def test_update(aws_lambda: Any) -> None:
    arn = make_stream()
    _, queue_arn = make_queue()
    uuid = make_mapping(arn, StartingPosition="LATEST")
    changes = {
        "BatchSize": 7,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
        "FilterCriteria": {"Filters": [{"Pattern": '{"data": ["a"]}'}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "KMSKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k",
        "MaximumBatchingWindowInSeconds": 3,
        "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 2,
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "ParallelizationFactor": 4,
        "TumblingWindowInSeconds": 30,
    }
    answer = aws_lambda.update_event_source_mapping(UUID=uuid, **changes)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    expected = {**STREAM_DEFAULTS, **changes, "EventSourceArn": arn, "StartingPosition": "LATEST"}
    assert plain(answer) == expected
    assert plain(aws_lambda.get_event_source_mapping(UUID=uuid)) == expected


def test_settings_that_are_cleared(aws_lambda: Any) -> None:
    _, arn = make_queue()
    settings = {
        "FilterCriteria": {"Filters": [{"Pattern": '{"body": ["a"]}'}]},
        "KMSKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k",
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "ScalingConfig": {"MaximumConcurrency": 2},
    }
    uuid = make_mapping(arn, **settings)
    assert settings.items() <= aws_lambda.get_event_source_mapping(UUID=uuid).items()
    empty = {"FilterCriteria": {}, "KMSKeyArn": "", "MetricsConfig": {"Metrics": []}, "ScalingConfig": {}}
    assert settings.keys().isdisjoint(aws_lambda.update_event_source_mapping(UUID=uuid, **empty))


def test_update_that_is_refused_changes_nothing(aws_lambda: Any) -> None:
    _, arn = make_queue()
    uuid = make_mapping(arn)
    assert error_of(aws_lambda.update_event_source_mapping, UUID=uuid, BatchSize=11, Enabled=False) == refused(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    )
    assert error_of(aws_lambda.update_event_source_mapping, UUID=uuid, FunctionName="gone", BatchSize=5) == refused(
        "Function does not exist"
    )
    found = aws_lambda.get_event_source_mapping(UUID=uuid)
    assert (found["BatchSize"], found["State"]) == (10, "Enabled")


def test_conflicts(aws_lambda: Any) -> None:
    _, queue = make_queue()
    uuid = make_mapping(queue)
    assert error_of(create, EventSourceArn=queue) == (
        "ResourceConflictException",
        (
            f'An event source mapping with SQS arn (" {queue} ") and function (" fn ") already exists. '
            f"Please update or delete the existing mapping with UUID {uuid}"
        ),
        409,
    )
    stream = make_table()
    uuid = make_mapping(stream, StartingPosition="LATEST")
    assert error_of(create, EventSourceArn=stream, StartingPosition="TRIM_HORIZON", FunctionName=FUNCTION_ARN) == (
        "ResourceConflictException",
        (
            f'The event source arn (" {stream} ") and function (" fn ") provided mapping already exists. '
            f"Please update or delete the existing mapping with UUID {uuid}"
        ),
        409,
    )
    aws_lambda.publish_version(FunctionName="fn")
    make_mapping(queue, FunctionName="fn:1")
    make_mapping(KAFKA, StartingPosition="LATEST", Topics=["orders"])
    make_mapping(KAFKA, StartingPosition="LATEST", Topics=["refunds"])


STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
FIFO = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q.fifo"
TIMESTAMP = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1700000000}
LATEST = {"StartingPosition": "LATEST"}
INVALID_TOPIC = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Unrecognized event source."),
        ({"EventSourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:t"}, "Unrecognized event source."),
        ({"EventSourceArn": f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"}, "Unrecognized event source."),
        (
            {"EventSourceArn": STREAM},
            (
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
                "Member must not be null."
            ),
        ),
        ({"EventSourceArn": QUEUE, **LATEST}, "StartingPosition is not valid for SQS event sources."),
        ({"EventSourceArn": QUEUE, **TIMESTAMP}, "StartingPosition is not valid for SQS event sources."),
        (
            {"EventSourceArn": STREAM, **TIMESTAMP, **LATEST},
            "Timestamp only valid with StartingPosition AT_TIMESTAMP",
        ),
        (
            {"EventSourceArn": STREAM, **TIMESTAMP, "StartingPositionTimestamp": -1700000000},
            (
                "Received Exception while reading from provided stream. "
                "class java.lang.Long can not be converted to a Timestamp"
            ),
        ),
        (
            {"EventSourceArn": f"{INVALID_TOPIC}/stream/1", **TIMESTAMP},
            f"Unsupported starting position for arn type: {INVALID_TOPIC}/stream/1",
        ),
        (
            {"EventSourceArn": QUEUE, "BatchSize": 11},
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ),
        (
            {"EventSourceArn": FIFO, "BatchSize": 100, "MaximumBatchingWindowInSeconds": 5},
            "Batching window is not supported for FIFO queues",
        ),
        (
            {"EventSourceArn": STREAM, **LATEST, "DestinationConfig": {"OnSuccess": {"Destination": QUEUE}}},
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {"EventSourceArn": QUEUE, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}},
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {"EventSourceArn": QUEUE, "ParallelizationFactor": 2},
            "Unsupported ParallelizationFactor parameter for given event source mapping type.",
        ),
        (
            {"EventSourceArn": STREAM, **LATEST, "ScalingConfig": {"MaximumConcurrency": 2}},
            "Unsupported ScalingConfig parameter for given event source mapping type.",
        ),
        ({"EventSourceArn": KAFKA, **LATEST}, "Required 'topics' parameter is missing."),
        (
            {"EventSourceArn": BROKER, "Queues": ["q"]},
            "Required 'sourceAccessConfigurations' parameter is missing.",
        ),
        (
            {"EventSourceArn": STREAM, **LATEST, "MaximumRecordAgeInSeconds": 59},
            "MaximumRecordAgeInSeconds must be -1, or greater than or equal to 60.",
        ),
        (
            {"EventSourceArn": STREAM, **LATEST, "DestinationConfig": {"OnFailure": {"Destination": FUNCTION_ARN}}},
            (
                "The provided destination config DestinationConfig(onSuccess=null, "
                f"onFailure=OnFailure(destination={FUNCTION_ARN})) is invalid."
            ),
        ),
        ({"EventSourceArn": QUEUE, "FunctionName": "gone"}, "Function does not exist"),
        ({"EventSourceArn": QUEUE, "FunctionName": "fn:9"}, "Function does not exist"),
        ({"EventSourceArn": QUEUE, "FunctionName": "fn:gone"}, "Function does not exist"),
        (
            {"EventSourceArn": f"{QUEUE}-gone"},
            (
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                "SQS Error Message: The specified queue does not exist."
            ),
        ),
        ({"EventSourceArn": f"{STREAM}-gone", **LATEST}, f"Stream not found: {STREAM}-gone"),
        (
            {"EventSourceArn": f"{STREAM}/consumer/gone:1", **LATEST},
            f"Stream not found: {STREAM}/consumer/gone:1",
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_refused(fields: dict[str, Any], message: str) -> None:
    make_queue()
    make_queue("q.fifo", FifoQueue="true")
    make_stream()
    assert error_of(create, **fields) == refused(message)
    assert client("lambda").list_event_source_mappings()["EventSourceMappings"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BisectBatchOnFunctionError", True),
        ("MaximumRecordAgeInSeconds", 60),
        ("MaximumRetryAttempts", 1),
        ("TumblingWindowInSeconds", 1),
    ],
)
def test_settings_that_a_queue_does_not_have(aws_lambda: Any, name: str, value: Any) -> None:
    _, arn = make_queue()
    expected = refused(f"Unsupported {name} parameter for given event source mapping type.")
    assert error_of(create, EventSourceArn=arn, **{name: value}) == expected
    assert error_of(aws_lambda.update_event_source_mapping, UUID=make_mapping(arn), **{name: value}) == expected


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        (
            {"StartingPosition": "0"},
            (
                "Value '0' at 'startingPosition' failed to satisfy constraint: "
                "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"
            ),
        ),
        (
            {"BatchSize": 10_001},
            (
                "Value '10001' at 'batchSize' failed to satisfy constraint: "
                "Member must have value less than or equal to 10000"
            ),
        ),
        (
            {"ScalingConfig": {"MaximumConcurrency": 1001}},
            (
                "Value '1001' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: "
                "Member must have value less than or equal to 1000"
            ),
        ),
    ],
    ids=str,
)
def test_refused_by_the_service_model(fields: dict[str, Any], constraint: str) -> None:
    _, arn = make_queue()
    expected = ("ValidationException", f"1 validation error detected: {constraint}", 400)
    assert error_of(create, EventSourceArn=arn, **fields) == expected


def test_queue_with_a_shorter_visibility_timeout_than_the_functions(aws_lambda: Any) -> None:
    _, arn = make_queue(VisibilityTimeout="10")
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=11)
    assert error_of(create, EventSourceArn=arn) == refused(
        "Queue visibility timeout: 10 seconds is less than Function timeout: 11 seconds"
    )


def test_moment_in_the_future() -> None:
    fields = {**TIMESTAMP, "StartingPositionTimestamp": time.time() + 3600}
    code, message, _ = error_of(create, EventSourceArn=make_stream(), **fields)
    assert (code, message[:37]) == ("InvalidParameterValueException", "StartingPositionTimestamp is required")


def test_function_of_tenants(create_function: Any) -> None:
    create_function("tenants", TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    _, arn = make_queue()
    assert error_of(create, EventSourceArn=arn, FunctionName="tenants") == refused(
        "An event source mapping is not supported for functions with a TenancyConfig."
    )


def test_deep_filter_pattern(function: Function) -> None:
    pattern: Any = ["x"]
    body: Any = "x"
    for _ in range(400):
        pattern, body = {"a": pattern}, {"a": body}
    url, arn = make_queue()
    make_mapping(arn, {"body": pattern})
    client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))
    assert len(function.events) == 1


@pytest.mark.parametrize("pattern", ["", "null", '"text"', "[]", '{"a": 1}', '{"eventName": ["INSERT"=123}', "{"])
def test_pattern_that_is_none(pattern: str) -> None:
    _, arn = make_queue()
    criteria = {"Filters": [{"Pattern": pattern}]}
    assert error_of(create, EventSourceArn=arn, FilterCriteria=criteria) == refused(
        "Invalid filter pattern definition."
    )


def test_list(aws_lambda: Any) -> None:
    aws_lambda.publish_version(FunctionName="fn")
    arns = [make_queue(f"q{number}")[1] for number in range(4)]
    uuids = [make_mapping(arn) for arn in arns[:3]] + [make_mapping(arns[3], FunctionName="fn:1")]

    def listed(**wanted: Any) -> list[str]:
        return [each["UUID"] for each in aws_lambda.list_event_source_mappings(**wanted)["EventSourceMappings"]]

    assert listed() == uuids
    assert listed(EventSourceArn=arns[1]) == [uuids[1]]
    assert listed(EventSourceArn=arns[1], FunctionName="fn:1") == []
    assert listed(FunctionName="fn") == uuids
    assert listed(FunctionName=f"{FUNCTION_ARN}:1") == [uuids[3]]
    assert listed(FunctionName="gone") == []
    assert listed(EventSourceArn=f"{QUEUE}-gone") == []


def test_pages(aws_lambda: Any) -> None:
    uuids = [make_mapping(make_queue(f"q{number}")[1]) for number in range(5)]
    first = aws_lambda.list_event_source_mappings(MaxItems=2)
    assert [each["UUID"] for each in first["EventSourceMappings"]] == uuids[:2]
    aws_lambda.delete_event_source_mapping(UUID=uuids[1])
    pages = aws_lambda.get_paginator("list_event_source_mappings").paginate(PaginationConfig={"PageSize": 2})
    assert [[each["UUID"] for each in page["EventSourceMappings"]] for page in pages] == [
        [uuids[0], uuids[2]],
        uuids[3:],
    ]
    after = aws_lambda.list_event_source_mappings(Marker=first["NextMarker"])
    assert [each["UUID"] for each in after["EventSourceMappings"]] == uuids[2:]
    assert "NextMarker" not in after
    assert error_of(aws_lambda.list_event_source_mappings, Marker="x")[0] == "InvalidParameterValueException"


def test_pages_have_a_hundred_at_most(mock: LambdaUrls, aws_lambda: Any) -> None:
    _, arn = make_queue()
    for number in range(101):
        mock.deploy(lambda event, context: None, name=f"fn{number}")
        make_mapping(arn, FunctionName=f"fn{number}")
    found = aws_lambda.list_event_source_mappings(MaxItems=10_000)
    assert len(found["EventSourceMappings"]) == 100
    assert len(aws_lambda.list_event_source_mappings(Marker=found["NextMarker"])["EventSourceMappings"]) == 1


def test_tags(aws_lambda: Any) -> None:
    _, queue = make_queue()
    created = create(EventSourceArn=queue, Tags={"a": "1"})
    assert "Tags" not in created
    arn = created["EventSourceMappingArn"]
    aws_lambda.tag_resource(Resource=arn, Tags={"b": "2"})
    aws_lambda.untag_resource(Resource=arn, TagKeys=["a", "c"])
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"b": "2"}
    many = {str(number): "v" for number in range(50)}
    assert error_of(aws_lambda.tag_resource, Resource=arn, Tags=many) == refused(
        "Number of tags exceeds resource tag limit."
    )
    gone = arn.replace(created["UUID"], GONE)
    for call, more in ((aws_lambda.list_tags, {}), (aws_lambda.tag_resource, {"Tags": {"a": "1"}})):
        assert error_of(call, Resource=gone, **more)[::2] == ("ResourceNotFoundException", 404)


@pytest.fixture
def pending(function: Function) -> Iterator[Any]:
    with mock_lambda_urls(function_states="pending"):
        yield client("lambda")


def test_states_as_on_aws(pending: Any) -> None:
    _, arn = make_queue()
    created = create(EventSourceArn=arn)
    uuid = created["UUID"]

    def states() -> list[str]:
        return [pending.get_event_source_mapping(UUID=uuid)["State"] for _ in range(2)]

    assert created["State"] == "Creating"
    assert states() == ["Creating", "Enabled"]
    assert pending.update_event_source_mapping(UUID=uuid, BatchSize=5)["State"] == "Updating"
    assert states() == ["Updating", "Enabled"]
    assert pending.update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert states() == ["Disabling", "Disabled"]
    assert pending.update_event_source_mapping(UUID=uuid, BatchSize=6)["State"] == "Disabled"
    assert pending.update_event_source_mapping(UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert states() == ["Enabling", "Enabled"]
    assert pending.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    assert pending.get_event_source_mapping(UUID=uuid)["State"] == "Deleting"
    assert error_of(pending.get_event_source_mapping, UUID=uuid)[0] == "ResourceNotFoundException"


def test_mapping_that_begins_disabled(pending: Any) -> None:
    _, arn = make_queue()
    assert create(EventSourceArn=arn, Enabled=False)["State"] == "Disabled"


def test_change_in_progress(pending: Any) -> None:
    _, arn = make_queue()
    uuid = make_mapping(arn)
    for operation, doing in (("update", "update"), ("delete", "delete")):
        call = getattr(pending, f"{operation}_event_source_mapping")
        message = f"Cannot {doing} the event source mapping because it is in use."
        assert error_of(call, UUID=uuid) == ("ResourceInUseException", message, 400)
        if operation == "update":
            assert call(UUID=uuid, BatchSize=3)["State"] == "Updating"
    assert pending.delete_event_source_mapping(UUID=uuid)["State"] == "Deleting"


def test_deletion_ends_when_it_is_listed(pending: Any) -> None:
    _, arn = make_queue()
    uuid = make_mapping(arn)
    pending.get_event_source_mapping(UUID=uuid)
    pending.delete_event_source_mapping(UUID=uuid)
    assert [each["State"] for each in pending.list_event_source_mappings()["EventSourceMappings"]] == ["Deleting"]
    assert pending.list_event_source_mappings()["EventSourceMappings"] == []
    make_mapping(arn)


def test_a_mapping_that_is_being_created_delivers(mock: LambdaUrls) -> None:
    with mock_lambda_urls(function_states="pending") as inner:
        function = Function(inner, "other")
        client("lambda").get_function(FunctionName="other")
        url, arn = make_queue()
        make_mapping(arn, FunctionName="other")
        client("sqs").send_message(QueueUrl=url, MessageBody="a")
        assert function.contents == [["a"]]
