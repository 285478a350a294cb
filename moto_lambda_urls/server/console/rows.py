"""What the console's page shows, as bounded JSON values, and the requests that it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ...messages import Request, Response
from ...state.record import Invocation, InvocationError, Refusal

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

MAX_TEXT_LENGTH = 65_536
"""Characters of a body, an event's string or a log that the page shows; the rest is cut off, and said to be."""
MAX_RESPONSE_BYTES = 1_048_576
"""What is read of a streamed answer."""

_KEY = Credentials("AKIAMOTOLAMBDAURLS00", "moto-lambda-urls")  # a key nobody knows acts as its account's root
_PATH_CHARACTERS = "/%!$&'()*+,;=:@-._~"
_QUERY_CHARACTERS = _PATH_CHARACTERS + "?"


def url_row(config: FunctionUrlConfig, *, url: str, request_count: int) -> dict[str, Any]:
    """One function URL, which the page's reader finds at ``url``.

    :param request_count: how many requests the server has had for it, refused ones too.
    """
    return {
        "id": config.url_id,
        "url": url,
        "region": config.region,
        "account": config.account_id,
        "function": config.function_name,
        "alias": config.qualifier,
        "authType": config.auth_type,
        "cors": config.cors.to_api() if config.cors is not None else None,
        "invokeMode": config.invoke_mode or "BUFFERED",
        "calls": request_count,
    }


def request_row(invocation: Invocation) -> dict[str, Any]:
    """One line of the list of requests and invocations."""
    http = _http_of(invocation.event)
    return {
        "requestId": invocation.request_id,
        "function": invocation.function_name,
        "alias": invocation.qualifier,
        "urlId": invocation.url_id,
        "method": http.get("method"),
        "path": _request_target(invocation.event),
        "status": invocation.response.status if invocation.response is not None else None,
        "error": invocation.error.type if invocation.error is not None else None,
        "refused": invocation.refusal.reason if invocation.refusal is not None else None,
        "durationMs": round(invocation.duration_ms, 2),
    }


def request_detail(invocation: Invocation) -> dict[str, Any]:
    """Everything about one of them."""
    return {
        **request_row(invocation),
        "request": _request(invocation.event),
        "event": _cut(invocation.event),
        "result": _cut(invocation.result),
        "response": response_detail(invocation.response) if invocation.response is not None else None,
        "logs": _cut(invocation.logs),
        "error": _error(invocation.error) if invocation.error is not None else None,
        "refusal": _refusal(invocation.refusal) if invocation.refusal is not None else None,
        "placement": str(invocation.placement) if invocation.placement is not None else None,
    }


def _refusal(refusal: Refusal) -> str:
    return f"{refusal.reason}\n{refusal.details}".rstrip()


def _error(error: InvocationError) -> dict[str, Any]:
    texts = {"message": error.message, "traceback": error.traceback, "hint": error.hint}
    return {"type": error.type, **{name: _cut(text) for name, text in texts.items()}}


def response_detail(response: Response, *, body: bytes | None = None) -> dict[str, Any]:
    """A response, with its ``body`` where that was read from an iterator."""
    if body is None:
        body = response.body if isinstance(response.body, bytes) else b"(streamed)"
    return {
        "status": response.status,
        "headers": [[name, value] for name, value in response.headers],
        "body": _cut(body.decode("utf-8", "replace")),
    }


def _request(event: Any) -> dict[str, Any] | None:
    http = _http_of(event)
    if not http:
        return None
    return {
        "line": f"{http.get('method')} {_request_target(event)}",
        "sourceIp": http.get("sourceIp"),
        "headers": _cut(event.get("headers")),
        "body": _cut(event.get("body")),
        "isBase64Encoded": event.get("isBase64Encoded"),
    }


def _request_target(event: Any) -> str | None:
    if not _http_of(event):
        return None
    query = event.get("rawQueryString")
    return f"{event.get('rawPath')}?{query}" if query else event.get("rawPath")


def _http_of(event: Any) -> Mapping[str, Any]:
    context = event.get("requestContext") if isinstance(event, dict) else None
    http = context.get("http") if isinstance(context, dict) else None
    return http if isinstance(http, dict) else {}


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        more = len(value) - MAX_TEXT_LENGTH
        return value if more <= 0 else f"{value[:MAX_TEXT_LENGTH]}… ({more} more characters)"
    if isinstance(value, dict):
        return {key: _cut(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cut(each) for each in value]
    return value


def to_request(form: Mapping[str, Any], config: FunctionUrlConfig) -> Request:
    """The request that ``form`` describes: method, path (with query), headers as lines of ``name: value``, body.

    :raises ValueError: a field is missing or is no text; a header line has no name; the method is no word.
    """
    method, path, headers, body = (_text(form, name) for name in ("method", "path", "headers", "body"))
    if not (method.isascii() and method.isalpha()):
        raise ValueError(f"the method is {method!r}, not a word like GET")
    raw_path, _, raw_query = path.partition("?")
    raw_path = quote(raw_path if raw_path.startswith("/") else f"/{raw_path}", safe=_PATH_CHARACTERS)
    raw_query = quote(raw_query, safe=_QUERY_CHARACTERS)
    lines = [("host", config.host), *(_header(line) for line in headers.splitlines() if line.strip())]
    content = body.encode()
    if content:
        lines.append(("content-length", str(len(content))))
    if config.auth_type == "AWS_IAM":
        lines = _signed(method.upper(), f"https://{config.host}{raw_path}?{raw_query}", lines, content, config.region)
    return Request(
        method=method.upper(),
        host=config.host,
        raw_path=raw_path,
        raw_query=raw_query,
        headers=tuple(lines),
        body=content,
        is_served=True,
    )


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text")
    return value


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise ValueError(f"the header line {line!r} is not of the form name: value")
    return name.strip(), value.strip()


def _signed(method: str, url: str, lines: list[tuple[str, str]], body: bytes, region: str) -> list[tuple[str, str]]:
    unsigned = AWSRequest(method=method, url=url.rstrip("?"), data=body, headers=dict(lines))
    SigV4Auth(_KEY, "lambda", region).add_auth(unsigned)
    added = [(name, unsigned.headers[name]) for name in ("Authorization", "X-Amz-Date")]
    return [*lines, *added]
