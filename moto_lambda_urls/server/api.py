"""moto's server as a WSGI application that refuses requests which a web page may have sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..messages import Response, wsgi
from ..messages.addresses import PREFIX
from . import in_moto, proof
from .lambda_api import SERVICE, LambdaApplication
from .missed import missed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

_logger = logging.getLogger("moto_lambda_urls.server")
_DASHBOARD = ("/moto-api", "/moto-api/", "/moto-api/lib.js")
_NO_DASHBOARD = (
    "moto's dashboard is not served here: it loads scripts from elsewhere. "
    f"/moto-api/data.json has what it shows, and {PREFIX} the function URLs."
)


class GuardedMoto:
    """moto's server. Its dispatcher knows the service that a request goes to, where the request itself does not say.

    :param on_reset: called after ``/moto-api/reset``.
    """

    def __init__(self, *, on_reset: Callable[[], None]) -> None:
        self._moto = in_moto.Dispatcher()
        self._lambda = LambdaApplication()
        self._on_reset = on_reset

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            service, app = self._application(environ)
        except in_moto.UnknownServiceError as error:
            _logger.debug("no service for %r", environ.get("PATH_INFO"), exc_info=error)
            return wsgi.send(refusal(400, "The request does not say which AWS service it is for."), start_response)
        if service == "s3" and (answer := missed(environ)):
            return wsgi.send(answer, start_response)
        if refused := not_for_moto(service, environ):
            return wsgi.send(refused, start_response)
        chunks = app(environ, start_response)
        if environ.get("PATH_INFO") == "/moto-api/reset":
            self._on_reset()
        return chunks

    def _application(self, environ: dict[str, Any]) -> tuple[str, WSGIApplication]:
        return (SERVICE, self._lambda) if self._lambda.is_for(environ) else self._moto.find(environ)


def not_for_moto(service: str, environ: dict[str, Any]) -> Response | None:
    """The answer to a request that moto's ``service`` does not get to see; None when it may."""
    objection = proof.objection(service, environ)
    if objection is not None:
        return refuse(environ, objection)
    return refusal(404, _NO_DASHBOARD) if environ.get("PATH_INFO") in _DASHBOARD else None


def refuse(environ: dict[str, Any], objection: str) -> Response:
    """The 403 for a request that may not come in, which is logged."""
    _logger.warning("%s %r refused: %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"), objection)
    return refusal(403, objection)


def refusal(status: int, message: str) -> Response:
    """An answer of the server's own, in the form that AWS's JSON errors have."""
    body = json.dumps({"__type": "AccessDeniedException", "message": message}).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Response(status=status, headers=headers, body=body)
