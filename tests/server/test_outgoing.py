"""What moto's services send over HTTP, to the server that they are part of."""

from __future__ import annotations

import gc
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import moto
import pytest
import requests
from moto.apigateway.integration_parsers.http_parser import TypeHttpParser
from support.builders import make_role
from support.forged import SCOPE, STACK, USERINFO
from support.server_functions import make_client, make_function

from moto_lambda_urls import LambdaUrlsServer

pytestmark = pytest.mark.in_process


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer() as running:
        yield running


def targets(server: LambdaUrlsServer) -> list[str]:
    at = server.endpoint_url.removeprefix("http://")
    return [
        f"http://{at}/?{STACK}",
        f"http://{USERINFO}@{at}/?{STACK}",
        f"http://{at}/cloudformation_us-east-1/cfnresponse?{STACK}",
        f"http://{at}/moto-api/config",
        f"http://{at}/_aws/lambda-url/-/send",
        f"http://{at}/bucket/key?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c",
        f"http://{at.replace('127.0.0.1', 'localhost')}/moto-api/seed?a=1",
        f"http://{at.replace('127.0.0.1', '[::ffff:127.0.0.1]')}/?{STACK}",
    ]


def refusals(caplog: pytest.LogCaptureFixture) -> int:
    return sum(" refused: " in record.getMessage() for record in caplog.records)


def stacks(server: LambdaUrlsServer) -> list[Any]:
    found: list[Any] = make_client(server, "cloudformation").list_stacks()["StackSummaries"]
    return found


def test_sns_does_not_reach_the_api(server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture) -> None:
    sns = make_client(server, "sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    wanted = targets(server)
    for target in wanted:
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=target)
    sns.publish(TopicArn=topic, Message="m")
    assert refusals(caplog) == len(wanted)
    assert stacks(server) == []


def test_sns_reaches_a_function_url(server: LambdaUrlsServer) -> None:
    sns = make_client(server, "sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=make_function(server))
    sns.publish(TopicArn=topic, Message="m")
    [invocation] = server.invocations
    assert json.loads(invocation.event["body"])["Message"] == "m"
    assert not [name for name in invocation.event["headers"] if "moto" in name]


def test_firehose_does_not_reach_the_api(server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture) -> None:
    firehose = make_client(server, "firehose")
    storage = {"RoleARN": make_role(make_client(server, "iam")), "BucketARN": "arn:aws:s3:::b"}
    for number, target in enumerate(targets(server)):
        name = f"stream-{number}"
        destination = {"EndpointConfiguration": {"Url": target}, "S3Configuration": storage}
        firehose.create_delivery_stream(DeliveryStreamName=name, HttpEndpointDestinationConfiguration=destination)
        firehose.put_record(DeliveryStreamName=name, Record={"Data": b"x"})
        assert refusals(caplog) == number + 1
    assert stacks(server) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
def test_integration_of_api_gateway_does_not_reach_the_api(
    server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    for number, target in enumerate(targets(server)):
        status, _ = TypeHttpParser().invoke(Mock(), Mock(uri=target, http_method=method))
        assert (status, refusals(caplog)) == (403, number + 1)
    assert stacks(server) == []


def test_services_send_with_requests_only() -> None:
    """Whose sessions mark what they send: with another client, a service's request would come in unmarked."""
    package = Path(moto.__file__).parent
    others = re.compile(
        r"^\s*(?:import|from) (?:urllib\.request|urllib3|http\.client|httpx|aiohttp|socket|smtplib)\b", re.MULTILINE
    )
    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if others.search(path.read_text("utf-8"))}
    assert found <= {"moto_proxy/proxy3.py", "core/custom_responses_mock.py"}  # which send for clients


def test_userinfo_reads_like_a_scope(server: LambdaUrlsServer) -> None:
    url = server.endpoint_url.replace("//", f"//{USERINFO}@")
    answer = requests.post(f"{url}/?{STACK}")
    assert answer.request.headers["Authorization"] == f"Basic {SCOPE}"
    assert (answer.status_code, stacks(server)) == (403, [])


def test_api_destination_does_not_reach_the_api(
    server: LambdaUrlsServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_EVENTS_INVOKE_HTTP", "true")
    events = make_client(server, "events")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "y"}}
    connection = events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=key)["ConnectionArn"]
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["s"]}))
    signed = "AWS4-HMAC-SHA256 Credential=a/b/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0"
    for number, target in enumerate(targets(server)):
        destination = events.create_api_destination(
            Name=f"d{number}", ConnectionArn=connection, InvocationEndpoint=target, HttpMethod="POST"
        )["ApiDestinationArn"]
        parameters = {"HeaderParameters": {"Authorization": signed}}
        events.put_targets(Rule="r", Targets=[{"Id": str(number), "Arn": destination, "HttpParameters": parameters}])
    events.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}])
    assert refusals(caplog) == len(targets(server))
    assert stacks(server) == []


def test_what_others_send_is_not_marked(server: LambdaUrlsServer) -> None:
    assert "X-Moto-Lambda-Urls-Sent-By" not in requests.get(server.endpoint_url).request.headers


CUSTOM = """
import json, urllib.request

def handler(event, context):
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "p", "Data": {"word": "done"}}
    answer |= {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    sent = urllib.request.Request(event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT")
    return urllib.request.urlopen(sent).status
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of a process that Python starts
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # moto leaves a pipe from curl open
def test_function_answers_for_a_custom_resource(server: LambdaUrlsServer) -> None:
    make_function(server, name="custom", code=CUSTOM)
    arn = "arn:aws:lambda:us-east-1:123456789012:function:custom"
    template = {
        "Resources": {"Mine": {"Type": "Custom::Mine", "Properties": {"ServiceToken": arn}}},
        "Outputs": {"Word": {"Value": {"Fn::GetAtt": ["Mine", "word"]}}},
    }
    cloudformation = make_client(server, "cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=json.dumps(template))
    deadline = time.monotonic() + 20
    while (stack := cloudformation.describe_stacks(StackName="s")["Stacks"][0])["StackStatus"] != "CREATE_COMPLETE":
        assert time.monotonic() < deadline, stack
        time.sleep(0.1)
    assert stack["Outputs"] == [{"OutputKey": "Word", "OutputValue": "done"}]
    gc.collect()  # finds that pipe now, and not in another test
