"""The one list of exchanges that every client, and the server, must carry."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field
from typing import Any

from moto_lambda_urls.messages import Request, Response
from support.builders import HOST

UNKNOWN_HOST = HOST.replace("abc", "zzz")
BYTES = bytes(range(256))


class Failure(Exception):  # noqa: N818 - a handler's own
    """What a failing handler raises."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One exchange: ``target`` is what a user writes after the host, ``raw_path`` and ``raw_query`` what is sent.

    ``result`` is what a Lambda handler returns (payload format 2.0), or the exception it raises. ``chunks`` is a body
    that is sent as a generator. ``reply_headers`` are lines that the client must see, among others.
    """

    name: str
    host: str = HOST
    method: str = "GET"
    target: str = "/"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()
    raw_path: str = "/"
    raw_query: str = ""
    result: dict[str, Any] | Failure = field(default_factory=lambda: {"statusCode": 200, "body": "ok"})
    status: int = 200
    reply_headers: tuple[tuple[str, str], ...] = ()
    reply_body: bytes = b"ok"

    @property
    def sent_body(self) -> bytes:
        """The whole body, however it is sent."""
        return self.body or b"".join(self.chunks)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


SCENARIOS = [
    Scenario(name="plain"),
    Scenario(name="text-body", method="POST", body=b'{"a": 1}', headers=(("Content-Type", "application/json"),)),
    Scenario(
        name="binary-body",
        method="POST",
        body=BYTES,
        headers=(("Content-Type", "application/octet-stream"),),
        result={
            "statusCode": 201,
            "headers": {"Content-Type": "image/png"},
            "body": _base64(BYTES[::-1]),
            "isBase64Encoded": True,
        },
        status=201,
        reply_headers=(("content-type", "image/png"),),
        reply_body=BYTES[::-1],
    ),
    Scenario(name="large-body", method="PUT", body=BYTES * 4096, headers=(("Content-Type", "image/png"),)),
    Scenario(
        name="request-headers",
        headers=(("X-Mixed-Case", "One, two"), ("Cookie", "a=1; b=2"), ("X-Empty", "")),
    ),
    Scenario(name="large-header", headers=(("X-Large", "x" * 60_000),)),
    Scenario(
        name="repeated-headers-and-cookies",
        result={
            "statusCode": 200,
            "headers": {"X-List": "a, b"},
            "cookies": ["a=1; Path=/", "b=2; Path=/; HttpOnly"],
            "body": "ok",
        },
        reply_headers=(("x-list", "a, b"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/; HttpOnly")),
    ),
    Scenario(name="double-slash", target="//a//b/", raw_path="//a//b/"),
    Scenario(name="encoded-slash", target="/a%2Fb", raw_path="/a%2Fb"),
    Scenario(name="spaces-and-unicode", target="/a b/é", raw_path="/a%20b/%C3%A9"),
    Scenario(name="query", target="/q?a=1&a=2&b=x%20y&c=", raw_path="/q", raw_query="a=1&a=2&b=x%20y&c="),
    Scenario(name="empty-query", target="/q?", raw_path="/q"),
    Scenario(name="no-path", target=""),
    Scenario(name="chunked-upload", method="POST", chunks=(b"one,", b"two,", b"three")),
    Scenario(
        name="head",
        method="HEAD",
        result={"statusCode": 200, "headers": {"X-Head": "yes"}, "body": "not sent"},
        reply_headers=(("content-length", "8"), ("x-head", "yes")),
        reply_body=b"",
    ),
    Scenario(name="options", method="OPTIONS"),
    Scenario(name="delete", method="DELETE", target="/7", raw_path="/7"),
    Scenario(name="no-content", method="PUT", result={"statusCode": 204}, status=204, reply_body=b""),
    Scenario(name="not-modified", result={"statusCode": 304}, status=304, reply_body=b""),
    Scenario(name="unnamed-status", result={"statusCode": 299, "body": "odd"}, status=299, reply_body=b"odd"),
    Scenario(
        name="gzip",
        headers=(("Accept-Encoding", "gzip"),),
        result={
            "statusCode": 200,
            "headers": {"Content-Encoding": "gzip", "Content-Type": "text/plain"},
            "body": _base64(gzip.compress(b"squeezed " * 100)),
            "isBase64Encoded": True,
        },
        reply_headers=(("content-encoding", "gzip"),),
        reply_body=b"squeezed " * 100,
    ),
    Scenario(name="client-error", result={"statusCode": 404, "body": '{"no": 1}'}, status=404, reply_body=b'{"no": 1}'),
    Scenario(name="handler-error", result=Failure("no"), status=502, reply_body=b"Internal Server Error"),
    Scenario(name="unknown-id", host=UNKNOWN_HOST, status=403, reply_body=b'{"Message":null}'),
]


def answer(scenario: Scenario, request: Request) -> Response:
    """What the gateway makes of the scenario, without a gateway."""
    if request.host != HOST:
        return Response(status=403, headers=(("Content-Type", "application/json"),), body=b'{"Message":null}')
    if isinstance(scenario.result, Failure):
        return Response(status=502, headers=(("Content-Type", "application/json"),), body=b"Internal Server Error")
    body = scenario.result.get("body", "")
    content = base64.b64decode(body) if scenario.result.get("isBase64Encoded") else body.encode()
    length = () if scenario.status == 204 else (("Content-Length", str(len(content))),)
    headers = {"Content-Type": "application/json", **scenario.result.get("headers", {})}
    cookies = [("set-cookie", cookie) for cookie in scenario.result.get("cookies", [])]
    return Response(
        status=scenario.result["statusCode"],
        headers=(("Date", "Sat, 21 Nov 2026 09:30:00 GMT"), *length, *headers.items(), *cookies),
        body=b"" if request.method == "HEAD" else content,
    )


def echoed(event: dict[str, Any]) -> tuple[str, str, str, bytes]:
    """Method, raw path, raw query and body of an event, to compare with ``sent`` where a real handler runs."""
    body = event.get("body") or ""
    content = base64.b64decode(body) if event["isBase64Encoded"] else body.encode()
    return event["requestContext"]["http"]["method"], event["rawPath"], event["rawQueryString"], content


def sent(scenario: Scenario) -> tuple[str, str, str, bytes]:
    """Method, raw path, raw query and body that the scenario's request must arrive with."""
    return scenario.method, scenario.raw_path, scenario.raw_query, scenario.sent_body


def seen(request: Request) -> tuple[str, str, str, bytes]:
    """Method, raw path, raw query and body of a request as it arrived."""
    return request.method, request.raw_path, request.raw_query, request.body
