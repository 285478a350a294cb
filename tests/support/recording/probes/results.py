"""Probes of how a handler's result becomes a response, with CORS and streaming."""

from __future__ import annotations

import json
from typing import Any

from ..place import Place, Url, package_of
from .asking import probe

_MIRROR = "import json\ndef handler(event, context): return json.loads(event['body'])\n"


def _mirrored(place: Place, url: Url, case: str, result: Any) -> None:
    body = json.dumps(result).encode()
    place.ask(url, "POST", headers=[("Content-Type", "application/json")], body=body, case=case)


@probe("which further names are remapped; `transfer-encoding` dropped (both after API Gateway)")
def names_of_headers(place: Place) -> None:
    url = place.url(place.function(_MIRROR))
    for name, value in {
        "Age": "5",
        "Authorization": "none",
        "Connection": "close",
        "Content-Length": "1",
        "Content-MD5": "x",
        "Date": "today",
        "Expect": "100-continue",
        "Host": "example.com",
        "Keep-Alive": "timeout=5",
        "Max-Forwards": "3",
        "Pragma": "no-cache",
        "Proxy-Authenticate": "Basic",
        "Server": "own",
        "TE": "trailers",
        "Trailer": "X-Last",
        "Transfer-Encoding": "chunked",
        "Upgrade": "h2c",
        "User-Agent": "own",
        "Via": "1.1 own",
        "Warning": "199",
        "WWW-Authenticate": "Basic",
        "X-Amzn-RequestId": "own",
        "X-Amzn-Trace-Id": "own",
        "X-Forwarded-For": "10.0.0.1",
    }.items():
        _mirrored(place, url, name, {"statusCode": 200, "headers": {name: value}, "body": "ok"})


@probe("502 for a status outside 200..599, headers that are no object, bad base64, values that HTTP cannot carry")
def impossible_results(place: Place) -> None:
    url = place.url(place.function(_MIRROR))
    for status in (0, 99, 100, 101, 199, 600, 999, "200", "abc", 200.0, 200.5, True, None):
        _mirrored(place, url, f"status {status!r}", {"statusCode": status, "body": "ok"})
    several: tuple[Any, ...] = (
        [],
        "a: b",
        7,
        {"X-A": None},
        {"X-A": 1},
        {"X-A": ["b"]},
        {"X-A": {"b": 1}},
        {"X A": "b"},
    )
    for headers in several:
        _mirrored(place, url, f"headers {headers!r}", {"statusCode": 200, "headers": headers, "body": "ok"})
    for value in ("a\r\nX-B: c", "a\x00b", "caf\u00e9", "\u20ac", ""):
        _mirrored(place, url, f"value {value!r}", {"statusCode": 200, "headers": {"X-A": value}, "body": "ok"})
    for body in ("%%%", "YQ", "YQ==\n", "Y Q = =", 7, None, {"a": 1}):
        _mirrored(place, url, f"base64 {body!r}", {"statusCode": 200, "body": body, "isBase64Encoded": True})
    for cookies in ("a=1", 7, [7], ["a=1\r\nb: 2"]):
        _mirrored(place, url, f"cookies {cookies!r}", {"statusCode": 200, "cookies": cookies, "body": "ok"})


@probe("HEAD has the body's Content-Length")
def head(place: Place) -> None:
    url = place.url(place.function("def handler(event, context): return {'statusCode': 200, 'body': 'twelve bytes'}\n"))
    place.ask(url, "HEAD")


_FROM = ("Origin", "https://example.com")
_PREFLIGHT = [_FROM, ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-a")]


@probe("a configured name that no header line can hold is echoed by the API and left out of the lines")
def impossible_names_of_cors(place: Place) -> None:
    name = place.function()
    cors = {"AllowOrigins": ["*"], "AllowHeaders": ["x-a", "x\u00e9"], "ExposeHeaders": ["x-b", "y\u00e9"]}
    place.call("create_function_url_config", FunctionName=name, AuthType="NONE", Cors=cors)
    if place.last_status >= 300:
        return
    place.make("lambda", "delete_function_url_config", FunctionName=name)
    url = place.url(name, Cors=cors)
    place.ask(url, "OPTIONS", headers=_PREFLIGHT)
    place.ask(url, headers=[_FROM], only_status=True)


@probe("an empty or missing list allows nothing")
def empty_lists_of_cors(place: Place) -> None:
    for case, cors in {
        "no lists": {"MaxAge": 5},
        "empty lists": {"AllowOrigins": [], "AllowMethods": [], "AllowHeaders": []},
        "origins alone": {"AllowOrigins": ["*"]},
        "methods alone": {"AllowMethods": ["*"]},
    }.items():
        url = place.url(place.function(), Cors=cors)
        place.ask(url, "OPTIONS", headers=_PREFLIGHT, case=case)


@probe(decided="AWS's Python runtime does not stream")
def iterators(place: Place) -> None:
    source = "def handler(event, context):\n    yield b'one,'\n    yield b'two'\n"
    place.ask(place.url(place.function(package_of({"app.py": source})), InvokeMode="RESPONSE_STREAM"))
