"""WSGI in front of moto's server: function URLs and the page are answered here, all else by moto."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .. import addressing, wsgi
from ..addressing import Address, Addressable
from ..messages import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

MOST_BODY_BYTES = 6_291_456
"""A request whose body alone has more bytes than the event may have is refused before its body is read."""
Handle = Callable[[Request], Response]
_FORM = "application/x-www-form-urlencoded"
_MOST_FORM_BYTES = 64 * 1024**2
_UNKNOWN_REGION = "us-east-1"


def exchange(
    environ: dict[str, Any], address: Address, host: str, query: str, *, handle: Handle, too_large: Handle
) -> Response:
    """The answer of the function URL at ``address``, whose AWS name is ``host``; see FunctionUrlMiddleware."""
    try:
        body = wsgi.read_body(environ, limit=MOST_BODY_BYTES)
    except wsgi.BodyTooLarge:
        return too_large(wsgi.to_request(environ, address, host=host, query=query, body=b""))
    return handle(wsgi.to_request(environ, address, host=host, query=query, body=body))


class FunctionUrlMiddleware:
    """Serves function URLs in front of ``api``, moto's server.

    :param handle: answers a request to a function URL: ``gateway.handle``.
    :param find: the configuration of the URL with an id, None if there is none.
    :param too_large: answers a request whose body is over the bound and was not read: it comes without its body.
    :param console: the page below ``/_aws/lambda-url/``.
    """

    def __init__(
        self,
        api: WSGIApplication,
        *,
        handle: Handle,
        too_large: Handle,
        find: Callable[[str], Addressable | None],
        console: WSGIApplication,
    ) -> None:
        self._api = api
        self._handle = handle
        self._too_large = too_large
        self._find = find
        self._console = console

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path, query = wsgi.target(environ)
        address = addressing.resolve(environ.get("HTTP_HOST", ""), path)
        if address is not None:
            host = addressing.aws_host(address.url_id, address.region or self._region(address.url_id))
            answer = exchange(environ, address, host, query, handle=self._handle, too_large=self._too_large)
            return wsgi.send(answer, start_response)
        if f"{path}/".startswith(addressing.PREFIX):
            return self._console(environ, start_response)
        if _is_large_form(environ):  # moto reads forms into memory to tell their service
            return wsgi.send(Response(status=413, headers=(("Content-Length", "0"),)), start_response)
        token = addressing.asked_at.set("://".join(wsgi.site(environ)))
        try:
            return self._api(environ, start_response)
        finally:
            addressing.asked_at.reset(token)

    def _region(self, url_id: str) -> str:
        config = self._find(url_id)
        return config.region if config is not None else _UNKNOWN_REGION


def _is_large_form(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    return environ.get("CONTENT_TYPE", "").startswith(_FORM) and length.isdigit() and int(length) > _MOST_FORM_BYTES
