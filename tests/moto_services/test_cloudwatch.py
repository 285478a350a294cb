from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import freezegun
import pytest
import requests
from botocore.config import Config
from moto import mock_aws
from moto.cloudwatch.models import CloudWatchBackend
from support.server_functions import make_client, make_function

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls
from moto_lambda_urls.moto_services import cloudwatch
from moto_lambda_urls.state import metrics
from moto_lambda_urls.state.metrics import Spread, Tally, Target, UrlMetrics

pytestmark = pytest.mark.in_process

FUNCTION = [{"Name": "FunctionName", "Value": "orders"}]
ALL = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"]


def answer(event: Any, context: Any) -> Any:
    if event["rawPath"] == "/broken":
        raise ValueError
    return {"statusCode": int(event["rawPath"].strip("/") or 200)}


@pytest.fixture
def orders(mock: Any) -> Any:
    return mock.deploy(answer, name="orders", alias="live")


def around_now(start: Any = -60, end: int = 60) -> Any:
    now = datetime.now(timezone.utc)
    return {"StartTime": now + timedelta(seconds=start), "EndTime": now + timedelta(seconds=end)}


def statistics(urls: Any, name: Any, dimensions: Any = FUNCTION, *, statistics: Any = ALL, **when: Any) -> Any:
    found = urls.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=name,
        Period=600,
        Statistics=statistics,
        Dimensions=dimensions,
        **around_now(**when),
    )
    return [{key: value for key, value in each.items() if key != "Timestamp"} for each in found["Datapoints"]]


def sums(urls: Any, name: Any, *dimension_sets: Any) -> Any:
    queries = [
        {
            "Id": f"q{number}",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions},
                "Period": 600,
                "Stat": "Sum",
            },
        }
        for number, dimensions in enumerate(dimension_sets)
    ]
    found = urls.client("cloudwatch").get_metric_data(MetricDataQueries=queries, **around_now())
    return [each["Values"] for each in found["MetricDataResults"]]


def dimensions(**values: Any) -> Any:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def test_counts(mock: Any, orders: Any) -> None:
    for path in ("", "200", "404", "500", "broken"):
        requests.get(f"{orders}{path}")
    count = {"SampleCount": 5.0, "Unit": "Count", "Maximum": 1.0}
    assert statistics(mock, "UrlRequestCount") == [{**count, "Sum": 5.0, "Average": 1.0, "Minimum": 1.0}]
    assert statistics(mock, "Url4xxCount") == [{**count, "Sum": 1.0, "Average": 0.2, "Minimum": 0.0}]
    assert statistics(mock, "Url5xxCount") == [{**count, "Sum": 2.0, "Average": 0.4, "Minimum": 0.0}]


def test_latency(mock: Any, orders: Any) -> None:
    orders.delay(0.05)
    requests.get(orders)
    requests.get(orders)
    [latency] = statistics(mock, "UrlRequestLatency")
    assert (latency["Unit"], latency["SampleCount"]) == ("Milliseconds", 2.0)
    assert 50 <= latency["Maximum"] < 1000
    assert 0 < latency["Minimum"] <= latency["Average"] <= latency["Maximum"]


def test_dimensions(mock: Any, orders: Any) -> None:
    other = mock.deploy(answer, name="other")
    requests.get(orders)
    requests.get(other)
    requests.get(other)
    executed = dimensions(FunctionName="orders", Resource="orders:live", ExecutedVersion="1")
    assert sums(
        mock,
        "UrlRequestCount",
        FUNCTION,
        dimensions(FunctionName="orders", Resource="orders:live"),
        executed,
        executed[::-1],
        dimensions(FunctionName="other", Resource="other:$LATEST"),
        dimensions(FunctionName="orders", Resource="orders:$LATEST"),
        dimensions(FunctionName="nothing"),
        dimensions(Resource="orders:live"),
    ) == [[1.0], [1.0], [1.0], [1.0], [2.0], [], [], []]


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        (FUNCTION, 1),
        (dimensions(Resource="orders:live", FunctionName="orders"), 1),
        (dimensions(Resource="orders:live"), None),
        ([], None),
    ],
)
def test_a_metric_is_one_set_of_dimensions(mock: Any, orders: Any, asked: Any, total: int | None) -> None:
    requests.get(orders)
    found = statistics(mock, "UrlRequestCount", asked, statistics=["Sum"])
    assert found == ([{"Sum": float(total), "Unit": "Count"}] if total else [])
    assert sums(mock, "UrlRequestCount", asked) == [[float(total)] if total else []]


def test_metrics_are_listed(mock: Any, orders: Any) -> None:
    requests.get(orders)
    listed = mock.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]
    names = ["ConcurrentExecutions", "Duration", "Errors", "Invocations"]
    names += ["Url4xxCount", "Url5xxCount", "UrlRequestCount", "UrlRequestLatency"]
    assert sorted({each["MetricName"] for each in listed}) == names
    assert [each["Dimensions"] for each in listed if each["MetricName"] == "Url4xxCount"] == [
        FUNCTION,
        dimensions(FunctionName="orders", Resource="orders:live"),
        dimensions(FunctionName="orders", Resource="orders:live", ExecutedVersion="1"),
    ]


def test_functions_count(mock: Any, orders: Any) -> None:
    aws_lambda = mock.client("lambda")
    aws_lambda.invoke(FunctionName="orders", Payload=b'{"rawPath": "/200"}')
    aws_lambda.invoke(FunctionName="orders", Qualifier="1", Payload=b'{"rawPath": "/broken"}')
    streamed = aws_lambda.invoke_with_response_stream(FunctionName="orders", Payload=b'{"rawPath": "/broken"}')
    assert len(list(streamed["EventStream"])) >= 1
    requests.get(orders)
    count = {"SampleCount": 4.0, "Unit": "Count", "Maximum": 1.0}
    assert statistics(mock, "Invocations") == [{**count, "Sum": 4.0, "Average": 1.0, "Minimum": 1.0}]
    assert statistics(mock, "Errors") == [{**count, "Sum": 2.0, "Average": 0.5, "Minimum": 0.0}]
    assert statistics(mock, "ConcurrentExecutions") == [{**count, "Sum": 4.0, "Average": 1.0, "Minimum": 1.0}]
    [duration] = statistics(mock, "Duration")
    assert (duration["Unit"], duration["SampleCount"]) == ("Milliseconds", 4.0)
    assert 0 < duration["Minimum"] <= duration["Average"] <= duration["Maximum"] < 1000
    assert statistics(mock, "Throttles") == []


def test_functions_by_version_and_alias(mock: Any, orders: Any) -> None:
    aws_lambda = mock.client("lambda")
    mock.deploy(answer, name="other")
    event = b'{"rawPath": "/200"}'
    for qualifier in ("live", "live", "1"):
        aws_lambda.invoke(FunctionName="orders", Qualifier=qualifier, Payload=event)
    for name in ("orders", "other"):
        aws_lambda.invoke(FunctionName=name, Payload=event)
    by_alias = dimensions(FunctionName="orders", Resource="orders:live")
    by_version = dimensions(FunctionName="orders", Resource="orders:1")
    assert sums(
        mock,
        "Invocations",
        [],
        FUNCTION,
        by_alias,
        [*by_alias, *dimensions(ExecutedVersion="1")],
        by_version,
        [*by_version, *dimensions(ExecutedVersion="1")],
        dimensions(FunctionName="orders", Resource="orders"),
        dimensions(Resource="orders:live"),
        dimensions(FunctionName="nothing"),
    ) == [[5.0], [4.0], [2.0], [2.0], [1.0], [], [1.0], [], []]
    listed = mock.client("cloudwatch").list_metrics(Namespace="AWS/Lambda", MetricName="Invocations")["Metrics"]
    assert sorted(len(each["Dimensions"]) for each in listed) == [0, 1, 1, 2, 2, 2, 2, 3]


def test_throttles(mock: Any, orders: Any) -> None:
    aws_lambda = boto3.client("lambda", "us-east-1", config=Config(retries={"max_attempts": 0}))
    aws_lambda.put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    with pytest.raises(aws_lambda.exceptions.TooManyRequestsException):
        aws_lambda.invoke(FunctionName="orders")
    assert requests.get(orders).status_code == 429
    assert statistics(mock, "Throttles", statistics=["Sum"]) == [{"Sum": 2.0, "Unit": "Count"}]
    assert statistics(mock, "Invocations") == []


def test_concurrent_executions(mock: Any) -> None:
    def nested(event: Any, context: Any) -> None:
        if event:
            mock.client("lambda").invoke(FunctionName="orders", Payload=json.dumps(event - 1))

    mock.deploy(nested, name="orders")
    mock.client("lambda").invoke(FunctionName="orders", Payload=b"2")
    mock.client("lambda").invoke(FunctionName="orders", Payload=b"0")
    [concurrent] = statistics(mock, "ConcurrentExecutions")
    assert (concurrent["Maximum"], concurrent["Minimum"], concurrent["SampleCount"]) == (3.0, 1.0, 4.0)


def test_functions_on_a_server() -> None:
    with LambdaUrlsServer() as server:
        make_function(server, name="orders")
        make_client(server).invoke(FunctionName="orders")
        found = make_client(server, "cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Invocations",
            Period=600,
            Statistics=["Sum"],
            Dimensions=FUNCTION,
            **around_now(),
        )
    assert [each["Sum"] for each in found["Datapoints"]] == [1.0]


def test_a_metric_is_listed_once(mock: Any, orders: Any) -> None:
    with freezegun.freeze_time("2026-03-04") as frozen:
        requests.get(orders)
        frozen.tick(5)
        requests.get(orders)
        client = mock.client("cloudwatch")
        listed = client.list_metrics(Namespace="AWS/Lambda", MetricName="UrlRequestCount", Dimensions=FUNCTION)
    assert [each["Dimensions"] for each in listed["Metrics"] if len(each["Dimensions"]) == 1] == [FUNCTION]


def test_refused_requests_count(mock: Any) -> None:
    url = mock.deploy(answer, name="orders", auth_type="AWS_IAM")
    assert requests.get(url).status_code == 403
    assert statistics(mock, "Url4xxCount", statistics=["Sum"]) == [{"Sum": 1.0, "Unit": "Count"}]
    executed = dimensions(FunctionName="orders", Resource="orders:$LATEST", ExecutedVersion="$LATEST")
    assert sums(mock, "Url4xxCount", FUNCTION, executed) == [[1.0], []]


def test_faults_count(mock: Any, orders: Any) -> None:
    orders.fail(503)
    requests.get(orders)
    assert statistics(mock, "Url5xxCount", statistics=["Sum"]) == [{"Sum": 1.0, "Unit": "Count"}]


def test_outside_of_the_time_asked_for(mock: Any, orders: Any) -> None:
    requests.get(orders)
    assert statistics(mock, "UrlRequestCount", start=60, end=120) == []
    assert statistics(mock, "UrlRequestCount", start=-120, end=-60) == []


def test_requests_are_found_from_the_second_they_came(mock: Any, orders: Any) -> None:
    start = datetime.now(timezone.utc)
    requests.get(orders)
    found = mock.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="UrlRequestCount",
        Period=60,
        Statistics=["Sum"],
        Dimensions=FUNCTION,
        StartTime=start,
        EndTime=start + timedelta(minutes=1),
    )
    assert [each["Sum"] for each in found["Datapoints"]] == [1.0]


def test_of_another_region(mock: Any) -> None:
    url = mock.deploy(answer, name="orders", region_name="eu-west-1")
    requests.get(url)
    assert statistics(mock, "UrlRequestCount") == []
    client = mock.client("cloudwatch", "eu-west-1")
    assert client.list_metrics(Namespace="AWS/Lambda", MetricName="UrlRequestCount")["Metrics"] != []


def test_own_metrics_are_left_alone(mock: Any) -> None:
    client = mock.client("cloudwatch")
    data = {"MetricName": "Sales", "Value": 3, "Dimensions": dimensions(Shop="a", Till="1")}
    client.put_metric_data(Namespace="Shop", MetricData=[data])
    found = client.get_metric_statistics(
        Namespace="Shop",
        MetricName="Sales",
        Period=60,
        Statistics=["Sum"],
        Dimensions=dimensions(Shop="a"),
        **around_now(),
    )
    assert [each["Sum"] for each in found["Datapoints"]] == [3.0]


def test_next_mock_starts_without() -> None:
    with mock_lambda_urls() as first:
        requests.get(first.deploy(answer))
    with mock_lambda_urls() as second:
        assert second.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"] == []


def test_reset_forgets(mock: Any, orders: Any) -> None:
    requests.get(orders)
    requests.post("http://motoapi.amazonaws.com/moto-api/reset")
    assert mock.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"] == []


def test_moto_has_its_own_again() -> None:
    before = (CloudWatchBackend.get_metric_data, CloudWatchBackend.get_metric_statistics)
    with mock_lambda_urls(), mock_lambda_urls():
        pass
    assert (CloudWatchBackend.get_metric_data, CloudWatchBackend.get_metric_statistics) == before
    with mock_aws():
        assert cloudwatch.LambdaMetricsProvider.get_cloudwatch_metrics("123456789012", "us-east-1") == []


def test_uninstall_without_install() -> None:
    with pytest.raises(RuntimeError, match=r"^uninstall\(\) without install\(\)$"):
        cloudwatch.uninstall()


def test_tally() -> None:
    tally = Tally()
    for status, latency in ((200, 2.0), (399, 1.0), (400, 3.0), (499, 4.0), (500, 5.0), (599, 6.0)):
        tally.add(status, latency)
    assert tally == Tally(client_errors=2, server_errors=2, latency=Spread(6, 21.0, 1.0, 6.0))


def test_requests_of_a_second_are_one_tally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.9)
    counted = UrlMetrics()
    for _ in range(3):
        counted.count(Target("orders", "live", "1"), 200, 1.0)
    assert list(counted) == [(Target("orders", "live", "1"), 1_700_000_000, Tally(latency=Spread(3, 3.0, 1.0, 1.0)))]


def test_oldest_seconds_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MAX_TALLIES", 3)
    counted = UrlMetrics()
    for number in range(5):
        counted.count(Target(f"f{number}"), 200, 1.0)
    assert [target.function_name for target, _, _ in counted] == ["f2", "f3", "f4"]


def test_counted_exactly_among_threads() -> None:
    counted = UrlMetrics()

    def count_many() -> None:
        for _ in range(500):
            counted.count(Target("f"), 200, 1.0)

    threads = [threading.Thread(target=count_many) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(tally.latency.count for _, _, tally in counted) == 4_000
