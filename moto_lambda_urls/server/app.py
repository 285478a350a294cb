"""The WSGI application: function URLs, the console, and moto's own services behind the guard."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

from ..control.url_index import url_index
from ..gateway import pipeline
from ..messages import Request, Response, addresses, wsgi
from ..messages.addresses import Address, Addressable
from ..messages.limits import MAX_EVENT_BYTES
from ..mock.installation import Installation, handle
from ..state import scope
from . import in_moto
from .console import Console
from .guard import GUARDED_SERVICES, Guard

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from ..messages.addresses import UrlStyle
    from ..state.scope import Authorization, Scope

AUTHORIZATION_VARIABLE = "MOTO_LAMBDA_URLS_AUTHORIZATION"
Handle = Callable[[Request], Response]

_DASHBOARD = ("/moto-api", "/moto-api/")
_FORM = "application/x-www-form-urlencoded"
_MAX_FORM_BYTES = 64 * 1024**2
_UNKNOWN_REGION = "us-east-1"
_logger = logging.getLogger("moto_lambda_urls.server")


def create_app(
    *,
    authorization: Authorization | None = None,
    url_style: UrlStyle = "path",
    endpoint_url: str | None = None,
    allow_hosts: Iterable[str] = (),
    allow_origins: Iterable[str] = (),
) -> WSGIApplication:
    """moto's server with function URLs, for a WSGI server.

    As in ``gunicorn --threads 16 'moto_lambda_urls.server:create_app()'``. It holds its state in memory: run one
    process with threads. It stays installed in moto until the process ends.

    :param authorization: as in ``mock_lambda_urls``; by default what MOTO_LAMBDA_URLS_AUTHORIZATION says, or
        "standard".
    :param endpoint_url: where the WSGI server listens, so that boto3 in handlers reaches it.
    :raises ValueError: an option has none of its values.
    """
    chosen = authorization or cast("Authorization", os.environ.get(AUTHORIZATION_VARIABLE) or "standard")
    options = scope.Options(authorization=chosen, url_style=url_style, endpoint_url=endpoint_url)
    guard = Guard(allow_hosts=frozenset(allow_hosts), allow_origins=frozenset(allow_origins))
    mine = scope.Scope(options=options)
    Installation(mine)
    return make_app(mine, guard)


def make_app(mine: Scope, guard: Guard) -> WSGIApplication:
    """The application of a server whose scope is ``mine``, which is installed."""
    console = Console(guard=guard, scope=mine, handle=handle)
    return FunctionUrlMiddleware(
        GuardedMoto(guard, on_reset=mine.invocations.clear),
        handle=console.counted(handle),
        too_large=console.counted(pipeline.handle_too_large),
        find=url_index.find_url_by_id,
        console=console,
    )


def install(mine: Scope, undo: ExitStack) -> None:
    """Put function URLs into moto until ``undo`` is closed, which clears moto's state if nobody else is active then."""
    installation = Installation(mine)
    undo.callback(installation.undo)
    undo.callback(_clear_if_last, installation)


def _clear_if_last(installation: Installation) -> None:
    if installation.alone and not in_moto.is_mocked():  # a plain mock_aws may run
        in_moto.reset()


class GuardedMoto:
    """moto's server behind the guard. Only moto knows which service a request goes to, so it is asked first.

    :param on_reset: called after ``/moto-api/reset``.
    """

    def __init__(self, guard: Guard, *, on_reset: Callable[[], None]) -> None:
        self._moto = in_moto.Dispatcher()
        self._guard = guard
        self._on_reset = on_reset

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            service, app = self._moto.find(environ)
        except in_moto.UnknownServiceError as error:
            _logger.debug("no service for %s", environ.get("PATH_INFO"), exc_info=error)
            return wsgi.send(refusal(400, "The request does not say which AWS service it is for."), start_response)
        objection = self._objection(service, environ)
        if objection is not None:
            _logger.warning("%s %r refused: %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"), objection)
            return wsgi.send(refusal(403, objection), start_response)
        answer = app(environ, start_response)
        if environ.get("PATH_INFO") == "/moto-api/reset":
            self._on_reset()
        return answer

    def _objection(self, service: str, environ: dict[str, Any]) -> str | None:
        if service not in GUARDED_SERVICES or _opens_dashboard(environ):
            return None
        return self._guard.objection(environ)


def refusal(status: int, message: str) -> Response:
    """An answer of the server's own, in the form that AWS's JSON errors have."""
    body = json.dumps({"__type": "AccessDeniedException", "message": message}).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Response(status=status, headers=headers, body=body)


def _opens_dashboard(environ: dict[str, Any]) -> bool:
    """Whether someone follows a link to moto's dashboard: a page cannot read what it links to."""
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("PATH_INFO") in _DASHBOARD
        and environ.get("HTTP_SEC_FETCH_DEST") == "document"
        and "HTTP_ORIGIN" not in environ
    )


def exchange(
    environ: dict[str, Any], address: Address, host: str, query: str, *, handle: Handle, too_large: Handle
) -> Response:
    """The answer of the function URL at ``address``, whose AWS name is ``host``; see FunctionUrlMiddleware."""
    try:  # a body larger than the event may be is not read
        body = wsgi.read_body(environ, limit=MAX_EVENT_BYTES)
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
        address = addresses.address_of(environ.get("HTTP_HOST", ""), path)
        if address is not None:
            host = addresses.aws_host(address.url_id, address.region or self._region(address.url_id))
            answer = exchange(environ, address, host, query, handle=self._handle, too_large=self._too_large)
            return wsgi.send(answer, start_response)
        if f"{path}/".startswith(addresses.PREFIX):
            return self._console(environ, start_response)
        if _is_large_form(environ):  # moto reads forms into memory to tell their service
            return wsgi.send(Response(status=413, headers=(("Content-Length", "0"),)), start_response)
        token = addresses.asked_at.set("://".join(wsgi.site(environ)))
        try:
            return self._api(environ, start_response)
        finally:
            addresses.asked_at.reset(token)

    def _region(self, url_id: str) -> str:
        config = self._find(url_id)
        return config.region if config is not None else _UNKNOWN_REGION


def _is_large_form(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or "0"
    return environ.get("CONTENT_TYPE", "").startswith(_FORM) and length.isdigit() and int(length) > _MAX_FORM_BYTES
