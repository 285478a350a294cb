"""A mock whose AWS is a server, here one in a thread; and what it says where there is none."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
import requests
from moto import settings
from moto.server import ThreadedMotoServer
from support.builders import make_role, make_zip

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls

pytestmark = pytest.mark.in_process
STRICT = {"authorization": "strict", "function_states": "immediate"}
HELLO = make_zip("def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}")
FAILING = make_zip("def handler(event, context):\n    print('here')\n    raise ValueError('no stock')")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaUrlsServer]:
    """A running server, to which the environment points."""
    with LambdaUrlsServer(authorization="strict") as running:
        point_at(running.endpoint_url, monkeypatch)
        yield running


def point_at(endpoint_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "TEST_SERVER_MODE", True)
    monkeypatch.setenv("TEST_SERVER_MODE_ENDPOINT", endpoint_url)


def test_boto3_and_urls_go_to_the_server(server: LambdaUrlsServer) -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(HELLO, name="shop", alias="live")
        assert url == f"{server.endpoint_url}/_aws/lambda-url/{url.url_id}/"
        assert requests.get(f"{url}orders").text == "/orders"
        assert boto3.client("lambda", "us-east-1").list_functions()["Functions"][0]["FunctionName"] == "shop"
        assert [each.event for each in url.invocations] == [each.event for each in server.invocations]
        assert requests.get(urls.deploy(HELLO, auth_type="AWS_IAM")).status_code == 403
    assert server.urls.client("lambda").list_functions()["Functions"] == []


def test_invocations_are_the_servers(server: LambdaUrlsServer) -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(FAILING)
        requests.post(url, data=b"\xff")
        made, recorded = url.last, server.invocations.last
        names = ("request_id", "function_name", "qualifier", "url_id", "event", "result", "response", "logs", "body")
        assert {name: getattr(made, name) for name in names} == {name: getattr(recorded, name) for name in names}
        assert made.error is not None
        assert recorded.error is not None
        assert (made.error.type, made.error.message) == ("ValueError", "no stock")
        assert made.error.traceback == recorded.error.traceback
        urls.client("lambda").invoke(FunctionName=url.function_name)
        assert urls.invocations.last.response is None
        assert len(urls.invocations) == 2


def test_options_are_the_mocks_until_it_ends(server: LambdaUrlsServer) -> None:
    options = f"{server.endpoint_url}/_aws/lambda-url/-/options"
    off = {"authorization": "off", "function_states": "pending"}
    with mock_lambda_urls(authorization="off", function_states="pending") as urls:
        assert requests.get(options).json() == off
        assert requests.get(urls.deploy(HELLO, auth_type="AWS_IAM")).status_code == 200
        with mock_lambda_urls():
            assert requests.get(options).json() == {"authorization": "standard", "function_states": "immediate"}
        assert requests.get(options).json() == off
    assert requests.get(options).json() == STRICT


def test_functions_of_a_server_are_pending_when_the_test_says_so(server: LambdaUrlsServer) -> None:
    with mock_lambda_urls(function_states="pending") as urls:
        client = urls.client("lambda")
        role = make_role(urls.client("iam"))
        code = {"FunctionName": "fn", "Role": role, "Runtime": "python3.13", "Code": {"ZipFile": HELLO}}
        assert client.create_function(Handler="app.handler", **code)["State"] == "Pending"


@pytest.mark.parametrize(
    ("asked", "status", "message"),
    [
        ({"json": {"authorization": "lax"}}, 400, "authorization='lax' is not one of 'standard', 'strict', 'off'"),
        ({"json": {"url_style": "aws"}}, 400, "Send an object with some of authorization, function_states."),
        ({"json": ["authorization"]}, 400, "Send an object with some of authorization, function_states."),
        ({"data": '{"authorization": "off"}'}, 415, "Send application/json."),
        ({"json": {"authorization": "off"}, "headers": {"Origin": "http://evil"}}, 403, None),
    ],
)
def test_options_that_are_refused(server: LambdaUrlsServer, asked: Any, status: int, message: str | None) -> None:
    options = f"{server.endpoint_url}/_aws/lambda-url/-/options"
    refused = requests.put(options, **asked)
    assert refused.status_code == status
    assert message in (None, refused.json()["message"])
    assert requests.get(options).json() == STRICT


def test_a_page_cannot_read_the_requests(server: LambdaUrlsServer) -> None:
    listing = f"{server.endpoint_url}/_aws/lambda-url/-/requests"
    assert requests.get(listing).json() == {"requests": []}
    assert requests.get(listing, headers={"Origin": "http://evil"}).status_code == 403


def test_callables_cannot_go_there(server: LambdaUrlsServer) -> None:
    def handler(event: Any, context: Any) -> None:
        return None

    with pytest.raises(RuntimeError, match=r"but handlers=\['fn'\] would have to run here\. Deploy a folder"):
        mock_lambda_urls(handlers={"fn": handler}).start()
    with mock_lambda_urls() as urls:
        with pytest.raises(RuntimeError, match=r"the handler of 'fn', .* would have to run here\. Deploy a folder"):
            urls.register("fn", handler)
        with pytest.raises(
            RuntimeError,
            match=r"would have to run here\. Deploy a folder, a \.py file or a zip, or the name",
        ):
            urls.deploy(handler)
        assert urls.client("lambda").list_functions()["Functions"] == []


def test_exceptions_cannot_come_from_there(server: LambdaUrlsServer) -> None:
    with pytest.raises(RuntimeError, match=r"but raise_handler_errors=True .* lambda_urls\.invocations\.last"):
        mock_lambda_urls(raise_handler_errors=True).start()


def test_number_of_processes_is_the_server_s(server: LambdaUrlsServer) -> None:
    with pytest.raises(RuntimeError, match=r"but max_processes=8 .*\. Start the server with --max-processes\."):
        mock_lambda_urls(max_processes=8).start()


def test_faults_cannot_be_planned_there(server: LambdaUrlsServer) -> None:
    with mock_lambda_urls() as urls:
        url = urls.deploy(HELLO)
        plans: list[Callable[[], object]] = [
            url.fail,
            lambda: url.delay(1),
            lambda: urls.fail("GetFunction", "ServiceException"),
        ]
        for plan in plans:
            with pytest.raises(RuntimeError, match=r"but faults are planned in the process that answers\. Run this"):
                plan()


def test_a_mock_that_could_not_start_leaves_nothing(server: LambdaUrlsServer) -> None:
    client = boto3.client
    with pytest.raises(RuntimeError), mock_lambda_urls(raise_handler_errors=True):
        pass
    assert boto3.client is client
    with pytest.raises(RuntimeError, match=r"Called stop\(\) before start\(\)"):
        mock_lambda_urls().stop()


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        endpoint_url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    point_at(endpoint_url, monkeypatch)
    message = f"^There is no server with function URLs at {endpoint_url}: start one with 'moto-lambda-urls server'"
    with pytest.raises(ConnectionError, match=message):
        mock_lambda_urls().start()


def test_motos_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    try:
        point_at(f"http://127.0.0.1:{port}", monkeypatch)
        with pytest.raises(ConnectionError, match=r"There is no server with function URLs at .* \(it answered"):
            mock_lambda_urls().start()
    finally:
        server.stop()
