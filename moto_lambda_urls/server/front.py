"""Routing in front of moto's server: function URLs first, then the guard, the page of URLs and AWS's API."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..messages import Handle, Response, addresses, wsgi
from ..messages.addresses import Address, Addressable
from ..messages.limits import MAX_EVENT_BYTES
from .api import refuse
from .guard import Guard, cors_lines
from .redirects import redirected_here

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication

SITE = "moto_lambda_urls.site"
"""The environ key of the function URL, an ``Addressable``, that the whole site is for which a request came to."""
_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_BYTES = 64 * 1024**2
_SANDBOX = ("Content-Security-Policy", "sandbox")
"""Gives an HTML file out of a bucket an origin of its own, and no scripts."""


class Front:
    """Serves function URLs in front of ``api``, moto's server.

    :param guard: asked about everything that is no function URL.
    :param handle: answers a request to a function URL, as ``app.answer`` does.
    :param find: the configuration of the URL with an id, None if there is none.
    :param too_large: answers a request whose body is over the bound and was not read: it comes without its body.
    :param console: the page below ``/_aws/lambda-url/``.
    """

    def __init__(
        self,
        api: WSGIApplication,
        *,
        guard: Guard,
        handle: Handle,
        too_large: Handle,
        find: Callable[[str], Addressable | None],
        console: WSGIApplication,
    ) -> None:
        self._api = api
        self._guard = guard
        self._handle = handle
        self._too_large = too_large
        self._find = find
        self._console = console

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path, query = wsgi.target(environ)
        address = _address(environ, path)
        if address is not None:
            answer = self._exchange(environ, address, query)
            return wsgi.send(redirected_here(answer, environ, address), start_response)
        if f"{path}/".startswith(addresses.PREFIX):
            return self._page(environ, start_response)
        return self._aws(environ, sandboxed(start_response, self._guard.admitted_origin(environ)))

    def _exchange(self, environ: dict[str, Any], address: Address, query: str) -> Response:
        host = addresses.aws_host(address.url_id, address.region or self._region(address.url_id))
        try:  # a body larger than the event may be is not read
            body = wsgi.read_body(environ, limit=MAX_EVENT_BYTES)
        except wsgi.BodyTooLarge:
            return self._too_large(wsgi.to_request(environ, address, host=host, query=query, body=b""))
        return self._handle(wsgi.to_request(environ, address, host=host, query=query, body=body))

    def _page(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        objection = self._guard.objection(_as_typed(environ))
        if objection is not None:
            return wsgi.send(refuse(environ, objection), sandboxed(start_response))
        return self._console(environ, start_response)

    def _aws(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        objection = self._guard.objection(environ)
        if objection is not None:
            return wsgi.send(refuse(environ, objection), start_response)
        if preflight := self._guard.preflight(environ):
            return wsgi.send(preflight, start_response)
        if _is_large_form(environ):  # moto reads forms into memory to tell their service
            return wsgi.send(Response(status=413, headers=(("Content-Length", "0"),)), start_response)
        token = addresses.asked_at.set("://".join(wsgi.site(environ)))
        try:
            return self._api(environ, start_response)
        finally:
            addresses.asked_at.reset(token)

    def _region(self, url_id: str) -> str:
        config = self._find(url_id)
        return config.region if config is not None else addresses.DEFAULT_REGION


def _address(environ: dict[str, Any], path: str) -> Address | None:
    site: Addressable | None = environ.get(SITE)
    if site is not None:
        return Address(url_id=site.url_id, region=site.region, raw_path=path)
    return addresses.address_of(environ.get("HTTP_HOST", ""), path)


def sandboxed(start_response: StartResponse, origin: str | None = None) -> StartResponse:
    """``start_response`` that sandboxes an answer of moto's, so that a page in it does not have the API's origin.

    moto lets pages of every origin read its answers; here only a page of ``origin`` may.
    """

    def start(status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None) -> Any:
        kept = [line for line in headers if not line[0].lower().startswith("access-control-allow-origin")]
        ours = [_SANDBOX] if origin is None else [_SANDBOX, *cors_lines(origin)]
        if exc_info is None:
            return start_response(status, [*kept, *ours])
        return start_response(status, [*kept, *ours], exc_info)

    return start


def _as_typed(environ: dict[str, Any]) -> dict[str, Any]:
    """Treat a link to the page like its typed address: the site that has the link cannot read the page."""
    followed = (
        environ["REQUEST_METHOD"] == "GET"
        and wsgi.target(environ)[0] in (addresses.PREFIX, addresses.PREFIX.rstrip("/"))
        and environ.get("HTTP_SEC_FETCH_DEST") == "document"
        and "HTTP_ORIGIN" not in environ
    )
    return {**environ, "HTTP_SEC_FETCH_SITE": "none"} if followed else environ


def _is_large_form(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    return environ.get("CONTENT_TYPE", "").startswith(_FORM) and length.isdigit() and int(length) > _MAX_FORM_BYTES
