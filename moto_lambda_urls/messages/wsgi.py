"""Conversion of a WSGI environment to a ``Request``, and of a ``Response`` to a WSGI answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .addresses import Address
from .http import CONNECTION_HEADERS, Headers, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

HEADER_LINES = "moto_lambda_urls.header_lines"
"""The environ key of the header lines as they were sent, which WSGI joins and renames; our own server fills it."""


class BodyTooLarge(Exception):  # noqa: N818 - it is an answer, not a failure
    """The request's body is over the bound; at most one byte more than the bound was read."""


def target(environ: Mapping[str, Any]) -> tuple[str, str]:
    """The path and the query string as they were on the wire, without ``?``.

    werkzeug and gunicorn leave them in RAW_URI, uWSGI, mod_wsgi, waitress and cheroot in REQUEST_URI. A server that has
    neither gives a decoded path, which is encoded again: ``%2F`` has become ``/`` there.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw is None:
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return quote(path.encode("latin-1"), safe="/!$&'()*+,;=:@~") or "/", environ.get("QUERY_STRING", "")
    path, _, query = raw.partition("?")
    if not path.startswith("/"):  # a client of a proxy sends the whole URL
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path, query


def site(environ: Mapping[str, Any]) -> tuple[str, str]:
    """The scheme, and the host with its port, under which the client found the server."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return environ["wsgi.url_scheme"], host


def read_body(environ: Mapping[str, Any], *, limit: int) -> bytes:
    """The body of the request.

    :raises BodyTooLarge: it has more than ``limit`` bytes; nothing was read when the client said so.
    :raises ConnectionError: the client left before all of it had come.
    """
    length = environ.get("CONTENT_LENGTH")
    if length:
        if int(length) > limit:
            raise BodyTooLarge
        body: bytes = environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            raise ConnectionError("the client left in the middle of its body")
        return body
    if not environ.get("wsgi.input_terminated"):
        return b""
    body = environ["wsgi.input"].read(limit + 1)
    if len(body) > limit:
        raise BodyTooLarge
    return body


def to_request(environ: Mapping[str, Any], address: Address, *, host: str, query: str, body: bytes) -> Request:
    """The request to the function URL at ``address``, whose AWS name is ``host``."""
    return Request(
        method=environ["REQUEST_METHOD"],
        host=host,
        raw_path=address.raw_path,
        raw_query=query,
        headers=header_lines(environ),
        body=body,
        source_ip=environ.get("REMOTE_ADDR") or "127.0.0.1",
        signed_path=address.signed_path,
        scheme=environ.get("wsgi.url_scheme") or "https",
        is_served=True,
    )


def header_lines(environ: Mapping[str, Any]) -> Headers:
    """The header lines of the request: as sent under our own server, else as WSGI has left them."""
    if lines := environ.get(HEADER_LINES):
        return tuple(lines)
    found = [(key[5:], value) for key, value in environ.items() if key.startswith("HTTP_")]
    found += [(key, environ[key]) for key in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(key)]
    return tuple((key.replace("_", "-").title(), value) for key, value in found)


def send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    """Begin the WSGI answer that is ``response`` and give its body."""
    headers = [(name, value) for name, value in response.headers if name.lower() not in CONNECTION_HEADERS]
    start_response(f"{response.status} {_reason(response.status)}", headers)
    return [response.body] if isinstance(response.body, bytes) else response.body


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
