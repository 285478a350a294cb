"""What a web page in a real browser can and cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from support.browser import chromium
from support.server_functions import make_client, make_function

from moto_lambda_urls import LambdaUrlsServer

pytestmark = pytest.mark.in_process

FETCH = """
const [url, options, done] = arguments;
fetch(url, options).then(async (answer) => done({
  status: answer.status, type: answer.type, headers: Object.fromEntries(answer.headers), body: await answer.text(),
}), (error) => done({ error: error.name }));
"""
ECHO = """
def handler(event, context):
    return {"statusCode": 200, "headers": {"x-shown": "1", "x-hidden": "2"}, "body": event}
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>a page</title>")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[str]:
    """The origin of the page that the browser shows."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    browser.get(f"http://127.0.0.1:{site.server_port}/")
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer() as running:
        yield running


def fetch(browser: Any, url: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = browser.execute_async_script(FETCH, url, options)
    return found


def test_page_gets_what_cors_allows(browser: Any, page: str, server: LambdaUrlsServer) -> None:
    cors = {
        "AllowOrigins": [page],
        "AllowMethods": ["PUT"],
        "AllowHeaders": ["x-token"],
        "ExposeHeaders": ["x-shown"],
        "AllowCredentials": True,
    }
    url = make_function(server, code=ECHO, Cors=cors)
    put = {"method": "PUT", "headers": {"x-token": "t"}, "body": "b", "credentials": "include"}
    answer = fetch(browser, url, **put)
    event = json.loads(answer["body"])
    assert (answer["status"], answer["type"]) == (200, "cors")
    assert (answer["headers"].get("x-shown"), answer["headers"].get("x-hidden")) == ("1", None)
    assert (event["requestContext"]["http"]["method"], event["headers"]["origin"]) == ("PUT", page)
    assert [each.event["requestContext"]["http"]["method"] for each in server.invocations] == ["PUT"]


@pytest.mark.parametrize(
    "options",
    [
        {"method": "DELETE", "headers": {"x-token": "t"}},
        {"method": "PUT", "headers": {"x-other": "t"}},
        {"method": "PUT"},
    ],
)
def test_preflight_that_is_not_allowed(
    browser: Any, page: str, server: LambdaUrlsServer, options: dict[str, Any]
) -> None:
    cors = {"AllowOrigins": [page], "AllowMethods": ["POST"], "AllowHeaders": ["x-token"]}
    assert fetch(browser, make_function(server, code=ECHO, Cors=cors), **options) == {"error": "TypeError"}
    assert list(server.invocations) == []


def test_page_of_an_origin_that_is_not_allowed(browser: Any, page: str, server: LambdaUrlsServer) -> None:
    url = make_function(server, code=ECHO, Cors={"AllowOrigins": ["http://another.example"], "AllowMethods": ["*"]})
    assert page
    assert fetch(browser, url) == {"error": "TypeError"}
    assert fetch(browser, url, mode="no-cors")["type"] == "opaque"


def test_url_without_cors(browser: Any, page: str, server: LambdaUrlsServer) -> None:
    assert page
    assert fetch(browser, make_function(server, code=ECHO)) == {"error": "TypeError"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_page_cannot_create_a_function(browser: Any, page: str, server: LambdaUrlsServer, host: str) -> None:
    endpoint_url = server.endpoint_url.replace("127.0.0.1", host)
    credential = "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    function = {"FunctionName": "f", "Runtime": "python3.11", "Role": "r", "Handler": "a.b", "Code": {"ZipFile": ""}}
    body = json.dumps(function)
    assert page
    for mode in ("cors", "no-cors"):
        simple = {"method": "POST", "mode": mode, "headers": {"content-type": "text/plain"}, "body": body}
        answer = fetch(browser, f"{endpoint_url}/lambda_us-east-1/functions", **simple)
        assert answer == {"error": "TypeError"} or answer["type"] == "opaque"
    signed = {"method": "POST", "headers": {"authorization": credential}, "body": body}
    assert fetch(browser, f"{endpoint_url}/2015-03-31/functions", **signed) == {"error": "TypeError"}
    assert make_client(server).list_functions()["Functions"] == []


def test_page_cannot_use_the_console(browser: Any, page: str, server: LambdaUrlsServer) -> None:
    assert page
    url = make_function(server, code=ECHO)
    form = {"id": url.rstrip("/").rpartition("/")[2], "method": "GET", "path": "/", "headers": "", "body": ""}
    for content_type in ("text/plain", "application/json"):
        sent = {"method": "POST", "headers": {"content-type": content_type}, "body": json.dumps(form)}
        assert fetch(browser, f"{server.endpoint_url}/_aws/lambda-url/-/send", **sent) == {"error": "TypeError"}
    assert fetch(browser, f"{server.endpoint_url}/_aws/lambda-url/-/state") == {"error": "TypeError"}
    assert list(server.invocations) == []


def test_page_cannot_use_other_services(browser: Any, page: str, server: LambdaUrlsServer) -> None:
    assert page
    make_client(server, "s3").create_bucket(Bucket="closed")
    assert fetch(browser, f"{server.endpoint_url}/closed/key", method="PUT", body="x") == {"error": "TypeError"}
    assert "Contents" not in make_client(server, "s3").list_objects_v2(Bucket="closed")


def test_page_of_an_origin_that_is_let_in(browser: Any, page: str) -> None:
    with LambdaUrlsServer(allow_origins=[page]) as server:
        make_client(server, "s3").create_bucket(Bucket="open")
        query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b"
        answer = fetch(browser, f"{server.endpoint_url}/open/key?{query}", method="PUT", body="x")
        assert (answer["status"], answer["type"]) == (200, "cors")
        assert answer["headers"]["etag"]
        signed = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        answer = fetch(browser, f"{server.endpoint_url}/open/key", headers={"authorization": signed})
        assert (answer["status"], answer["body"]) == (200, "x")


def test_page_of_the_server_itself(browser: Any, server: LambdaUrlsServer) -> None:
    browser.get(f"{server.endpoint_url}/_aws/lambda-url/")
    state = f"{server.endpoint_url}/_aws/lambda-url/-/state"
    assert fetch(browser, state)["status"] == 403
    token = browser.execute_script("return document.querySelector('meta[name=token]').content")
    answer = fetch(browser, state, headers={"x-console-token": token})
    assert json.loads(answer["body"]) == {"urls": [], "requests": []}


@pytest.mark.parametrize(("style", "answered"), [("path", True), ("host", False), ("port", False)])
def test_page_of_a_function_and_the_api(browser: Any, style: Any, answered: bool) -> None:
    """As docs/server.md says: in the style "path" it shares the API's origin, in the others it does not."""
    code = 'def handler(e, c): return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": "<p>"}'
    signed = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    before = browser.current_window_handle
    with LambdaUrlsServer(url_style=style) as server:
        browser.switch_to.new_window("tab")
        browser.get(make_function(server, code=code))
        answer = fetch(browser, f"{server.endpoint_url}/2015-03-31/functions", headers={"Authorization": signed})
        browser.close()
        browser.switch_to.window(before)
    assert (answer.get("status") == 200, "error" in answer) == (answered, not answered)
