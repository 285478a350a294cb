"""Cures are run as pasted, in the test's process and at a server, and let the request through."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import requests
from support.builders import make_role, make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrls, LambdaUrlsServer, Refusal, mock_lambda_urls
from moto_lambda_urls.gateway import cures
from moto_lambda_urls.messages import Request
from moto_lambda_urls.messages.limits import MAX_EVENT_BYTES

pytestmark = pytest.mark.in_process

FIXTURE = "  # lambda_urls: the fixture, or what mock_lambda_urls() gives"
TOO_LARGE = b"x" * MAX_EVENT_BYTES


def echo(event: Any, context: Any) -> str:
    return str(event["rawPath"])


@pytest.fixture(params=["mock", "server"])
def urls(request: pytest.FixtureRequest) -> Iterator[LambdaUrls]:
    if request.param == "mock":
        with mock_lambda_urls() as urls:
            yield urls
    else:
        with LambdaUrlsServer() as server:
            yield server.urls


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of whoever pastes: boto3 asks a server with any."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "FOOBARKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "FOOBARSECRET")


def refusal_of(urls: LambdaUrls) -> Refusal:
    refusal = urls.requests.last.refusal
    assert refusal is not None
    return refusal


def run(urls: LambdaUrls, **names: Any) -> dict[str, Any]:
    """The names that the cure of the last request defines, when it is pasted."""
    names |= {"boto3": boto3, "requests": requests, "lambda_urls": urls}
    exec(refusal_of(urls).cure, names)
    return names


def other(url: FunctionUrl, url_id: str) -> str:
    """The address of ``url`` with another id."""
    return url.replace(url.url_id, url_id)


def test_of_a_preflight(urls: LambdaUrls) -> None:
    url = urls.deploy(echo, alias="live", cors={"AllowOrigins": ["https://shop.example"], "MaxAge": 7})
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PUT"}
    assert "Access-Control-Allow-Origin" not in requests.options(url, headers=asked).headers
    run(urls)
    headers = requests.options(url, headers=asked).headers
    assert (headers["Access-Control-Allow-Origin"], headers["Access-Control-Max-Age"]) == (asked["Origin"], "7")


@pytest.mark.parametrize(
    ("method", "headers", "member", "limit"),
    [
        ("PROPFIND", [], "AllowMethods", "Member must have length less than or equal to 6"),
        ("PUT", [f"x-{number}" for number in range(101)], "AllowHeaders", "Member must have length less than or equal"),
        ("PUT", ["x" * 1_025], "AllowHeaders", "Member must have length less than or equal to 1024"),
    ],
    ids=["method", "many headers", "long header"],
)
def test_of_a_preflight_that_the_api_has_no_configuration_for(
    urls: LambdaUrls, method: str, headers: list[str], member: str, limit: str
) -> None:
    url = urls.deploy(echo, cors={"AllowOrigins": ["*"], "AllowMethods": ["PUT"]})
    asked = {"Origin": "https://a", "Access-Control-Request-Method": method}
    asked |= {"Access-Control-Request-Headers": ", ".join(headers)} if headers else {}
    assert "Access-Control-Allow-Origin" not in requests.options(url, headers=asked).headers
    told, *_, call = refusal_of(urls).cure.splitlines()
    assert told.startswith(f"# AWS takes no such {member}: ")
    assert limit in told
    assert f"'{member}': ['*']" in call
    run(urls)
    assert requests.options(url, headers=asked).headers["Access-Control-Allow-Origin"] == "https://a"


def test_of_a_throttled_function(urls: LambdaUrls) -> None:
    url = urls.deploy(echo, name="orders")
    urls.client("lambda").put_function_concurrency(FunctionName="orders", ReservedConcurrentExecutions=0)
    assert requests.get(url).status_code == 429
    assert refusal_of(urls).cure.endswith("\nclient.delete_function_concurrency(FunctionName='orders')")
    run(urls)
    assert requests.get(url).status_code == 200


@pytest.mark.parametrize("alias", [None, "live"])
@pytest.mark.parametrize("is_server", [False, True], ids=["mock", "server"])
def test_of_a_pending_function(alias: str | None, is_server: bool) -> None:
    where = LambdaUrlsServer if is_server else mock_lambda_urls
    with where(authorization="off", function_states="pending") as entered:
        urls = entered.urls if isinstance(entered, LambdaUrlsServer) else entered
        client = urls.client("lambda")
        role, package = make_role(urls.client("iam")), make_zip("def handler(event, context): return 'ok'")
        client.create_function(
            FunctionName="orders", Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": package}
        )
        target = {} if alias is None else {"Qualifier": alias}
        if alias is not None:
            client.create_alias(FunctionName="orders", Name=alias, FunctionVersion="$LATEST")
        url = client.create_function_url_config(FunctionName="orders", AuthType="NONE", **target)["FunctionUrl"]
        assert requests.get(url).status_code == 409
        run(urls)
        assert requests.get(url).status_code == 200


def test_of_a_planned_fault(urls: LambdaUrls) -> None:
    url = urls.deploy(echo, url_id="orders")
    url.fail(503, times=None, path="/a")
    url.delay(0.001, times=3)
    assert requests.get(f"{url}a").status_code == 503
    line = test_of_a_planned_fault.__code__.co_firstlineno
    told = FIXTURE if url.startswith("https:") else ""
    assert refusal_of(urls) == Refusal(
        reason="the test planned this answer, with fail()",
        compared={
            "fault": f"a delay of 0.001 s, 1 of 3 times, planned at test_cures.py:{line + 3}; "
            f"an answer of 503, time 1, and every further one, at /a, planned at test_cures.py:{line + 2}"
        },
        cure="# every fault planned for this URL; one alone: cancel() on what its fail() or delay() returned\n"
        f"lambda_urls.faults.clear('orders'){told}",
    )
    run(urls)
    assert requests.get(f"{url}a").status_code == 200


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_of_a_request_that_is_too_large(urls: LambdaUrls, region: str) -> None:
    url = urls.deploy(echo, region_name=region)
    size = len(TOO_LARGE) + 1 if url.startswith("http:") else len(TOO_LARGE)
    body = TOO_LARGE.ljust(size, b"x")
    assert requests.post(f"{url}orders/7", data=body).status_code == 413
    refusal = refusal_of(urls)
    assert refusal.reason == "the event is too large: AWS allows 6291456 bytes"
    assert refusal.compared["the body has"] == f"{size} bytes"
    names = run(urls, body=body)
    stored = names["s3"].get_object(Bucket="uploads", Key="body")
    assert (stored["ContentLength"], names["s3"].meta.region_name) == (size, region)
    assert (url.last.path, url.last.json()) == ("/orders/7", {"Bucket": "uploads", "Key": "body"})


def test_of_an_unknown_url(urls: LambdaUrls) -> None:
    known = urls.deploy(echo, name="orders", url_id="known")
    asked = other(known, "another-id")
    assert requests.get(asked).status_code == 403
    assert refusal_of(urls).compared == {"asked": asked, "known": known}
    client = urls.client("lambda")
    client.delete_function_url_config(FunctionName="orders")
    for statement in json.loads(client.get_policy(FunctionName="orders")["Policy"])["Statement"]:
        client.remove_permission(FunctionName="orders", StatementId=statement["Sid"])
    made = run(urls)["url"]
    assert requests.get(made).text == "/"


@pytest.mark.parametrize("alias", [None, "live"])
@pytest.mark.parametrize("deleted", ["url", "alias", "function"])
def test_of_a_deleted_url(urls: LambdaUrls, deleted: str, alias: str | None) -> None:
    url, client = urls.deploy(echo, name="orders", alias=alias), urls.client("lambda")
    named = {"FunctionName": "orders"}
    if deleted == "function":
        client.delete_function(**named)
    elif deleted == "alias" and alias is not None:
        client.delete_alias(**named, Name=alias)
    else:
        client.delete_function_url_config(**named, **({} if alias is None else {"Qualifier": alias}))
    assert requests.get(url).status_code == 403
    what = {"url": "", "alias": "the alias of ", "function": "the function of "}[deleted] if alias else ""
    what = "the function of " if deleted == "function" else what
    assert refusal_of(urls).reason == f"{what}this URL, that of {url.function_arn}, was deleted"
    if deleted == "function":
        assert refusal_of(urls).cure.startswith("# when there is a function orders again:\n")
        urls.deploy(echo, name="orders", grant=False)
        client.delete_function_url_config(**named)
    cure = refusal_of(urls).cure
    made = run(urls)["url"]
    assert made != url
    assert requests.get(made).status_code == 200
    assert requests.get(url).status_code == 403
    assert refusal_of(urls).cure == f"url = {made!r}  # the one that {url.function_arn} has now"
    assert cure.count("add_permission") == (0 if deleted == "url" or (deleted == "alias" and alias is None) else 2)


@pytest.mark.parametrize("asked", ["orders-ap", "orders-apj", "billing"])
def test_of_a_url_that_is_nearly_right(urls: LambdaUrls, asked: str) -> None:
    url = urls.deploy(echo, name="billing", url_id="orders-api", region_name="eu-west-1")
    urls.deploy(echo, name="other", url_id="zzz")
    assert requests.get(f"{other(url, asked)}orders").status_code == 403
    assert refusal_of(urls).cure == f"url = {url.url!r}  # that of {url.function_arn}, the nearest to the one asked"


def test_of_a_url_in_another_region() -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(echo, name="orders", region_name="eu-west-1")
        assert requests.get(url.replace("eu-west-1", "us-east-1")).status_code == 403
        assert run(urls)["url"] == url


def test_of_a_deleted_alias(urls: LambdaUrls) -> None:
    url = urls.deploy(echo, name="orders", alias="live", auth_type="AWS_IAM")
    urls.client("lambda").delete_alias(FunctionName="orders", Name="live")
    assert requests.get(url).status_code == 403
    assert refusal_of(urls).reason == f"the alias of this URL, that of {url.function_arn}, was deleted"
    made = run(urls)["url"]
    assert made == urls.find("orders", "live") != url


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_of_a_signed_request_that_is_too_large(urls: LambdaUrls, region: str) -> None:
    url = urls.deploy(echo, region_name=region, auth_type="AWS_IAM")
    body = TOO_LARGE.ljust(len(TOO_LARGE) + 1, b"x")
    assert requests.post(f"{url}orders/7", data=body, auth=url.auth()).status_code == 413
    run(urls, body=body)
    assert (url.last.status, url.last.path) == (200, "/orders/7")
    assert url.last.json() == {"Bucket": "uploads", "Key": "body"}


def test_a_server_says_once_which_grants_are_missing(
    recwarn: pytest.WarningsRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    with LambdaUrlsServer() as server:
        url = server.urls.deploy(echo, name="orders", grant=False)
        assert requests.get(url).status_code == 403
        (told,) = [each for each in caplog.messages if "add_permission" in each]
        assert f"client = boto3.client('lambda', region_name='us-east-1', endpoint_url={server.endpoint_url!r})" in told
        assert list(recwarn) == []
        run(server.urls)
        assert requests.get(url).status_code == 200


UNDER = "abc.lambda-url.us-east-1"
BY_PATH = {"signed_path": "/_aws/lambda-url/abc/", "is_served": True}


@pytest.mark.parametrize(
    ("host", "fields", "endpoint", "asked"),
    [
        (f"{UNDER}.on.aws", {}, None, f"https://{UNDER}.on.aws/"),
        ("localhost:5000", BY_PATH, "http://localhost:5000", "http://localhost:5000/_aws/lambda-url/abc/"),
        (f"{UNDER}.localhost:5000", {"is_served": True}, "http://localhost:5000", f"http://{UNDER}.localhost:5000/"),
        (f"{UNDER}.on.aws", {"is_served": True}, None, f"https://{UNDER}.on.aws/"),
        ("127.0.0.1:8000", {"is_served": True}, "http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
    ],
    ids=["in process", "path", "host", "proxy", "port"],
)
def test_where_a_request_came_to(host: str, fields: dict[str, Any], endpoint: str | None, asked: str) -> None:
    came = Request(method="GET", host=f"{UNDER}.on.aws", headers=(("Host", host),), scheme="http", **fields)
    assert (cures.endpoint_url(came), cures.asked_url(came)) == (endpoint, asked)
