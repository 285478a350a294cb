"""Functions of other languages and images: a callable stands in, else Docker, else an error that says what to do."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import requests
from moto.awslambda.models import LambdaFunction
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls
from moto_lambda_urls.runtime.in_process.loading.loader import UnsupportedRuntime

pytestmark = pytest.mark.in_process

NO_DOCKER = (
    "Function 'node' is of runtime 'ruby3.3', which cannot run in this process. Either register a Python callable "
    "in its place, mock_lambda_urls(handlers={'node': my_handler}), or start Docker, where moto runs it. "
    "It has no process of its own: there are no processes for ruby3.3."
)


def client() -> Any:
    return boto3.client("lambda", "us-east-1")


def make_node(urls: LambdaUrls) -> FunctionUrl:
    url = urls.deploy(make_zip("exports.handler = async () => null"), name="node")
    client().update_function_configuration(FunctionName="node", Runtime="ruby3.3")
    return url


@pytest.fixture
def node(mock: LambdaUrls) -> FunctionUrl:
    """A function of Node.js with a public URL."""
    return make_node(mock)


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Any) -> Any:
        raise ConnectionError("no daemon")

    monkeypatch.setattr(LambdaFunction, "docker_client", property(refuse))


@pytest.fixture
def docker(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A Docker that answers; gives the list of events that reach it, and what it prints is what they say."""
    events: list[Any] = []

    def run(self: Any, event: Any = None) -> tuple[str, bool, str]:
        events.append(event)
        return event.get("prints", "null"), event.get("fails", False), "the log"

    monkeypatch.setattr(LambdaFunction, "docker_client", SimpleNamespace(ping=lambda: True))
    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", run)
    return events


def invoke(payload: Any = None) -> tuple[str | None, Any]:
    response = client().invoke(FunctionName="node", Payload=json.dumps(payload or {}))
    return response.get("FunctionError"), json.load(response["Payload"])


@pytest.mark.usefixtures("no_docker")
def test_without_docker(mock: LambdaUrls, node: FunctionUrl, caplog: pytest.LogCaptureFixture) -> None:
    assert invoke() == ("Unhandled", {"errorType": "Runtime.Unsupported", "errorMessage": NO_DOCKER})
    response = requests.get(str(node))
    assert (response.status_code, response.text) == (502, "Internal Server Error")
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [NO_DOCKER] * 2
    assert [each.error.message for each in mock.invocations if each.error] == [NO_DOCKER] * 2


@pytest.mark.usefixtures("no_docker")
def test_without_docker_the_exception_reaches_the_test() -> None:
    with mock_lambda_urls(raise_handler_errors=True) as urls:
        url = make_node(urls)
        with pytest.raises(UnsupportedRuntime, match="register a Python callable"):
            invoke()
        with pytest.raises(UnsupportedRuntime, match="register a Python callable"):
            requests.get(str(url))


@pytest.mark.usefixtures("no_docker")
def test_a_callable_stands_in(mock: LambdaUrls, node: FunctionUrl) -> None:
    mock.register("node", lambda event, context: {"statusCode": 201, "body": "stand-in"})
    assert requests.get(str(node)).text == "stand-in"
    assert invoke() == (None, {"statusCode": 201, "body": "stand-in"})


@pytest.mark.parametrize("mode", ["BUFFERED", "RESPONSE_STREAM"])
def test_docker(node: FunctionUrl, docker: list[Any], mode: str) -> None:
    client().update_function_url_config(FunctionName="node", InvokeMode=mode)
    assert invoke({"prints": '{"a": 1}'}) == (None, {"a": 1})
    assert requests.get(str(node)).content == b"null"
    assert [event.get("rawPath") for event in docker] == [None, "/"]


def test_docker_of_a_function_that_fails(mock: LambdaUrls, node: FunctionUrl, docker: list[Any]) -> None:
    body = {"errorType": "TypeError", "errorMessage": "x is undefined"}
    assert invoke({"prints": json.dumps(body), "fails": True}) == ("Unhandled", body)
    assert mock.invocations.last.error is not None
    assert mock.invocations.last.error.type == "TypeError"
    assert invoke({"prints": "crashed", "fails": True}) == (
        "Unhandled",
        {"errorType": "Runtime.ExitError", "errorMessage": "crashed"},
    )


def test_docker_that_prints_no_json(node: FunctionUrl, docker: list[Any]) -> None:
    assert invoke({"prints": "done"}) == (None, "done")


def test_docker_is_not_asked_when_it_is_off(docker: list[Any]) -> None:
    with mock_lambda_urls(config={"lambda": {"use_docker": False}}) as urls:
        make_node(urls)
        assert invoke({"n": 1}) == (None, {"n": 1})
    assert docker == []


def test_use_docker_false_runs_python_here() -> None:
    with mock_lambda_urls(config={"lambda": {"use_docker": False}}) as urls:
        url = urls.deploy(lambda event, context: "ran", name="node")
        assert invoke() == (None, "ran")
        requests.post(
            "http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response",
            json={"results": ["queued 1", '{"queued": 2}'], "region": "us-east-1"},
        )
        assert client().invoke(FunctionName="node")["Payload"].read() == b"queued 1"
        assert invoke() == (None, {"queued": 2})
        assert invoke() == (None, "ran")
        assert requests.get(str(url)).text == "ran"
