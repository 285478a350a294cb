"""The page, in a browser and by its JSON API."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from support.browser import chromium
from support.server_functions import make_client, make_function

from moto_lambda_urls import LambdaUrlsServer

pytestmark = pytest.mark.in_process

EVIL = "<img src=x onerror=document.title='owned'>"
CODE = f"""
def handler(event, context):
    print("{EVIL}")
    if event["rawPath"] == "/fail":
        raise ValueError("{EVIL}")
    return {{"statusCode": 201, "headers": {{"x-a": "{EVIL}"}}, "body": "{EVIL}" + (event.get("body") or "")}}
"""


@pytest.fixture
def server() -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer() as running:
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        driver.implicitly_wait(5)
        yield driver


def page_of(server: LambdaUrlsServer) -> str:
    return f"{server.endpoint_url}/_aws/lambda-url/"


def api(server: LambdaUrlsServer, path: str) -> Any:
    return requests.get(f"{page_of(server)}-/{path}").json()


def send(server: LambdaUrlsServer, **form: Any) -> requests.Response:
    filled = {"method": "GET", "path": "/", "headers": "", "body": "", **form}
    return requests.post(f"{page_of(server)}-/send", json=filled)


REFUSED_PREFLIGHT = "the preflight asks for what the URL's Cors does not allow"


def test_state(server: LambdaUrlsServer) -> None:
    url = make_function(server, code=CODE, Cors={"AllowOrigins": ["*"]})
    requests.get(f"{url}fail?x=1")
    requests.options(url, headers={"Origin": "http://a", "Access-Control-Request-Method": "GET"})
    state = api(server, "state")
    url_id = url.rstrip("/").rpartition("/")[2]
    preflight, invocation = state["requests"]
    assert state["urls"] == [
        {
            "id": url_id,
            "url": url,
            "region": "us-east-1",
            "account": "123456789012",
            "function": "echo",
            "alias": None,
            "authType": "NONE",
            "cors": {"AllowOrigins": ["*"]},
            "invokeMode": "BUFFERED",
            "calls": 2,
        }
    ]
    assert {**invocation, "requestId": "", "durationMs": 0} == {
        "requestId": "",
        "function": "echo",
        "alias": None,
        "urlId": url_id,
        "method": "GET",
        "path": "/fail?x=1",
        "status": 502,
        "error": "ValueError",
        "refused": None,
        "durationMs": 0,
    }
    assert (preflight["method"], preflight["status"], preflight["refused"]) == ("OPTIONS", 200, REFUSED_PREFLIGHT)


def test_a_refused_request_has_its_row_and_its_cure(server: LambdaUrlsServer) -> None:
    url = make_function(server, code=CODE, auth_type="AWS_IAM")
    requests.get(f"{url}orders")
    (row,) = api(server, "state")["requests"]
    assert (row["path"], row["status"], row["error"]) == ("/orders", 403, None)
    reason, title, *cure = api(server, f"requests/{row['requestId']}")["refusal"].splitlines()
    *_, signer, by_python, _, sent, _, by_curl = (line.removeprefix("  ") for line in cure)
    assert reason == row["refused"]
    assert reason == "the URL is AWS_IAM, and the request is not signed: it has no Authorization header"
    assert title == "to let it through:"
    assert signer == "signer = Credentials('FOOBARKEY', 'FOOBARSECRET')  # moto's own, those of the account's root"
    assert by_python == f"signed = AWSRequest('GET', '{url}orders')"
    assert sent == "requests.request(signed.method, signed.url, data=signed.data, headers=dict(signed.headers))"
    assert by_curl.startswith("# curl --aws-sigv4 aws:amz:us-east-1:lambda --user ")
    assert by_curl.endswith(f" {url}orders")


def test_invocation(server: LambdaUrlsServer) -> None:
    requests.post(
        f"{make_function(server, code=CODE)}p", data="é", headers={"content-type": "text/plain; charset=utf-8"}
    )
    (row,) = api(server, "state")["requests"]
    detail = api(server, f"requests/{row['requestId']}")
    assert detail["request"]["line"] == "POST /p"
    assert detail["event"]["rawPath"] == "/p"
    assert detail["response"]["status"] == 201
    assert detail["response"]["body"].startswith(EVIL)
    assert EVIL in detail["logs"]
    assert detail["error"] is None
    assert api(server, "requests/unknown") == {"message": "That request is forgotten."}


@pytest.mark.parametrize(
    ("processes", "placement"),
    [
        ("auto", "in this process: it bundles nothing that differs from here"),
        ("always", 'in a process of its own: processes="always"'),
    ],
)
def test_where_an_invocation_ran_and_why(processes: Any, placement: str) -> None:
    with LambdaUrlsServer(processes=processes) as server:
        requests.get(make_function(server, code=CODE))
        (row,) = api(server, "state")["requests"]
        assert api(server, f"requests/{row['requestId']}")["placement"] == placement


@pytest.mark.parametrize(("signer", "auth_type"), [(SigV4Auth, "NONE"), (SigV4QueryAuth, "AWS_IAM")])
def test_secrets_of_a_signed_request_are_not_shown(server: LambdaUrlsServer, signer: Any, auth_type: str) -> None:
    url = make_function(server, code="def handler(event, context): return 'ok'", auth_type=auth_type)
    sent = AWSRequest(method="GET", url=f"{url}orders?page=2")
    signer(Credentials("FOOBARKEY", "FOOBARSECRET", "token-of-a-session"), "lambda", "us-east-1").add_auth(sent)
    requests.get(str(sent.url), headers=dict(sent.headers))
    (row,) = api(server, "state")["requests"]
    detail = api(server, f"requests/{row['requestId']}")
    shown = json.dumps([row, detail])
    assert "token-of-a-session" not in shown
    assert not re.search("ignature=[0-9a-f]", shown)
    if signer is SigV4Auth:
        told = detail["request"]["headers"]["authorization"]
        assert told.startswith("AWS4-HMAC-SHA256 Credential=FOOBARKEY/")
        assert told.endswith(", Signature=...")
        assert detail["event"]["headers"]["authorization"] == told
        assert detail["event"]["headers"]["x-amz-security-token"] == "..."
    else:
        query = detail["event"]["queryStringParameters"]
        hidden = ("X-Amz-Credential", "X-Amz-Security-Token", "X-Amz-Signature")
        assert {name: value for name, value in query.items() if value == "..."} == dict.fromkeys(hidden, "...")
        assert query["page"] == "2"
        assert row["path"] == f"/orders?{detail['event']['rawQueryString']}"
        assert all(f"&{name}=..." in row["path"] for name in hidden)


def test_invocation_that_no_url_made(server: LambdaUrlsServer) -> None:
    make_function(server, code="def handler(event, context):\n    return [event]\n")
    make_client(server).invoke(FunctionName="echo", Payload=b'"plain"')
    (row,) = api(server, "state")["requests"]
    assert (row["method"], row["path"], row["status"], row["urlId"]) == (None, None, None, None)
    detail = api(server, f"requests/{row['requestId']}")
    assert (detail["request"], detail["event"], detail["result"]) == (None, "plain", ["plain"])


def test_long_texts_are_cut(server: LambdaUrlsServer) -> None:
    url = make_function(server, code=CODE)
    requests.post(url, data="a" * 100_000, headers={"content-type": "text/plain"})
    (row,) = api(server, "state")["requests"]
    body = api(server, f"requests/{row['requestId']}")["event"]["body"]
    assert body == "a" * 65_536 + "… (34464 more characters)"


def test_send(server: LambdaUrlsServer) -> None:
    url_id = make_function(server, code=CODE).rstrip("/").rpartition("/")[2]
    form = {"method": "post", "path": "a b?q=é", "headers": "x-one: 1\n\ncontent-type: text/plain", "body": "hé"}
    answer = send(server, id=url_id, **form).json()
    assert (answer["status"], answer["body"]) == (201, f"{EVIL}hé")
    assert ["x-a", EVIL] in answer["headers"]
    event = server.invocations[-1].event
    assert (event["rawPath"], event["rawQueryString"], event["headers"]["x-one"]) == ("/a%20b", "q=%C3%A9", "1")


def test_send_signs_for_an_iam_url(server: LambdaUrlsServer) -> None:
    url_id = make_function(server, code=CODE, auth_type="AWS_IAM").rstrip("/").rpartition("/")[2]
    assert send(server, id=url_id, path="/a//b%20c?x=1&y=", method="PUT", body="x").json()["status"] == 201
    assert server.invocations[-1].event["requestContext"]["authorizer"]["iam"]["accountId"] == "123456789012"


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"id": "unknown"}, 404, "That URL is gone."),
        ({"method": "GET /x"}, 400, "the method is 'GET /x', not a word like GET"),
        ({"headers": "no colon"}, 400, "the header line 'no colon' is not of the form name: value"),
        ({"body": None}, 400, "body must be a text"),
        ({"id": ["x"]}, 404, "That URL is gone."),
    ],
)
def test_send_what_makes_no_request(server: LambdaUrlsServer, form: dict[str, Any], status: int, message: str) -> None:
    url_id = make_function(server, code=CODE).rstrip("/").rpartition("/")[2]
    answer = send(server, **{"id": url_id, **form})
    assert answer.status_code == status
    assert answer.json() == {"message": message}
    assert list(server.invocations) == []


def test_send_wants_json(server: LambdaUrlsServer) -> None:
    answer = requests.post(f"{page_of(server)}-/send", data="{}", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()) == (415, {"message": "Send application/json."})
    assert (
        requests.post(f"{page_of(server)}-/send", data="[", headers={"content-type": "application/json"}).status_code
        == 400
    )


def test_page_keeps_to_itself(server: LambdaUrlsServer) -> None:
    for path in ("", "-/page.css", "-/page.js", "-/state"):
        headers = requests.get(f"{page_of(server)}{path}").headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
    source = requests.get(page_of(server)).text + requests.get(f"{page_of(server)}-/page.js").text
    assert "http://" not in source
    assert "https://" not in source
    assert "innerHTML" not in source


def test_url_is_where_the_reader_finds_it(server: LambdaUrlsServer) -> None:
    make_function(server, code=CODE)
    page = page_of(server).replace("127.0.0.1", "localhost")
    [shown] = requests.get(f"{page}-/state").json()["urls"]
    assert shown["url"] == f"{page}{shown['id']}/"
    assert requests.get(shown["url"]).status_code == 201


def test_page_without_its_last_slash(server: LambdaUrlsServer) -> None:
    answer = requests.get(page_of(server).rstrip("/"), allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/_aws/lambda-url/")


def test_nothing_else_is_there(server: LambdaUrlsServer) -> None:
    assert requests.get(f"{page_of(server)}-/nothing").status_code == 404
    assert requests.get(f"{page_of(server)}-/send").status_code == 404


def test_page_in_a_browser(browser: Any, server: LambdaUrlsServer) -> None:
    url = make_function(server, name="shop", code=CODE, Cors={"AllowOrigins": [EVIL]})
    requests.get(f"{url}fail?<b>")
    browser.get(page_of(server))
    card = browser.find_element("css selector", "#urls .card")
    assert card.text.startswith(f"shop\n{url}\n")
    assert f'CORS\n{{"AllowOrigins":["{EVIL}"]}}' in card.text
    browser.find_element("css selector", "#requests summary").click()
    assert f"ValueError: {EVIL}" in browser.find_element("css selector", "#requests pre.error").text
    titles = [each.text for each in browser.find_elements("css selector", "#requests .detail h3")]
    assert titles == ["Error", "Request", "Event", "Result", "Runs", "Response", "Logs"]
    fill(browser, "body", "from the page")
    fill(browser, "path", "?<i>")
    fill(browser, "headers", "content-type: text/plain")
    browser.find_element("css selector", "#send option[value=POST], #send select[name=method]").send_keys("POST")
    browser.find_element("css selector", "#send button").click()
    wait_for(browser, "#answer-status", "201")
    assert browser.find_element("id", "answer-body").text == f"{EVIL}from the page"
    wait_for(browser, "#request-count", "2")
    wait_for(browser, "#urls dd.calls", "2")
    requests.get(url)
    wait_for(browser, "#request-count", "3")
    assert browser.title == "Function URLs"
    assert browser.execute_script("return document.querySelectorAll('main img, main b, main i').length") == 0
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def fill(browser: Any, name: str, text: str) -> None:
    browser.find_element("css selector", f"#send [name={name}]").send_keys(text)


def wait_for(browser: Any, selector: str, text: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 5, 0.05).until(lambda _: browser.find_element("css selector", selector).text == text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_page_fits(browser: Any, server: LambdaUrlsServer, width: int, scheme: str) -> None:
    for name in ("shop", "a-function-with-a-name-that-is-as-long-as-Lambda-lets-it-be-64-c"[:64], "third"):
        url = make_function(server, name=name, code=CODE, Cors={"AllowOrigins": ["*"], "AllowHeaders": ["x" * 200]})
        requests.post(f"{url}fail?{'x' * 300}", data="hello")
        requests.get(f"{url}orders/7")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.get(page_of(server))
    wait_for(browser, "#request-count", "6")
    browser.find_element("css selector", "#requests summary").click()
    wait_for(browser, "#requests pre.request + h3", "Event")
    assert browser.execute_script("return innerWidth") == width
    assert (
        browser.execute_script("const page = document.documentElement; return page.scrollWidth - page.clientWidth") == 0
    )
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(246, 247, 249)", "dark": "rgb(18, 22, 27)"}[scheme]
    if folder := os.environ.get("SCREENSHOTS"):
        shot = Path(folder) / f"console-{width}-{scheme}.png"
        browser.save_screenshot(str(shot))
