"""Probes of what other services make of functions: stacks, metrics, event source mappings."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError

from ..place import Place
from .asking import probe


@probe(
    "a template that Lambda refuses fails the API call: moto has no failed stacks",
    decided="moto has no failed stacks",
)
def refused_templates(place: Place) -> None:
    properties = {"AuthType": "NONE", "TargetFunctionArn": place.name("missing")}
    resources = {"Url": {"Type": "AWS::Lambda::Url", "Properties": properties}}
    name = place.new_name("stack")
    template = json.dumps({"Resources": resources})
    try:
        place.make("cloudformation", "create_stack", StackName=name, TemplateBody=template)
    except ClientError as refused:
        place.note(create_stack=refused.response["Error"])
        return
    end = time.monotonic() + place.patience
    while True:
        place.limits.request()
        events = place.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        if events[0]["ResourceStatus"] in ("ROLLBACK_COMPLETE", "CREATE_COMPLETE") or time.monotonic() > end:
            break
        time.sleep(place.pause)
    place.note(
        events=[{key: str(each.get(key)) for key in ("ResourceStatus", "ResourceStatusReason")} for each in events]
    )


def _called(place: Place) -> str:
    """A function that was called by its URL and by an alias."""
    name = place.function()
    place.ask(place.url(name), only_status=True)
    version = place.active_version(name)
    place.make("lambda", "create_alias", FunctionName=name, Name="live", FunctionVersion=version)
    place.limits.check("lambda", "invoke", {"FunctionName": name})
    place.client("lambda").invoke(FunctionName=name, Qualifier="live", Payload=b"{}")
    return name


def _statistics(place: Place, name: str, metric: str) -> list[dict[str, Any]]:
    now = datetime.now(timezone.utc)
    place.limits.request()
    found = place.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": name}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=["SampleCount", "Sum"],
    )
    points: list[dict[str, Any]] = found["Datapoints"]
    return points


@probe("a request without an error is a sample of 0 in `Url4xxCount` and `Url5xxCount`")
def metrics_of_errors(place: Place) -> None:
    name = _called(place)
    end = time.monotonic() + place.patience * 3
    while not _statistics(place, name, "UrlRequestCount") and time.monotonic() < end:
        time.sleep(place.pause)
    for metric in ("UrlRequestCount", "Url4xxCount", "Url5xxCount"):
        points = _statistics(place, name, metric)
        samples = [sum(point[kind] for point in points) for kind in ("SampleCount", "Sum")]
        place.note(metric=metric, samples=samples[0] if points else 0, total=samples[1] if points else 0)


@probe(
    "`Resource` of AWS/Lambda's metrics is the function's name for an unqualified call, else `name:qualifier`; "
    "`ExecutedVersion` is given for aliases"
)
def dimensions_of_metrics(place: Place) -> None:
    name = _called(place)

    def found() -> list[list[str]]:
        place.limits.request()
        dimensions = [{"Name": "FunctionName", "Value": name}]
        cloudwatch = place.client("cloudwatch")
        metrics = cloudwatch.list_metrics(Namespace="AWS/Lambda", MetricName="Invocations", Dimensions=dimensions)
        return sorted(
            sorted(f"{each['Name']}={each['Value']}" for each in metric["Dimensions"]) for metric in metrics["Metrics"]
        )

    end = time.monotonic() + place.patience * 3
    while len(found()) < 3 and time.monotonic() < end:
        time.sleep(place.pause)
    place.note(dimensions_of_invocations=[each for each in found() if each])


@probe(
    "JSON, for the filter of an SQS body, is an object or an array",
    of_model=True,
)
def filter_patterns(place: Place) -> None:
    place.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    name = place.function()
    arn = _queue(place)
    for pattern in ("{", "[]", '"text"', '{"body": 1}', '{"body": {"a": [{"unknown": 1}]}}', "{}"):
        asked = {"FunctionName": name, "EventSourceArn": arn, "Enabled": False}
        place.note(pattern=pattern)
        place.call("create_event_source_mapping", FilterCriteria={"Filters": [{"Pattern": pattern}]}, **asked)


@probe(
    "texts of event source mappings for a missing function, queue or stream, and an unknown source, as another "
    "implementation has them; so is `RecordAgeExceeded`",
    of_model=True,
)
def missing_sources(place: Place) -> None:
    place.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    name, arn = place.function(), _queue(place)
    create = "create_event_source_mapping"
    place.call(create, FunctionName=f"{name}-gone", EventSourceArn=arn)
    place.call(create, FunctionName=f"{name}:gone", EventSourceArn=arn)
    place.call(create, FunctionName=name)
    place.call(create, FunctionName=name, EventSourceArn=f"{arn}-gone")
    place.call(create, FunctionName=name, EventSourceArn=arn.replace(":sqs:", ":sns:"))
    stream = arn.replace(":sqs:", ":kinesis:").rpartition(":")[0] + ":stream/gone"
    place.call(create, FunctionName=name, EventSourceArn=stream, StartingPosition="LATEST")


@probe(
    "their texts for other settings that a kind of source does not take or lacks, an age below 60 seconds, another "
    "destination, a moment that is missing or in the future",
    of_model=True,
)
def settings_of_mappings(place: Place) -> None:
    name, arn = place.function(), _queue(place)
    create = "create_event_source_mapping"
    place.call(create, FunctionName=name, EventSourceArn=arn, ParallelizationFactor=2)
    place.call(create, FunctionName=name, EventSourceArn=arn, DestinationConfig={"OnFailure": {"Destination": arn}})
    stream = {
        "FunctionName": name,
        "EventSourceArn": arn.replace(":sqs:", ":kinesis:").rpartition(":")[0] + ":stream/s",
    }
    place.call(create, **stream, StartingPosition="LATEST", MaximumRecordAgeInSeconds=59)
    place.call(create, **stream, StartingPosition="LATEST", ScalingConfig={"MaximumConcurrency": 2})
    place.call(create, **stream, StartingPosition="AT_TIMESTAMP")


@probe("ListEventSourceMappings with an unqualified name finds the mappings of versions and aliases, too")
def mappings_of_a_version(place: Place) -> None:
    place.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    name, arn = place.function(), _queue(place)
    place.call("publish_version", FunctionName=name)
    place.call("create_event_source_mapping", FunctionName=f"{name}:1", EventSourceArn=arn, Enabled=False)
    place.limits.request()
    found = place.client("lambda").list_event_source_mappings(FunctionName=name)
    place.note(found=[each["FunctionArn"].endswith(":1") for each in found["EventSourceMappings"]])


def _queue(place: Place) -> str:
    """The ARN of a new queue."""
    queue = place.new_name("queue")
    url = place.make("sqs", "create_queue", QueueName=queue)["QueueUrl"]
    place.limits.request()
    found = place.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])
