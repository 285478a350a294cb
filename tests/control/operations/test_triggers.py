"""moto's services call functions: each by the service's own API, down to what the handler did."""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from support.builders import make_role, make_zip

from moto_lambda_urls import LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
KEEPING = """
import json, boto3
from urllib.parse import quote
def handler(event, context):
    table = boto3.resource("dynamodb").Table("kept")
    table.put_item(Item={"id": context.aws_request_id, "event": json.dumps(event), "arn": context.invoked_function_arn})
"""
FAILING = KEEPING + "    raise ValueError('not today')\n"

Kept = Callable[[], list[Any]]


def client(service: str) -> Any:
    return boto3.client(service, "us-east-1")


@pytest.fixture
def kept(mock: LambdaUrls) -> Kept:
    """The events that the function ``fn`` has written to its table."""
    client("dynamodb").create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return lambda: [json.loads(item["event"]["S"]) for item in scanned()]


def scanned() -> list[Any]:
    return client("dynamodb").scan(TableName="kept")["Items"]


def arns() -> list[str]:
    return [item["arn"]["S"] for item in scanned()]


@pytest.fixture
def function(kept: Kept, create_function: Callable[..., str]) -> str:
    """A function ``fn`` that writes its events to the table ``kept``."""
    return create_function("fn", KEEPING)


@pytest.fixture
def alias(function: str, aws_lambda: Any) -> str:
    """An alias of the version 1, which keeps events; ``$LATEST`` does not."""
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=make_zip("def handler(event, context): pass"))
    return aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")["AliasArn"]


def make_queue() -> tuple[str, str]:
    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    return url, f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"


def messages(url: str) -> list[Any]:
    return client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])


def test_sqs(function: str, kept: Kept, aws_lambda: Any) -> None:
    url, arn = make_queue()
    aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn")
    client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    (event,) = kept()
    assert [(each["body"], each["eventSourceARN"]) for each in event["Records"]] == [("hello", arn)]
    assert messages(url) == []


def test_sqs_by_alias(alias: str, kept: Kept, aws_lambda: Any) -> None:
    url, arn = make_queue()
    aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName=alias)
    client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    assert arns() == [alias]


def test_sns(function: str, kept: Kept) -> None:
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    client("sns").publish(TopicArn=topic, Message="hello", Subject="greeting")
    (event,) = kept()
    assert [(each["Sns"]["Message"], each["Sns"]["Subject"]) for each in event["Records"]] == [("hello", "greeting")]


def test_sns_by_alias(alias: str, kept: Kept) -> None:
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=alias)
    client("sns").publish(TopicArn=topic, Message="hello")
    assert arns() == [alias]


def test_sns_of_a_function_that_is_gone(function: str, kept: Kept, aws_lambda: Any) -> None:
    topic = client("sns").create_topic(Name="t")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function)
    aws_lambda.delete_function(FunctionName="fn")
    client("sns").publish(TopicArn=topic, Message="hello")
    assert kept() == []


def notify(function_arn: str) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket")
    configuration = {"LambdaFunctionArn": function_arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="bucket", NotificationConfiguration={"LambdaFunctionConfigurations": [configuration]}
    )
    return s3


def test_s3(function: str, kept: Kept) -> None:
    notify(function).put_object(Bucket="bucket", Key="a b.txt", Body=b"12")
    (event,) = kept()
    (record,) = event["Records"]
    assert record["eventName"] == "ObjectCreated:Put"
    assert (record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]) == ("bucket", "a+b.txt")


def test_s3_by_alias(alias: str, kept: Kept) -> None:
    notify(alias).put_object(Bucket="bucket", Key="k", Body=b"12")
    assert len(kept()) == 1


def make_stream_of(table: str) -> str:
    return client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]


def test_dynamodb_stream(function: str, kept: Kept, aws_lambda: Any) -> None:
    aws_lambda.create_event_source_mapping(
        EventSourceArn=make_stream_of("orders"), FunctionName="fn", StartingPosition="LATEST"
    )
    client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "7"}})
    client("dynamodb").delete_item(TableName="orders", Key={"id": {"S": "7"}})
    records = [[(each["eventName"], each["dynamodb"]["Keys"]) for each in event["Records"]] for event in kept()]
    assert sorted(records) == [[("INSERT", {"id": {"S": "7"}})], [("REMOVE", {"id": {"S": "7"}})]]


def test_dynamodb_stream_sends_what_failed_again(
    kept: Kept, create_function: Callable[..., str], aws_lambda: Any
) -> None:
    create_function("fn", FAILING)
    aws_lambda.create_event_source_mapping(
        EventSourceArn=make_stream_of("orders"), FunctionName="fn", StartingPosition="LATEST"
    )
    for each in "78":
        client("dynamodb").put_item(TableName="orders", Item={"id": {"S": each}})
    assert sorted(len(event["Records"]) for event in kept()) == [1, 2]


def test_dynamodb_stream_by_alias(alias: str, kept: Kept, aws_lambda: Any) -> None:
    aws_lambda.create_event_source_mapping(
        EventSourceArn=make_stream_of("orders"), FunctionName=alias, StartingPosition="LATEST"
    )
    client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "7"}})
    assert len(kept()) == 1


@pytest.mark.parametrize("gone", [True, False])
def test_streams_of_a_function_that_cannot_be_called(function: str, kept: Kept, aws_lambda: Any, gone: bool) -> None:
    stream = make_stream()
    for arn in (make_stream_of("orders"), stream):
        aws_lambda.create_event_source_mapping(EventSourceArn=arn, FunctionName="fn", StartingPosition="LATEST")
    if gone:
        aws_lambda.delete_function(FunctionName="fn")
    else:
        aws_lambda.put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=0)
    client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "7"}})
    client("kinesis").put_record(StreamName="s", PartitionKey="p", Data=b"hello")
    assert kept() == []


def make_stream() -> str:
    client("kinesis").create_stream(StreamName="s", ShardCount=1)
    return f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"


def test_kinesis(function: str, kept: Kept, aws_lambda: Any) -> None:
    aws_lambda.create_event_source_mapping(
        EventSourceArn=make_stream(), FunctionName="fn", StartingPosition="TRIM_HORIZON"
    )
    client("kinesis").put_record(StreamName="s", PartitionKey="p", Data=b"hello")
    (event,) = kept()
    (record,) = event["Records"]
    assert record["eventSource"] == "aws:kinesis"
    assert (record["kinesis"]["partitionKey"], base64.b64decode(record["kinesis"]["data"])) == ("p", b"hello")


def test_what_a_streams_function_triggers_is_asynchronous(
    mock: LambdaUrls, create_function: Callable[..., str], aws_lambda: Any
) -> None:
    """Kinesis waits for its function, but that one's own S3 notification waits for nobody."""
    create_function(
        "first", "import boto3\ndef handler(event, context): boto3.client('s3').put_object(Bucket='bucket', Key='k')"
    )
    notify(create_function("second", "def handler(event, context): raise ValueError('no')"))
    aws_lambda.put_function_event_invoke_config(FunctionName="second", MaximumRetryAttempts=1)
    aws_lambda.create_event_source_mapping(
        EventSourceArn=make_stream(), FunctionName="first", StartingPosition="LATEST"
    )
    client("kinesis").put_record(StreamName="s", PartitionKey="p", Data=b"hello")
    assert [each.function_name for each in mock.invocations] == ["first", "second", "second"]


def make_rule(function_arn: str, *, bus: str = "default", **target: Any) -> Any:
    events = client("events")
    events.put_rule(Name="r", EventBusName=bus, EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "1", "Arn": function_arn, **target}])
    return events


def put(events: Any, source: str = "shop") -> None:
    answer = events.put_events(Entries=[{"Source": source, "DetailType": "Sold", "Detail": '{"item": {"n": 7}}'}])
    assert answer["FailedEntryCount"] == 0


def test_eventbridge(function: str, kept: Kept) -> None:
    events = make_rule(function)
    put(events, source="other")
    assert kept() == []
    put(events)
    (event,) = kept()
    assert time.strptime(event.pop("time"), "%Y-%m-%dT%H:%M:%SZ")
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "account": ACCOUNT,
        "region": "us-east-1",
        "source": "shop",
        "detail-type": "Sold",
        "detail": {"item": {"n": 7}},
        "resources": [],
    }


@pytest.mark.parametrize(
    ("target", "event"),
    [
        ({"Input": '{"a": 1}'}, {"a": 1}),
        ({"InputPath": "$.detail.item"}, {"n": 7}),
        ({"InputTransformer": {"InputPathsMap": {"n": "$.detail.item.n"}, "InputTemplate": '{"n": <n>}'}}, {"n": 7}),
    ],
)
def test_eventbridge_input(function: str, kept: Kept, target: dict[str, Any], event: Any) -> None:
    put(make_rule(function, **target))
    assert kept() == [event]


def test_eventbridge_beside_other_targets(alias: str, kept: Kept) -> None:
    url, queue = make_queue()
    events = make_rule(alias)
    events.put_targets(Rule="r", Targets=[{"Id": "2", "Arn": queue}, {"Id": "3", "Arn": f"{ARN}gone"}])
    put(events)
    assert arns() == [alias]
    assert [json.loads(each["Body"])["source"] for each in messages(url)] == ["shop"]
    events.disable_rule(Name="r")
    put(events)
    assert len(kept()) == 1


def test_cloudwatch_logs(function: str, kept: Kept) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern="", destinationArn=function)
    event = {"timestamp": int(time.time() * 1000), "message": "hello"}
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
    (received,) = kept()
    data = json.loads(gzip.decompress(base64.b64decode(received["awslogs"]["data"])))
    assert (data["logGroup"], data["logStream"], data["subscriptionFilters"]) == ("g", "s", ["f"])
    assert [each["message"] for each in data["logEvents"]] == ["hello"]


ROTATION = """
import boto3
secrets = boto3.client("secretsmanager")
def handler(event, context):
    secret, token = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        secrets.put_secret_value(
            SecretId=secret, ClientRequestToken=token, SecretString="new", VersionStages=["AWSPENDING"]
        )
    if event["Step"] == "finishSecret":
        old = secrets.get_secret_value(SecretId=secret)["VersionId"]
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=old
        )
"""


def test_secrets_manager(mock: LambdaUrls, create_function: Callable[..., str]) -> None:
    arn = create_function("fn", ROTATION)
    secrets = client("secretsmanager")
    secrets.create_secret(Name="s", SecretString="old")
    secrets.rotate_secret(SecretId="s", RotationLambdaARN=arn, RotationRules={"AutomaticallyAfterDays": 30})
    assert secrets.get_secret_value(SecretId="s")["SecretString"] == "new"
    steps = [each.event["Step"] for each in mock.invocations]
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]


def state_of(machine: str, given: Any) -> Any:
    states = client("stepfunctions")
    started = states.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
    for _ in range(200):
        state = states.describe_execution(executionArn=started)
        if state["status"] != "RUNNING":
            return state
        time.sleep(0.05)
    raise AssertionError("the execution did not end")


@pytest.mark.parametrize("by_service", [True, False])
def test_step_functions(by_service: bool) -> None:
    with mock_lambda_urls(config={"stepfunctions": {"execute_state_machine": True}}) as urls:
        urls.deploy(make_zip("def handler(event, context): return {'doubled': event['n'] * 2}"), name="double")
        task = (
            {"Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "double", "Payload.$": "$"}}
            if by_service
            else {"Resource": f"{ARN[:-2]}double"}
        )
        definition = {"StartAt": "D", "States": {"D": {"Type": "Task", **task, "End": True}}}
        machine = client("stepfunctions").create_state_machine(
            name="m", definition=json.dumps(definition), roleArn=make_role(client("iam"))
        )["stateMachineArn"]
        state = state_of(machine, {"n": 21})
        assert state["status"] == "SUCCEEDED"
        output = json.loads(state["output"])
        assert (output["Payload"] if by_service else output) == {"doubled": 42}


def test_step_functions_sees_what_a_handler_raised() -> None:
    with mock_lambda_urls(config={"stepfunctions": {"execute_state_machine": True}}) as urls:
        urls.deploy(make_zip("def handler(event, context): raise KeyError('n')"), name="double")
        catch = [{"ErrorEquals": ["KeyError"], "Next": "Caught"}]
        task = {"Type": "Task", "Resource": f"{ARN[:-2]}double", "Catch": catch, "End": True}
        definition = {
            "StartAt": "D",
            "States": {"D": task, "Caught": {"Type": "Pass", "Result": {"caught": True}, "End": True}},
        }
        machine = client("stepfunctions").create_state_machine(
            name="m", definition=json.dumps(definition), roleArn=make_role(client("iam"))
        )["stateMachineArn"]
        state = state_of(machine, {})
        assert (state["status"], json.loads(state["output"])) == ("SUCCEEDED", {"caught": True})


SENDERS = {
    "urllib3": "urllib3.PoolManager().request('PUT', url, body=body, headers={'content-type': ''})",
    "requests": "requests.put(url, data=body, headers={'content-type': ''})",
    "urllib": "urllib.request.urlopen(urllib.request.Request(url, data=body, method='PUT'))",
}


@pytest.mark.parametrize("sender", SENDERS)
def test_custom_resource(
    mock: LambdaUrls, create_function: Callable[..., str], monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    monkeypatch.setattr(
        "moto.settings.moto_server_host", lambda: "http://host.docker.internal"
    )  # asks Docker otherwise
    arn = create_function(
        "fn",
        f"""
import json, requests, urllib.request, urllib3
def handler(event, context):
    url = event["ResponseURL"]
    body = json.dumps({{
        "Status": "SUCCESS",
        "PhysicalResourceId": "p",
        "Data": {{"Answer": event["ResourceProperties"]["Question"] * 2}},
        **{{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}},
    }}).encode()
    {SENDERS[sender]}
""",
    )
    template = {
        "Resources": {"Made": {"Type": "Custom::Thing", "Properties": {"ServiceToken": arn, "Question": "six"}}},
        "Outputs": {"Answer": {"Value": {"Fn::GetAtt": ["Made", "Answer"]}}},
    }
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(template))
    for _ in range(100):
        (stack,) = cloudformation.describe_stacks(StackName="s")["Stacks"]
        if stack["StackStatus"] == "CREATE_COMPLETE" and mock.invocations:
            break
        time.sleep(0.02)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert stack["Outputs"] == [{"OutputKey": "Answer", "OutputValue": "sixsix"}]
    assert mock.invocations.last.event["RequestType"] == "Create"
    assert mock.invocations.last.error is None
