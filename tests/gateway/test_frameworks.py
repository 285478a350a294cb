from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import flask
import pytest
from apig_wsgi import make_lambda_handler
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver
from aws_lambda_powertools.event_handler import Response as PowertoolsResponse
from aws_lambda_powertools.shared.cookies import Cookie
from fastapi import FastAPI, Header, Query, UploadFile
from fastapi import Request as FastAPIRequest
from fastapi import Response as FastAPIResponse
from mangum import Mangum
from support.answering import body_of
from support.arrival import ARRIVAL, PUBLIC, REQUEST_ID
from support.builders import make_request
from urllib3.filepost import encode_multipart_formdata

from moto_lambda_urls.gateway.event import to_event
from moto_lambda_urls.gateway.result import to_response
from moto_lambda_urls.invocations import event_json
from moto_lambda_urls.messages import Headers, Response

pytestmark = pytest.mark.in_process

Handler = Callable[[Any, Any], Any]
FILE = bytes(range(256))


class Context:
    aws_request_id = REQUEST_ID
    function_name = "fn"
    memory_limit_in_mb = "128"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"


def call(
    handler: Handler, path: str = "/", *, method: str = "GET", query: str = "", headers: Headers = (), body: bytes = b""
) -> Response:
    """What a client gets from ``handler`` behind a function URL; the event and the result cross as JSON."""
    request = make_request(method=method, path=path, query=query, headers=headers, body=body)
    arrival = ARRIVAL._replace(method=method)
    event = to_event(request, arrival, config=PUBLIC)
    result = handler(json.loads(event_json(event)), Context())
    return to_response(json.dumps(result).encode(), arrival)


def cookies_of(response: Response) -> dict[str, str]:
    """The cookies that ``response`` sets, each by a line of its own."""
    lines = [value for name, value in response.headers if name.lower() == "set-cookie"]
    return {name: morsel.value for line in lines for name, morsel in SimpleCookie(line).items()}


def upload() -> tuple[Headers, bytes]:
    body, content_type = encode_multipart_formdata({"file": ("all.bin", FILE, "application/octet-stream")})
    return (("Content-Type", content_type), ("Content-Length", str(len(body)))), body


@pytest.fixture
def fastapi_handler() -> Iterator[Handler]:
    app = FastAPI()

    @app.get("/orders/{order}")
    def order(order: str, tag: list[str] = Query(), x_many: str = Header("")) -> dict[str, Any]:  # noqa: B008 - FastAPI's way
        return {"order": order, "tags": tag, "many": x_many}

    @app.get("/cookies")
    def cookies(request: FastAPIRequest, response: FastAPIResponse) -> dict[str, Any]:
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        return dict(request.cookies)

    @app.post("/upload")
    async def receive(file: UploadFile) -> dict[str, Any]:
        return {"name": file.filename, "same": await file.read() == FILE}

    @app.post("/echo")
    async def echo(request: FastAPIRequest) -> FastAPIResponse:
        return FastAPIResponse(await request.body(), media_type="application/octet-stream", status_code=201)

    @app.get("/gone", status_code=204)
    def gone() -> None: ...

    @app.get("/where")
    def where(request: FastAPIRequest) -> str:
        return str(request.url)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield Mangum(app, lifespan="off")
    asyncio.set_event_loop(None)
    loop.close()


def test_fastapi_path_query_and_headers(fastapi_handler: Handler) -> None:
    response = call(
        fastapi_handler,
        "/orders/caf%C3%A9%20au%20lait",
        query="tag=a+b&tag=%2B&tag=",
        headers=(("X-Many", "1"), ("X-Many", "2")),
    )
    assert (response.status, response.header("content-type")) == (200, "application/json")
    assert json.loads(body_of(response)) == {"order": "café au lait", "tags": ["a b", "+", ""], "many": "1,2"}


def test_fastapi_sees_its_own_address(fastapi_handler: Handler) -> None:
    host = make_request().host
    assert json.loads(body_of(call(fastapi_handler, "/where", query="a=1"))) == f"https://{host}/where?a=1"


def test_fastapi_cookies(fastapi_handler: Handler) -> None:
    response = call(fastapi_handler, "/cookies", headers=(("Cookie", "x=1; y=2"),))
    assert json.loads(body_of(response)) == {"x": "1", "y": "2"}
    assert cookies_of(response) == {"a": "1", "b": "2"}


def test_fastapi_upload(fastapi_handler: Handler) -> None:
    headers, body = upload()
    response = call(fastapi_handler, "/upload", method="POST", headers=headers, body=body)
    assert json.loads(body_of(response)) == {"name": "all.bin", "same": True}


def test_fastapi_bytes_both_ways(fastapi_handler: Handler) -> None:
    response = call(fastapi_handler, "/echo", method="POST", body=FILE)
    assert (response.status, response.body) == (201, FILE)
    assert (response.header("content-length"), response.header("content-type")) == ("256", "application/octet-stream")
    assert response.header("x-amzn-remapped-content-length") == "256"


def test_fastapi_validation_error(fastapi_handler: Handler) -> None:
    response = call(fastapi_handler, "/orders/1")
    assert response.status == 422
    assert json.loads(body_of(response))["detail"][0]["loc"] == ["query", "tag"]


def test_fastapi_no_content(fastapi_handler: Handler) -> None:
    response = call(fastapi_handler, "/gone")
    assert (response.status, response.body, response.header("content-length")) == (204, b"", None)


@pytest.fixture
def flask_handler() -> Handler:
    app = flask.Flask(__name__)
    app.secret_key = "a secret for tests"

    @app.get("/count")
    def count() -> str:
        flask.session["count"] = flask.session.get("count", 0) + 1
        return str(flask.session["count"])

    @app.post("/login")
    def login() -> flask.typing.ResponseReturnValue:
        answer = flask.redirect("/welcome?user=" + flask.request.form["user"], 303)
        answer.set_cookie("token", "t", httponly=True)
        answer.set_cookie("theme", "dark")
        return answer

    @app.post("/upload")
    def receive() -> dict[str, Any]:
        file = flask.request.files["file"]
        return {"name": file.filename, "same": file.read() == FILE}

    @app.get("/download")
    def download() -> flask.typing.ResponseReturnValue:
        return flask.send_file(io.BytesIO(FILE), "application/octet-stream", download_name="all.bin", etag="abc")

    @app.route("/<path:anything>")
    def show(anything: str) -> dict[str, Any]:
        return {"path": anything, "query": flask.request.args.to_dict(flat=False), "host": flask.request.host_url}

    return make_lambda_handler(app, binary_support=True)


def test_flask_session_survives(flask_handler: Handler) -> None:
    first = call(flask_handler, "/count")
    session = cookies_of(first)["session"]
    second = call(flask_handler, "/count", headers=(("Cookie", f"other=1; session={session}"),))
    assert (first.body, second.body) == (b"1", b"2")


def test_flask_redirect_with_two_cookies(flask_handler: Handler) -> None:
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "13"))
    response = call(flask_handler, "/login", method="POST", headers=headers, body=b"user=ann%20b+")
    assert (response.status, response.header("location")) == (303, "/welcome?user=ann%20b%20")
    assert cookies_of(response) == {"token": "t", "theme": "dark"}


def test_flask_upload(flask_handler: Handler) -> None:
    headers, body = upload()
    response = call(flask_handler, "/upload", method="POST", headers=headers, body=body)
    assert json.loads(body_of(response)) == {"name": "all.bin", "same": True}


def test_flask_download(flask_handler: Handler) -> None:
    response = call(flask_handler, "/download")
    assert (response.status, response.body, response.header("content-length")) == (200, FILE, "256")
    assert response.header("content-disposition") == "inline; filename=all.bin"


def test_flask_not_modified(flask_handler: Handler) -> None:
    response = call(flask_handler, "/download", headers=(("If-None-Match", '"abc"'),))
    assert (response.status, response.body, response.header("content-length")) == (304, b"", None)


def test_flask_head(flask_handler: Handler) -> None:
    response = call(flask_handler, "/download", method="HEAD")
    assert (response.status, response.body) == (200, b"")


def test_flask_path_and_query(flask_handler: Handler) -> None:
    response = call(flask_handler, "/caf%C3%A9/a%2Fb/", query="a=1&a=2&b=%2B+")
    assert json.loads(body_of(response)) == {
        "path": "café/a/b/",
        "query": {"a": ["1", "2"], "b": ["+ "]},
        "host": f"https://{make_request().host}/",
    }


@pytest.fixture
def powertools_handler() -> Handler:
    app = LambdaFunctionUrlResolver()

    @app.get("/orders/<order>")
    def order(order: str) -> dict[str, Any]:
        event = app.current_event
        return {
            "order": order,
            "query": event.query_string_parameters,
            "header": event.headers.get("X-Token"),
            "cookies": event.cookies,
            "ip": event.request_context.http.source_ip,
            "time": event.request_context.time_epoch,
            "domain": event.request_context.domain_name,
        }

    @app.post("/json")
    def read() -> dict[str, Any]:
        return {"sent": app.current_event.json_body}

    @app.post("/text")
    def text() -> PowertoolsResponse[str]:
        cookies = [Cookie(name="a", value="1"), Cookie(name="b", value="2")]
        body = app.current_event.decoded_body
        return PowertoolsResponse(202, content_type="text/plain", body=body, cookies=cookies)

    return app.resolve


def test_powertools_event(powertools_handler: Handler) -> None:
    headers = (("X-Token", "t"), ("Cookie", "x=1; y=2"))
    response = call(powertools_handler, "/orders/7", query="a=1&b=x+y", headers=headers)
    assert (response.status, response.header("content-type")) == (200, "application/json")
    assert json.loads(body_of(response)) == {
        "order": "7",
        "query": {"a": "1", "b": "x y"},
        "header": "t",
        "cookies": ["x=1", "y=2"],
        "ip": "127.0.0.1",
        "time": 1772413445678,
        "domain": make_request().host,
    }


@pytest.mark.parametrize("content_type", ["application/json", "application/vnd.api+json"])
def test_powertools_json_body(powertools_handler: Handler, content_type: str) -> None:
    headers = (("Content-Type", content_type),)
    response = call(powertools_handler, "/json", method="POST", headers=headers, body='{"é": [1]}'.encode())
    assert json.loads(body_of(response)) == {"sent": {"é": [1]}}


def test_powertools_response_with_cookies(powertools_handler: Handler) -> None:
    response = call(powertools_handler, "/text", method="POST", body="naïve".encode())
    assert (response.status, response.body, response.header("content-type")) == (202, "naïve".encode(), "text/plain")
    assert cookies_of(response) == {"a": "1", "b": "2"}


def test_powertools_not_found(powertools_handler: Handler) -> None:
    response = call(powertools_handler, "/nothing")
    assert (response.status, json.loads(body_of(response))) == (404, {"statusCode": 404, "message": "Not found"})
