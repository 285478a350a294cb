"""Applications as people put them behind a function URL, deployed as packages and called over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import FunctionUrl, LambdaUrls, mock_lambda_urls

pytestmark = pytest.mark.in_process

APPS = Path(__file__).parent / "apps"
FILE = bytes(range(256))


def package(name: str) -> bytes:
    return make_zip({"app.py": (APPS / f"{name}.py").read_text()})


@pytest.fixture(scope="module")
def mocked() -> Iterator[LambdaUrls]:
    with mock_lambda_urls() as urls:
        yield urls


@pytest.fixture(scope="module")
def shop(mocked: LambdaUrls) -> FunctionUrl:
    return mocked.deploy(package("fastapi_shop"), timeout=30)


@pytest.fixture(scope="module")
def blog(mocked: LambdaUrls) -> FunctionUrl:
    return mocked.deploy(package("flask_blog"), timeout=30)


@pytest.fixture(scope="module")
def api(mocked: LambdaUrls) -> FunctionUrl:
    return mocked.deploy(package("powertools_api"), timeout=30)


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


def test_fastapi_create_and_show(shop: FunctionUrl, session: requests.Session) -> None:
    made = session.post(f"{shop}orders", json={"item": "tea", "count": 2})
    assert (made.status_code, made.json()) == (201, {"id": 1})
    shown = session.get(urljoin(shop, made.headers["Location"]))
    assert shown.json() == {"item": "tea", "count": 2}


def test_fastapi_validation(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.post(f"{shop}orders", json={"item": "", "count": 0})
    assert (got.status_code, [each["loc"][-1] for each in got.json()["detail"]]) == (422, ["item", "count"])
    assert session.get(f"{shop}orders/x").status_code == 422
    assert session.post(f"{shop}orders", data=b"\xff", headers={"Content-Type": "application/json"}).status_code == 400


def test_fastapi_errors(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{shop}orders/99")
    assert (got.status_code, got.text, got.headers["Content-Type"]) == (404, "no 99", "text/plain; charset=utf-8")
    assert session.get(f"{shop}nothing").json() == {"detail": "Not Found"}
    assert session.delete(f"{shop}me").status_code == 405


def test_fastapi_unhandled_error(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{shop}fail")
    assert (got.status_code, got.content) == (500, b"Internal Server Error")
    assert "RuntimeError: out of stock" in shop.last.logs


def test_fastapi_path_and_query(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{shop}search/a%20b/c%2Fd/é", params=[("tag", "x y"), ("tag", "+"), ("q", "ü&=")])
    assert got.json() == {"path": "a b/c/d/é", "tags": ["x y", "+"], "q": "ü&="}


def test_fastapi_dependencies(shop: FunctionUrl, session: requests.Session) -> None:
    refused = session.get(f"{shop}me")
    assert (refused.status_code, refused.json()) == (401, {"detail": "who are you?"})
    # AWS does so with this header of a function.
    assert refused.headers["x-amzn-Remapped-www-authenticate"] == "Token"
    got = session.get(f"{shop}me", headers={"X-Token": "let me in"}, cookies={"theme": "dark"})
    assert got.json() == {"who": "ann", "theme": "dark"}


def test_fastapi_redirect_with_two_cookies(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{shop}login")
    assert [each.status_code for each in got.history] == [303]
    assert got.json() == {"session": "s1", "theme": "dark"}
    assert session.cookies.get_dict() == {"session": "s1", "theme": "dark"}


def test_fastapi_upload_and_download(shop: FunctionUrl, session: requests.Session) -> None:
    got = session.post(f"{shop}files", files={"file": ("all.bin", FILE, "image/png")})
    assert (got.content, got.headers["Content-Type"], got.headers["X-Name"]) == (FILE, "image/png", "all.bin")


def test_fastapi_streamed_and_compressed(shop: FunctionUrl, session: requests.Session) -> None:
    assert session.get(f"{shop}pieces").text == "0\n1\n2\n"
    got = session.get(f"{shop}large")
    assert (got.text, got.headers["Content-Encoding"]) == ("large " * 1_000, "gzip")
    assert int(got.headers["Content-Length"]) < 1_000


def test_fastapi_cors(shop: FunctionUrl, session: requests.Session) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    assert session.options(f"{shop}me", headers=headers).headers["access-control-allow-origin"] == headers["Origin"]
    got = session.get(f"{shop}cookies", headers={"Origin": "https://shop.example"})
    assert got.headers["access-control-allow-credentials"] == "true"


def test_fastapi_documentation_and_itself(shop: FunctionUrl, session: requests.Session) -> None:
    assert session.get(f"{shop}openapi.json").json()["info"]["title"] == "Shop"
    got = session.get(f"{shop}where?a=1")
    request_id = got.headers["x-amzn-RequestId"]
    assert got.json() == {
        "url": f"{shop}where?a=1",
        "client": "127.0.0.1",
        "request_id": request_id,
        "context_id": request_id,
    }


def test_flask_session(blog: FunctionUrl, session: requests.Session) -> None:
    assert session.get(blog).text == "<h1>nobody</h1>"
    got = session.post(f"{blog}login", data={"name": "Änne & Co"})
    assert [each.status_code for each in got.history] == [302]
    assert (got.url, got.text) == (blog.url, "<h1>Änne &amp; Co</h1>")
    assert len(got.history[0].raw.headers.getlist("Set-Cookie")) == 3
    assert session.cookies.get_dict() == {
        "session": session.cookies["session"],
        "theme": "dark",
        "language": "de",
    }
    assert [session.get(f"{blog}visits").json()["visits"] for _ in range(3)] == [1, 2, 3]
    gone = session.post(f"{blog}logout")
    assert (gone.status_code, gone.content, "Content-Length" in gone.headers) == (204, b"", False)
    assert session.get(blog).text == "<h1>nobody</h1>"


def test_flask_upload(blog: FunctionUrl, session: requests.Session) -> None:
    files = [("file", ("ü.bin", FILE, "image/png")), ("file", ("b.txt", b"text", "text/plain"))]
    got = session.post(f"{blog}upload", data={"note": "größe"}, files=files)
    assert got.json() == {"note": "größe", "files": [["ü.bin", "image/png", 256], ["b.txt", "text/plain", 4]]}


def test_flask_download(blog: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{blog}pixel.png")
    assert (got.content, got.headers["Content-Type"], got.headers["ETag"]) == (FILE, "image/png", '"v1"')
    assert got.headers["Content-Length"] == "256"
    again = session.get(f"{blog}pixel.png", headers={"If-None-Match": '"v1"'})
    assert (again.status_code, again.content) == (304, b"")
    head = session.head(f"{blog}pixel.png")
    assert (head.status_code, head.content) == (200, b"")
    part = session.get(f"{blog}pixel.png", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, FILE[10:20])
    assert part.headers["Content-Range"] == "bytes 10-19/256"


def test_flask_redirect_to_the_slash(blog: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{blog}slashed")
    assert (got.url, got.text, got.history[0].status_code) == (f"{blog}slashed/", "slashed", 308)


def test_flask_request(blog: FunctionUrl, session: requests.Session) -> None:
    got = session.put(f"{blog}echo/é/a%2Fb?a=1&a=2&b=", json={"ü": [1]})
    assert got.json() == {
        "method": "PUT",
        "path": "é/a/b",
        "args": {"a": ["1", "2"], "b": [""]},
        "json": {"ü": [1]},
        "url": f"{blog}echo/é/a/b?a=1&a=2&b=",
        "remote": "127.0.0.1",
    }
    assert session.delete(f"{blog}echo/7").json()["method"] == "DELETE"


def test_flask_errors(blog: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{blog}nothing")
    assert (got.status_code, got.json()) == (404, {"error": "not here"})
    assert session.put(blog).status_code == 405
    failed = session.get(f"{blog}fail")
    assert (failed.status_code, failed.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert "RuntimeError: no ink" in blog.last.logs


def test_powertools_routes(api: FunctionUrl, session: requests.Session) -> None:
    got = session.get(f"{api}todos/7?a=1&a=2&b=x%20y")
    assert got.json() == {
        "id": 7,
        "query": {"a": "1,2", "b": "x y"},
        "ip": "127.0.0.1",
        "request_id": got.headers["x-amzn-RequestId"],
    }


def test_powertools_response(api: FunctionUrl, session: requests.Session) -> None:
    got = session.post(f"{api}todos", json={"title": "tea"})
    assert (got.status_code, got.json(), got.headers["Location"]) == (201, {"title": "tea"}, "/todos/1")
    assert session.cookies.get_dict() == {"a": "1", "b": "2"}
    assert len(got.raw.headers.getlist("Set-Cookie")) == 2
    assert '"title":"tea"' in api.last.logs


def test_powertools_errors(api: FunctionUrl, session: requests.Session) -> None:
    answers = [session.get(f"{api}{path}") for path in ("todos/x", "todos/0", "nothing", "sold")]
    assert [answer.status_code for answer in answers] == [400, 404, 404, 410]
    assert answers[0].json() == {"statusCode": 400, "message": "a number, please"}
    assert (answers[3].text, answers[3].headers["Content-Type"]) == ("gone", "text/plain")


def test_powertools_unhandled_error(
    api: FunctionUrl, session: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="moto_lambda_urls"):
        got = session.get(f"{api}fail")
    assert (got.status_code, got.content) == (502, b"Internal Server Error")
    error = api.last.error
    assert error is not None
    assert (error.type, error.message) == ("RuntimeError", "unexpected")
    assert "RuntimeError: unexpected" in caplog.text


def test_powertools_cors(api: FunctionUrl, session: requests.Session) -> None:
    preflight = session.options(
        f"{api}todos", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET,OPTIONS,POST"
    assert preflight.headers["Access-Control-Max-Age"] == "60"
    got = session.get(f"{api}todos/1", headers={"Origin": "https://app.example"})
    assert got.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert got.headers["Access-Control-Allow-Credentials"] == "true"


def test_powertools_bodies(api: FunctionUrl, session: requests.Session) -> None:
    zipped = session.get(f"{api}zipped")
    assert (zipped.text, zipped.headers["Content-Encoding"]) == ("zipped " * 200, "gzip")
    assert session.get(f"{api}binary").content == FILE


def test_powertools_event_class(mocked: LambdaUrls, session: requests.Session) -> None:
    url = mocked.deploy(package("powertools_api"), auth_type="AWS_IAM", handler_name="app.typed", timeout=30)
    got = session.post(f"{url}a/b", data=b"\xc3\xa9", cookies={"a": "1"}, auth=url.auth())
    assert got.json() == {
        "path": "/a/b",
        "method": "POST",
        "body": "é",
        "cookies": ["a=1"],
        "domain": urlsplit(url).netloc,
        "arn": "arn:aws:iam::123456789012:root",
    }


def test_applications_by_the_name_of_their_module(mocked: LambdaUrls, session: requests.Session) -> None:
    url = mocked.deploy("apps.flask_blog.handler", timeout=30)
    assert session.get(f"{url}visits").json() == {"visits": 1}
