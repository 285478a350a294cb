"""Probes of what other services make of functions: stacks, metrics, event source mappings."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from botocore.exceptions import ClientError

from ..place import Place
from .asking import probe


@probe(decided="moto has no failed stacks")
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


@probe("`Resource` is the function's name for an unqualified call")
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


def _queue(place: Place) -> str:
    """The ARN of a new queue, which the run's functions may read."""
    place.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    url = place.make("sqs", "create_queue", QueueName=place.new_name("queue"))["QueueUrl"]
    place.limits.request()
    found = place.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = found["Attributes"]["QueueArn"]
    return arn


@probe("JSON, for the filter of an SQS body, is an object or an array", of_model=True)
def filter_patterns(place: Place) -> None:
    asked = {"FunctionName": place.function(), "EventSourceArn": _queue(place), "Enabled": False}
    for pattern in ("{", "[]", '"text"', '{"body": 1}', '{"body": {"a": [{"unknown": 1}]}}', "{}"):
        place.note(pattern=pattern)
        place.call("create_event_source_mapping", FilterCriteria={"Filters": [{"Pattern": pattern}]}, **asked)


@probe(
    "texts of event source mappings for a missing function, queue or stream, and an unknown source, as another "
    "implementation has them; so is `RecordAgeExceeded`",
    of_model=True,
)
def missing_sources(place: Place) -> None:
    name, queue = place.function(), _queue(place)
    place.call("create_event_source_mapping", FunctionName=place.name("missing"), EventSourceArn=queue)
    where = f"{place.region}:{place.account_id}"
    for arn in (
        f"arn:aws:sqs:{where}:{place.name('missing')}",
        f"arn:aws:kinesis:{where}:stream/{place.name('missing')}",
        f"arn:aws:dynamodb:{where}:table/{place.name('missing')}/stream/2026-01-01T00:00:00.000",
        f"arn:aws:sns:{where}:{place.name('missing')}",
    ):
        start = {} if ":sqs:" in arn else {"StartingPosition": "LATEST"}
        place.call("create_event_source_mapping", FunctionName=name, EventSourceArn=arn, **start)


@probe(
    "their texts for other settings that a kind of source does not take or lacks, an age below 60 seconds, another "
    "destination, a moment that is missing or in the future",
    of_model=True,
)
def settings_of_sources(place: Place) -> None:
    asked = {"FunctionName": place.function(), "EventSourceArn": _queue(place), "Enabled": False}
    settings: list[dict[str, Any]] = [
        {"ParallelizationFactor": 2},
        {"BisectBatchOnFunctionError": True},
        {"MaximumRecordAgeInSeconds": 30},
        {"MaximumRetryAttempts": 1},
        {"TumblingWindowInSeconds": 5},
        {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:ec2:::instance"}}},
    ]
    for each in settings:
        place.call("create_event_source_mapping", **asked, **each)


@probe("ListEventSourceMappings with an unqualified name finds the mappings of versions and aliases, too")
def mappings_of_aliases(place: Place) -> None:
    name, queue = place.function(), _queue(place)
    version = place.active_version(name)
    place.make("lambda", "create_alias", FunctionName=name, Name="live", FunctionVersion=version)
    asked = {"EventSourceArn": queue, "Enabled": False}
    place.make("lambda", "create_event_source_mapping", FunctionName=f"{name}:live", **asked)
    for about in (name, f"{name}:live", f"{name}:{version}"):
        found = place.make("lambda", "list_event_source_mappings", FunctionName=about)["EventSourceMappings"]
        place.note(about=about, mappings=len(found))


@probe("the texts of those refusals, but for a missing `TenantId`", of_model=True)
def tenants(place: Place) -> None:
    tenancy: dict[str, Any] = {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}}
    name = place.function(**tenancy)
    place.call("create_function_url_config", FunctionName=name, AuthType="NONE")
    version = place.active_version(name)
    asked = {"FunctionName": name, "Qualifier": version, "ProvisionedConcurrentExecutions": 1}
    place.call("put_provisioned_concurrency_config", **asked)
    snap_start = {"ApplyOn": "PublishedVersions"}
    request = place.function_request(place.new_name("fn"), SnapStart=snap_start, **tenancy)
    place.call("create_function", **request)
    source = {"EventSourceArn": _queue(place), "Enabled": False}
    place.call("create_event_source_mapping", FunctionName=name, **source)
    place.call("invoke", FunctionName=place.function(), TenantId="blue")
