"""Lambda's API is answered without Flask as it is through Flask: both ways are asked the same."""

from __future__ import annotations

import gc
import gzip
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from botocore.model import ListShape, Shape, StructureShape
from botocore.serialize import create_serializer
from moto.moto_api import recorder
from support.builders import make_zip
from support.server_functions import make_client, make_function
from werkzeug.test import EnvironBuilder, run_wsgi_app

from moto_lambda_urls import LambdaUrlsServer
from moto_lambda_urls.messages.service_model import service_model
from moto_lambda_urls.server.lambda_api import LambdaApplication

pytestmark = pytest.mark.in_process

ORDER = ("Get", "List", "Invoke", "Publish", "Create", "Put", "Add", "Update", "Tag", "Untag", "Remove", "Delete")
OPERATIONS = sorted(service_model().operation_names, key=lambda each: [not each.startswith(one) for one in ORDER])
"""What reads comes first, and what deletes last."""
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, "
HEADERS = {"Authorization": f"{SIGNED}Signature=0"}
VOLATILE = (
    (re.compile(r"\bcsc-[0-9a-z]{17}\b"), "<code signing config>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*"), "<time>"),
    (re.compile(r"[?&]X-Amz-[^\"]*"), "?<presigned>"),
    (re.compile(r"\b[0-9a-z]{32}\b"), "<id>"),
    (re.compile(r"[A-Za-z0-9+/]{43}="), "<sha256>"),
    (re.compile(r"UEsDB[A-Za-z0-9+/=]+"), "<zip>"),
    (re.compile(r"\d+(?:\.\d+)? ms|[0-9a-f]{64}|: \d+ MB"), "<measured>"),
)

Answer = tuple[Any, ...]
Asked = tuple[str, str, bytes, dict[str, str]]


class Ways:
    """Counts the requests that were answered without Flask; all go through Flask while ``flask`` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.flask = False
        self.direct = 0
        is_for = LambdaApplication.is_for

        def counting(api: LambdaApplication, environ: dict[str, Any]) -> bool:
            direct = not self.flask and is_for(api, environ)
            self.direct += direct
            return direct

        monkeypatch.setattr(LambdaApplication, "is_for", counting)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(monkeypatch)


@contextmanager
def serving(*, flask: bool, ways: Ways) -> Iterator[LambdaUrlsServer]:
    """A server with the function ``f``, a version of it, an alias and a URL."""
    ways.flask = True
    with LambdaUrlsServer() as server:
        make_function(server, name="f", code="def handler(event, context): return event")
        client = make_client(server)
        client.publish_version(FunctionName="f")
        client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
        client.publish_layer_version(LayerName="layer", Content={"ZipFile": make_zip("x = 1")})
        ways.flask, ways.direct = flask, 0
        yield server


def ask(server: LambdaUrlsServer, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The status, header lines and body of an answer, or what was raised, without what is another one each time."""
    path, _, query = target.partition("?")
    lines = list({**HEADERS, **headers}.items())
    site = "http://127.0.0.1:5000"
    builder = EnvironBuilder(path, site, method=method, query_string=query, data=body, headers=lines)
    environ = {**builder.get_environ(), "RAW_URI": target, "REQUEST_URI": target}
    try:
        content, status, answered = run_wsgi_app(server.app, environ, buffered=True)
    except Exception as error:
        return type(error), str(error)
    text = b"".join(content).decode("latin-1")
    log = settled(b64decode(answered.pop("X-Amz-Log-Result", "")).decode())
    answered.pop("Vary", None)  # Flask-CORS's, of an answer that does not vary
    return status, sorted((name.lower(), settled(value)) for name, value in answered), settled(text), log


def settled(text: str) -> str:
    for pattern, name in VOLATILE:
        text = pattern.sub(name, text)
    return text


def request_of(operation: str, *, function: str = "f") -> Asked:
    """What botocore sends for ``operation`` with its required members."""
    model = service_model().operation_model(operation)
    members = example(model.input_shape, function) if model.input_shape else {}
    sent = create_serializer(service_model().protocol).serialize_to_request(members, model)
    query, body = urlencode(sent["query_string"], doseq=True), sent["body"]
    target = f"{sent['url_path']}?{query}" if query else sent["url_path"]
    return sent["method"], target, body.encode() if isinstance(body, str) else bytes(body), dict(sent["headers"])


def example(shape: Shape, function: str, name: str = "") -> Any:
    """A value of ``shape`` with its required members."""
    if isinstance(shape, StructureShape):
        members = shape.members.items()
        return {key: example(member, function, key) for key, member in members if key in shape.required_members}
    if name == "FunctionName":
        return function
    if getattr(shape, "enum", None):
        return shape.enum[0]  # type: ignore[attr-defined]
    given = {"Qualifier": "live", "Name": "live", "FunctionVersion": "1", "LayerName": "layer", "StatementId": "s"}
    kinds: dict[str, Any] = {
        "string": given.get(name, "arn:aws:lambda:us-east-1:123456789012:function:f"),
        "blob": b"{}",
        "integer": 1,
        "long": 1,
        "boolean": True,
        "map": {},
    }
    if isinstance(shape, ListShape):
        return [example(shape.member, function)]
    return kinds[shape.type_name]


def same_both_ways(ways: Ways, *asked: Asked) -> tuple[list[Answer], int]:
    """The answers to requests in this order, the same in both ways, and how many of them came without Flask."""
    answers = []
    for flask in (True, False):
        with serving(flask=flask, ways=ways) as server:
            answers.append([ask(server, *each) for each in asked])
    assert answers[0] == answers[1]
    return answers[1], ways.direct


def test_every_operation(ways: Ways) -> None:
    asked = [request_of(each, function=name) for each in OPERATIONS for name in ("f", "none")]
    answers, direct = same_both_ways(ways, *asked)
    found = [answer for answer in answers if not is_unknown_path(answer)]
    assert direct == len(found) > len(OPERATIONS)
    assert {answer[0] for answer in found} >= {"200 OK", "201 CREATED", "204 NO CONTENT", "404 NOT FOUND"}


def is_unknown_path(answer: Answer) -> bool:
    """Whether it is Flask's own answer where moto has no path."""
    return answer[0] == "404 NOT FOUND" and "<!doctype html>" in answer[2]


TARGETS: list[Asked] = [
    ("PUT", "/2015-03-31/functions/f/code", b"{", {}),
    ("PUT", "/2015-03-31/functions/f/code", b"[]", {"Content-Type": "application/json"}),
    ("POST", "/2021-10-31/functions/f/url", b"AuthType=NONE", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("POST", "/2015-03-31/functions/f/invocations", b"\xff\x00", {}),
    ("POST", "/2015-03-31/functions/f/invocations", b'{"a": 1}', {"X-Amz-Log-Type": "Tail"}),
    ("POST", "/2015-03-31/functions/f/invocations", gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"}),
    ("GET", "/2021-10-31/functions/f/url?Qualifier=live", b"", {}),
    ("GET", "/2021-10-31/functions/f/url/", b"", {}),
    ("GET", "/2021-10-31/functions/%66/url", b"", {}),
    ("GET", "/2015-03-31/functions/f%20g", b"", {}),
    ("GET", "/2015-03-31/functions/?MaxItems=x", b"", {}),
    ("GET", "/2015-03-31/functions/?Action=GetAccountSettings", b"", {}),
    ("GET", "/2016-08-19/account-settings", b"", {"X-Amz-Target": "A.ListFunctions"}),
    ("GET", "/2015-03-31/functions/f", b"", {"X-Moto-Account-Id": "111122223333"}),
    ("GET", "/2015-03-31/functions", b"", {"Origin": "http://127.0.0.1:5000"}),
    ("PATCH", "/2015-03-31/functions/f", b"", {}),
    ("DELETE", "/2015-03-31/functions", b"", {}),
]
THROUGH_FLASK: list[Asked] = [
    ("GET", "/2015-03-31/functions/f%2F/url", b"", {}),
    ("GET", "/2015-03-31/functions//f", b"", {}),
    ("GET", "/2015-03-31/nothing", b"", {}),
    ("GET", "/functions", b"", {}),
    ("HEAD", "/2015-03-31/functions/f", b"", {}),
    ("OPTIONS", "/2015-03-31/functions/f", b"", {}),
    ("GET", "/2015-03-31/functions", b"", {"Authorization": f"{SIGNED}Signature=0".replace("lambda", "Lambda")}),
    ("GET", "/2015-03-31/functions", b"", {"Authorization": f"{SIGNED}Signature=0".replace("lambda", "iam")}),
    ("GET", "/2015-03-31/functions", b"", {"Authorization": f"{SIGNED}Signature=no"}),
    ("GET", "/2015-03-31/functions", b"", {"Authorization": "Basic x"}),
]


@pytest.mark.parametrize("asked", TARGETS, ids=lambda asked: f"{asked[0]} {asked[1]}")
def test_unusual_requests(asked: Asked, ways: Ways) -> None:
    assert same_both_ways(ways, asked)[1] == (asked[0] != "PATCH")


@pytest.mark.parametrize("asked", THROUGH_FLASK, ids=lambda asked: f"{asked[0]} {asked[1]}")
def test_what_does_not_say_that_it_is_for_lambda(asked: Asked, ways: Ways) -> None:
    assert same_both_ways(ways, asked)[1] == ("Signature=no" in str(asked))


def test_guard_and_proof_come_first(ways: Ways) -> None:
    path = "/2015-03-31/functions"
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answers, direct = same_both_ways(ways, ("GET", path, b"", headers))
        assert (answers[0][0], direct) == ("403 Forbidden", 0)
    for authorization in (f"{SIGNED}Signature=no", f"{SIGNED}"):
        answers, _ = same_both_ways(ways, ("GET", path, b"", {"Authorization": authorization}))
        assert answers[0][0] == "403 Forbidden"
        assert "not signed" in answers[0][2]


def test_planned_faults(ways: Ways) -> None:
    answers = []
    for flask in (True, False):
        with serving(flask=flask, ways=ways) as server:
            server.urls.fail("GetFunctionUrlConfig", "TooManyRequestsException", times=1)
            asked = request_of("GetFunctionUrlConfig")
            answers.append([ask(server, *asked) for _ in range(2)])
    assert answers[0] == answers[1]
    assert [answer[0] for answer in answers[1]] == ["429 TOO MANY REQUESTS", "200 OK"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of docker, where there is no Docker
def test_what_is_recorded(ways: Ways, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invoked, written, shown = [], [], []
    for flask in (True, False):
        with serving(flask=flask, ways=ways) as server:
            file = tmp_path / f"{flask}"
            monkeypatch.setattr(recorder, "_location", str(file))
            recorder.start_recording()
            ask(server, "POST", "/2015-03-31/functions/f/invocations?Qualifier=1", b'{"a": 1}', {})
            recorder.stop_recording()
            written.append(file.read_text())
            invoked.append([(each.event, each.qualifier, each.placement) for each in server.invocations])
            data = requests.get(f"{server.endpoint_url}/moto-api/data.json").text
            shown.append(settled(json.dumps(json.loads(data)["awslambda"], sort_keys=True)))
            gc.collect()
    assert written[0] == written[1] != ""
    assert invoked[0] == invoked[1] != []
    assert shown[0] == shown[1]
