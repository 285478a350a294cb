"""The tags of functions and event source mappings."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, REGION, request

NOT_THERE = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)


def invalid(message: str) -> tuple[str, str, int]:
    return "InvalidParameterValueException", message, 400


def test_tags(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request(Tags={"a": "1", "b": "2"}))
    tagged = aws_lambda.tag_resource(Resource=ARN, Tags={"b": "3", "c": "4"})
    assert tagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert aws_lambda.list_tags(Resource=ARN)["Tags"] == {"a": "1", "b": "3", "c": "4"}
    untagged = aws_lambda.untag_resource(Resource=ARN, TagKeys=["a", "b", "never"])
    assert untagged["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert aws_lambda.list_tags(Resource=ARN)["Tags"] == {"c": "4"}
    assert aws_lambda.get_function(FunctionName="fn")["Tags"] == {"c": "4"}
    assert aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"] != created["RevisionId"]


def test_tags_elsewhere_in_aws(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Tags={"a": "1"}))
    tagging = boto3.client("resourcegroupstaggingapi", REGION)
    tagging.tag_resources(ResourceARNList=[ARN], Tags={"b": "2"})
    assert aws_lambda.list_tags(Resource=ARN)["Tags"] == {"a": "1", "b": "2"}
    found = tagging.get_resources(TagFilters=[{"Key": "b", "Values": ["2"]}])["ResourceTagMappingList"]
    assert [each["ResourceARN"] for each in found] == [ARN]


def test_tags_of_event_source_mappings(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    sqs = boto3.client("sqs", REGION)
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    arn = aws_lambda.create_event_source_mapping(FunctionName="fn", EventSourceArn=queue_arn)["EventSourceMappingArn"]
    aws_lambda.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    aws_lambda.untag_resource(Resource=arn, TagKeys=["a"])
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {"b": "2"}


def test_too_many_tags(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request(Tags={f"k{number}": "v" for number in range(50)}))
    expected = invalid("Number of tags exceeds resource tag limit.")
    assert answer(aws_lambda.tag_resource, Resource=ARN, Tags={"more": "v"}) == expected
    aws_lambda.tag_resource(Resource=ARN, Tags={"k0": "other"})


def test_no_tags(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    expected = invalid("An error occurred and the request cannot be processed.")
    assert answer(aws_lambda.tag_resource, Resource=ARN, Tags={}) == expected


def test_no_keys(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    text = "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"
    expected = ("ValidationException", text, 400)
    assert answer(aws_lambda.untag_resource, Resource=ARN, TagKeys=[]) == expected


@pytest.mark.parametrize("qualifier", ["1", "live", "$LATEST"])
def test_tags_are_the_functions(aws_lambda: Any, qualifier: str) -> None:
    aws_lambda.create_function(**request(Publish=True))
    text = "Tags on function aliases and versions are not supported. Please specify a function ARN."
    assert answer(aws_lambda.tag_resource, Resource=f"{ARN}:{qualifier}", Tags={"a": "b"}) == invalid(text)


def test_tags_of_what_is_missing(aws_lambda: Any) -> None:
    assert answer(aws_lambda.list_tags, Resource=ARN) == NOT_THERE
    assert answer(aws_lambda.tag_resource, Resource=ARN, Tags={"a": "b"}) == NOT_THERE
    assert answer(aws_lambda.untag_resource, Resource=ARN, TagKeys=["a"]) == NOT_THERE


def test_tags_of_no_arn(mock: Any) -> None:
    code, message, status = answer(raw_client().list_tags, Resource="fn")
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith(
        "1 validation error detected: Value 'fn' at 'resource' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: arn:"
    )
