"""The event for a request, payload format 2.0."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl, unquote

from ..invocations import event_json
from ..messages import Request
from ..messages.limits import MAX_EVENT_BYTES
from .arrival import Arrival
from .refusals import request_too_large

if TYPE_CHECKING:
    from .auth.identity import Caller

# Recorded for `connection`. The others are a decision: RFC 9110 7.6.1 has every proxy remove them.
_NOT_FORWARDED = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As access logs spell them, in any locale."""
_MAX_GROWTH = 12
"""Bytes of an event's JSON for a character of its request: six where it is escaped, and path, query, cookies and user
agent stand there twice."""
_MAX_ADDED = 8192
"""Bytes of an event's JSON that are not the request's: names, addresses, the caller. There is a lot to spare."""


class EventUrl(Protocol):
    """What the event says of the URL that was asked: a FunctionUrlConfig, or a host that is no URL."""

    @property
    def account_id(self) -> str: ...
    @property
    def auth_type(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def url_id(self) -> str: ...


def to_event(request: Request, arrival: Arrival, *, config: EventUrl, caller: Caller | None = None) -> dict[str, Any]:
    """The event that the handler gets for ``request``; never raises.

    ``caller`` is the signer of a request to an AWS_IAM URL. Keys are absent, never null, where there is nothing to say.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    headers = _headers(request, config=config, trace_id=arrival.trace_id)
    cookies = {"cookies": headers["cookie"].split("; ")} if headers.get("cookie") else {}
    parameters = _query_parameters(request.raw_query)
    raw_path = request.raw_path or "/"
    time_epoch = arrival.epoch_ms
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": raw_path,
        "rawQueryString": request.raw_query,
        **cookies,
        "headers": headers,
        **({"queryStringParameters": parameters} if parameters else {}),
        "requestContext": {
            "accountId": "anonymous" if config.auth_type == "NONE" else config.account_id,
            "apiId": config.url_id,
            **({} if caller is None or config.auth_type == "NONE" else {"authorizer": {"iam": _iam(caller)}}),
            "domainName": config.host,
            "domainPrefix": config.url_id,
            "http": {
                "method": request.method,
                "path": unquote(raw_path),
                "protocol": "HTTP/1.1",
                "sourceIp": request.source_ip,
                # Decision: nothing public shows a request without a User-Agent; the key is always there.
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": arrival.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": _clf_time(time_epoch // 1000),
            "timeEpoch": time_epoch,
        },
        **_body(request.body, content_type=headers.get("content-type", "")),
    }


@lru_cache(maxsize=1)  # many requests come within a second
def _clf_time(seconds: int) -> str:
    now = datetime.fromtimestamp(seconds, timezone.utc)
    date = f"{now.day:02}/{_MONTHS[now.month - 1]}/{now.year:04}"
    return f"{date}:{now.hour:02}:{now.minute:02}:{now.second:02} +0000"


def check_size(event: dict[str, object], request: Request) -> None:
    """Refuse ``request`` when the JSON of its ``event`` is too large; that of a small request is not written for it.

    :raises Refused: with 413 when it is over ``MAX_EVENT_BYTES``.
    """
    if request.size * _MAX_GROWTH + _MAX_ADDED < MAX_EVENT_BYTES:
        return
    size = len(event_json(event))
    if size > MAX_EVENT_BYTES:
        raise request_too_large(size)


def _headers(request: Request, *, config: EventUrl, trace_id: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for spelled, value in request.headers:
        name = spelled.lower()
        if name in headers:
            # A decision for cookies, as RFC 9113 8.2.3 joins them: a comma would run two into one.
            headers[name] += ("; " if name == "cookie" else ",") + value
        else:
            headers[name] = value
    if "host" not in headers:
        headers = {"host": config.host, **headers}
    for name in _NOT_FORWARDED.intersection(headers):
        del headers[name]
    if config.auth_type == "AWS_IAM":
        headers.pop("authorization", None)
    # AWS's own values, whatever the client sent under these names.
    headers.update(
        {
            "x-amzn-trace-id": f"Root={trace_id}",
            "x-amzn-tls-version": "TLSv1.3",
            "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
            "x-forwarded-for": request.source_ip,
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        }
    )
    return headers


def _query_parameters(raw_query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(raw_query, keep_blank_values=True) if raw_query else ():
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _iam(caller: Caller) -> dict[str, str | None]:
    return {
        "accessKey": caller.access_key,
        "accountId": caller.account_id,
        "callerId": caller.caller_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.user_arn,
        "userId": caller.user_id,
    }


def _body(body: bytes, *, content_type: str) -> dict[str, object]:
    if not body:
        return {"isBase64Encoded": False}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("text/") or media_type in _TEXT_TYPES:
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass  # Decision: bytes that are no UTF-8 are base64 under a text type too.
    return {"body": b64encode(body).decode("ascii"), "isBase64Encoded": True}
