"""The response for a handler's result, payload format 2.0."""

from __future__ import annotations

import json
import re
import reprlib
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..invocations import MAX_RESULT_BYTES, PRELUDE_CONTENT_TYPE
from ..messages import Headers, Response, close_body, has_body, has_length
from ..messages.http import HEADER_NAME, HEADER_VALUE
from .arrival import Arrival
from .framing import response_lines

# Recorded from function URLs: connection, content-length, server, www-authenticate; from API Gateway: date,
# x-amzn-requestid. The others are a decision, after the list in API Gateway's "Important notes".
_REMAPPED = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-amzn-requestid",
        "x-amzn-trace-id",
    }
)
_DROPPED = frozenset({"transfer-encoding"})  # A decision: API Gateway drops it from every integration's response.
_REMAPPED_PREFIX = "x-amzn-Remapped-"
_OWN_PREFIX = _REMAPPED_PREFIX.lower()
_STATUS = re.compile(r"[2-5][0-9][0-9]")
_STREAMED = "application/octet-stream"
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class BadResultError(ValueError):
    """A result that makes no response: the client gets ``status``, ``Internal Server Error``; the message says why.

    What AWS does with each kind of unusable result is not public: that all but one are 502 is a decision.
    """

    def __init__(self, reason: str, *, status: int = 502) -> None:
        super().__init__(f"The handler's result is not a valid response: {reason}")
        self.status = status


class _ResponseHead(NamedTuple):
    status: int
    content_type: str
    own: Headers


def to_response(result: bytes, arrival: Arrival) -> Response:
    """The response for ``result``, the JSON that the handler of a BUFFERED URL returned.

    :raises BadResultError: it is no response, or is over ``MAX_RESULT_BYTES``.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    """
    if len(result) > MAX_RESULT_BYTES:
        raise BadResultError(f"it has {len(result)} bytes, AWS allows {MAX_RESULT_BYTES}")
    value = _parsed(result)
    if isinstance(value, dict) and "statusCode" in value:
        head = _head(value, default_type="application/json")
        body = _body(value.get("body"), is_base64=value.get("isBase64Encoded") is True)
    else:
        head, body = _ResponseHead(200, "application/json", ()), _text_or_json(value)
    return _response(head, body, arrival)


def raw_response(result: bytes, arrival: Arrival, content_type: str = _STREAMED) -> Response:
    """The response of a RESPONSE_STREAM URL whose handler has ended without a prelude: ``result`` is the body as it is.

    :raises BadResultError: HTTP cannot carry ``content_type``, or it promises a prelude, and ``result`` is none.
    """
    if content_type == PRELUDE_CONTENT_TYPE:
        if result:
            raise _without_prelude()
        content_type = _STREAMED
    head = _ResponseHead(200, _line("content-type", content_type)[1], ())
    return _response(head, result, arrival)


def prelude_response(
    prelude: Mapping[str, object] | None, arrival: Arrival, content_type: str = _STREAMED
) -> tuple[int, Headers]:
    """Status and header lines of a streamed response; ``prelude`` is its first item, None when it has none.

    ``content_type`` is that of a stream whose prelude has none.

    :raises BadResultError: the prelude's status, headers or cookies are unusable, or the content type is; or that
        promises a prelude, and there is none.
    """
    if content_type == PRELUDE_CONTENT_TYPE:
        raise _without_prelude()
    head = _head({"statusCode": 200, **(prelude or {})}, default_type=_line("content-type", content_type)[1])
    lines = response_lines(arrival, content_type=head.content_type, content_length=None, own=head.own)
    return head.status, lines


def streamed_response(
    prelude: Mapping[str, object] | None,
    chunks: Iterator[bytes],
    arrival: Arrival,
    content_type: str = _STREAMED,
) -> Response:
    """The response of a RESPONSE_STREAM URL whose handler streams ``chunks``.

    ``chunks`` is closed at once where the response has no such body: for HEAD, 204 and the like, and a bad prelude.

    :raises BadResultError: the prelude is no head of a response.
    """
    try:
        status, headers = prelude_response(prelude, arrival, content_type)
    except BadResultError:
        close_body(chunks)
        raise
    if has_body(arrival.method, status):
        return Response(status=status, headers=headers, body=chunks)
    close_body(chunks)
    return Response(status=status, headers=headers)


def _without_prelude() -> BadResultError:
    """As seen at AWS: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/97."""
    return BadResultError(
        "its stream does not begin with the status and headers of HttpResponseStream.from(), which go out with the "
        "first write(), and not with end()"
    )


def _response(head: _ResponseHead, body: bytes, arrival: Arrival) -> Response:
    headers = response_lines(
        arrival,
        content_type=head.content_type,
        content_length=len(body) if has_length(head.status) else None,
        own=head.own,
    )
    return Response(status=head.status, headers=headers, body=body if has_body(arrival.method, head.status) else b"")


def _parsed(result: bytes) -> object:
    try:
        value: object = _from_json(result.decode())
    except (ValueError, RecursionError) as error:
        raise BadResultError(f"it is not JSON: {error}") from error
    return value


def _no_json(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


_from_json = json.JSONDecoder(parse_constant=_no_json).decode


def _head(envelope: Mapping[str, object], *, default_type: str) -> _ResponseHead:
    content_type, own = default_type, []
    headers = _none_is_empty(envelope.get("headers"), {})
    if not isinstance(headers, dict):
        raise BadResultError(f"headers is {_short(headers)}, not an object")
    for name, value in headers.items():
        line = _line(name, value)
        folded = name.lower()
        if folded.startswith(_OWN_PREFIX):
            raise BadResultError(f"the header {name} has a name that is AWS's own", status=500)
        if folded == "content-type":
            content_type = line[1]
        elif folded in _REMAPPED:
            own.append(_line(_REMAPPED_PREFIX + name, value))
        elif folded not in _DROPPED:
            own.append(line)
    cookies = _none_is_empty(envelope.get("cookies"), [])
    if not isinstance(cookies, list):
        raise BadResultError(f"cookies is {_short(cookies)}, not an array of strings")
    own.extend([_line("set-cookie", cookie) for cookie in cookies])
    return _ResponseHead(_status(envelope["statusCode"]), content_type, tuple(own))


def _none_is_empty(value: object, empty: object) -> object:
    return empty if value is None else value


def _status(code: object) -> int:
    if isinstance(code, str) and _STATUS.fullmatch(code):
        return int(code)
    if isinstance(code, (int, float)) and code in range(200, 600):
        return int(code)
    raise BadResultError(f"statusCode is {_short(code)}, not a number from 200 to 599")


def _line(name: object, value: object) -> tuple[str, str]:
    # Decision: what no HTTP header can be (CR, LF, characters beyond Latin-1, null, nested values) is no response.
    text = value if isinstance(value, str) else _scalar(name, value)
    if not isinstance(name, str) or not HEADER_NAME.fullmatch(name):
        raise BadResultError(f"{_short(name)} is no header name")
    if not HEADER_VALUE.fullmatch(text):
        raise BadResultError(f"the header {name} is {_short(text)}, which HTTP cannot carry")
    return name, text.strip(" \t")


def _scalar(name: object, value: object) -> str:
    if not isinstance(value, (bool, int, float)):
        instead = ""
        if isinstance(value, list):
            is_cookie = str(name).lower() == "set-cookie"
            instead = "; several cookies go into cookies" if is_cookie else "; join a list with ', '"
        raise BadResultError(f"the header {name} is {_short(value)}, not a string{instead}")
    return _serialised(value)


def _body(body: object, *, is_base64: bool) -> bytes:
    if body is None:
        return b""
    if not is_base64:
        return _text_or_json(body)
    try:
        return b64decode(body, validate=True)  # type: ignore[arg-type]  # other values than text raise TypeError
    except (ValueError, TypeError) as error:
        raise BadResultError(f"isBase64Encoded is true, but body is not base64: {error}") from error


def _text_or_json(value: object) -> bytes:
    # Decision: a surrogate that stands alone, which no UTF-8 can hold, goes out as "?".
    return (value if isinstance(value, str) else _serialised(value)).encode("utf-8", "replace")


class _Short(reprlib.Repr):
    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write very long integers, from 640 digits on.
        return "a long int" if x.bit_length() > 2_000 else super().repr_int(x, level)


_short = _Short().repr


def _serialised(value: object) -> str:
    try:
        return _to_json(value)
    except (ValueError, RecursionError) as error:
        raise BadResultError(f"it cannot be written as JSON: {error}") from error
