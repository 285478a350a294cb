"""AWS::Lambda::EventSourceMapping in templates, from the stack to the function."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"


class Stack:
    """The stack ``shop`` with one mapping ``Mapping`` of the function ``fn``."""

    def __init__(self, mock: LambdaUrls) -> None:
        self.batches: list[Any] = []
        mock.deploy(lambda event, context: self.batches.append(event["Records"]), name="fn")
        self._client = boto3.client("cloudformation", "us-east-1")
        self._is_there = False

    def put(self, **properties: Any) -> Any:
        mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
        outputs = {"Id": {"Ref": "Mapping"}, "Arn": {"Fn::GetAtt": ["Mapping", "EventSourceMappingArn"]}}
        template = {
            "Resources": {
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}},
                "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "s", "ShardCount": 1}},
                "Mapping": {**mapping, "DependsOn": ["Queue", "Stream"]},
            },
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        call = self._client.update_stack if self._is_there else self._client.create_stack
        call(StackName="shop", TemplateBody=json.dumps(template))
        self._is_there = True
        shown = self._client.describe_stacks(StackName="shop")["Stacks"][0]["Outputs"]
        found = {each["OutputKey"]: each["OutputValue"] for each in shown}
        return boto3.client("lambda", "us-east-1").get_event_source_mapping(UUID=found["Id"]), found["Arn"]

    def delete(self) -> None:
        self._client.delete_stack(StackName="shop")


@pytest.fixture
def stack(mock: LambdaUrls) -> Stack:
    return Stack(mock)


def listed() -> list[Any]:
    return boto3.client("lambda", "us-east-1").list_event_source_mappings()["EventSourceMappings"]


def send(body: str) -> None:
    sqs = boto3.client("sqs", "us-east-1")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="q")["QueueUrl"], MessageBody=body)


def test_properties_of_a_queues_mapping(stack: Stack) -> None:
    criteria = {"Filters": [{"Pattern": '{"body": ["a"]}'}]}
    mapping, arn = stack.put(
        FunctionName="fn",
        EventSourceArn=QUEUE,
        BatchSize="20",
        MaximumBatchingWindowInSeconds="5",
        Enabled="true",
        FilterCriteria=criteria,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": "4"},
        KmsKeyArn="arn:aws:kms:us-east-1:123456789012:key/k",
        MetricsConfig={"Metrics": ["EventCount"]},
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    known = ("UUID", "LastModified", "ResponseMetadata")
    assert {name: value for name, value in mapping.items() if name not in known} == {
        "BatchSize": 20,
        "MaximumBatchingWindowInSeconds": 5,
        "EventSourceArn": QUEUE,
        "EventSourceMappingArn": arn,
        "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn",
        "FilterCriteria": criteria,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 4},
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k",
        "MetricsConfig": {"Metrics": ["EventCount"]},
        "State": "Enabled",
        "StateTransitionReason": "USER_INITIATED",
    }
    assert arn.endswith(mapping["UUID"])
    assert boto3.client("lambda", "us-east-1").list_tags(Resource=arn)["Tags"] == {"team": "shop"}
    send("b")
    send("a")
    assert [[each["body"] for each in batch] for batch in stack.batches] == [["a"]]


def test_properties_of_a_streams_mapping(stack: Stack) -> None:
    given: dict[str, Any] = {
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": 1700000000,
        "BatchSize": 7,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": QUEUE}},
        "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 3,
        "ParallelizationFactor": 2,
        "TumblingWindowInSeconds": 30,
    }
    mapping, _ = stack.put(FunctionName="fn", EventSourceArn=STREAM, **given)
    moment = mapping.pop("StartingPositionTimestamp")
    assert moment.timestamp() == given.pop("StartingPositionTimestamp")
    assert {name: mapping[name] for name in given} == given


def test_what_a_template_no_longer_names_goes_back_to_its_default(stack: Stack) -> None:
    before, _ = stack.put(
        FunctionName="fn",
        EventSourceArn=QUEUE,
        BatchSize=3,
        Enabled=False,
        FilterCriteria={"Filters": [{"Pattern": '{"body": ["a"]}'}]},
        ScalingConfig={"MaximumConcurrency": 4},
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    assert before["State"] == "Disabled"
    after, arn = stack.put(FunctionName="fn", EventSourceArn=QUEUE)
    assert after["UUID"] == before["UUID"]
    assert (after["State"], after["BatchSize"]) == ("Enabled", 10)
    assert {"FilterCriteria", "ScalingConfig"}.isdisjoint(after)
    assert boto3.client("lambda", "us-east-1").list_tags(Resource=arn)["Tags"] == {}


def test_another_source_is_a_replacement(stack: Stack) -> None:
    before, _ = stack.put(FunctionName="fn", EventSourceArn=QUEUE)
    after, _ = stack.put(FunctionName="fn", EventSourceArn=STREAM, StartingPosition="LATEST")
    assert after["UUID"] != before["UUID"]
    assert [each["EventSourceArn"] for each in listed()] == [STREAM]


def test_another_starting_position_is_a_replacement(stack: Stack) -> None:
    before, _ = stack.put(FunctionName="fn", EventSourceArn=STREAM, StartingPosition="LATEST")
    with pytest.raises(ClientError, match="provided mapping already exists"):  # as on AWS: the new one comes first
        stack.put(FunctionName="fn", EventSourceArn=STREAM, StartingPosition="TRIM_HORIZON")
    assert [each["UUID"] for each in listed()] == [before["UUID"]]


def test_a_deleted_stack_delivers_nothing(stack: Stack) -> None:
    stack.put(FunctionName="fn", EventSourceArn=QUEUE)
    stack.delete()
    assert listed() == []


def test_a_mapping_that_is_gone_does_not_keep_its_stack(stack: Stack) -> None:
    mapping, _ = stack.put(FunctionName="fn", EventSourceArn=QUEUE)
    boto3.client("lambda", "us-east-1").delete_event_source_mapping(UUID=mapping["UUID"])
    stack.delete()
    assert (
        boto3.client("cloudformation", "us-east-1").list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
        == []
    )


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"EventSourceArn": QUEUE}, "Value null at 'functionName' failed to satisfy constraint"),
        ({"FunctionName": "fn"}, "Unrecognized event source."),
        ({"FunctionName": "fn", "EventSourceArn": STREAM}, "Value null at 'startingPosition' failed"),
        ({"FunctionName": "fn", "EventSourceArn": QUEUE, "BatchSize": "many"}, "can not be converted to an integer"),
        ({"FunctionName": "gone", "EventSourceArn": QUEUE}, "Function does not exist"),
        (
            {"FunctionName": "fn", "EventSourceArn": STREAM, "StartingPosition": "AT_TIMESTAMP"},
            "StartingPositionTimestamp is required",
        ),
    ],
    ids=str,
)
def test_refused(stack: Stack, properties: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError) as caught:
        stack.put(**properties)
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"].startswith('Resource handler returned message: "')
    assert message in error["Message"]


def test_self_managed_cluster(stack: Stack) -> None:
    mapping, _ = stack.put(
        FunctionName="fn",
        SelfManagedEventSource={"Endpoints": {"KafkaBootstrapServers": ["a.example:9092"]}},
        SourceAccessConfigurations=[{"Type": "VPC_SUBNET", "URI": "subnet:1"}],
        StartingPosition="LATEST",
        Topics=["orders"],
    )
    assert mapping["SelfManagedEventSource"] == {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["a.example:9092"]}}


@pytest.fixture
def pending() -> Iterator[Stack]:
    with mock_lambda_urls(function_states="pending") as mock:
        yield Stack(mock)


def test_a_stack_waits_for_its_mapping(pending: Stack) -> None:
    assert pending.put(FunctionName="fn", EventSourceArn=QUEUE)[0]["State"] == "Enabled"
    assert pending.put(FunctionName="fn", EventSourceArn=QUEUE, Enabled=False)[0]["State"] == "Disabled"
    pending.delete()
    assert listed() == []
