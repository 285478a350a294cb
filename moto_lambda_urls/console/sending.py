"""A request made of what the page's form holds, signed when its URL asks for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ..messages import Request

if TYPE_CHECKING:
    from ..models import FunctionUrlConfig

MOST_RESPONSE_BYTES = 1_048_576
"""What is read of a streamed answer."""
_KEY = Credentials("AKIAMOTOLAMBDAURLS00", "moto-lambda-urls")  # a key nobody knows acts as its account's root
_PATH_CHARACTERS = "/%!$&'()*+,;=:@-._~"
_QUERY_CHARACTERS = _PATH_CHARACTERS + "?"


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
