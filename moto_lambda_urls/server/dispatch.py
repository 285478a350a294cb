"""moto's own server, behind the guard."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from .. import wsgi
from ..messages import Response
from .guard import GUARDED_SERVICES, Guard

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

logger = logging.getLogger("moto_lambda_urls.server")
_DASHBOARD = ("/moto-api", "/moto-api/")


class GuardedMoto(DomainDispatcherApplication):
    """moto's dispatcher: it alone knows which service a request goes to, so it is asked before the guard is.

    :param on_reset: called after ``/moto-api/reset``.
    """

    def __init__(self, guard: Guard, *, on_reset: Callable[[], None]) -> None:
        super().__init__(create_backend_app)
        self._guard = guard
        self._on_reset = on_reset

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            app = self.get_application(environ)
        except (AttributeError, ImportError, LookupError, TypeError, ValueError) as error:
            # What moto raises on an Authorization, X-Amz-Target or form that is not AWS's.
            logger.debug("no service for %s", environ.get("PATH_INFO"), exc_info=error)
            return wsgi.send(refusal(400, "The request does not say which AWS service it is for."), start_response)
        objection = self._objection(app.service, environ)  # type: ignore[attr-defined]  # moto gives its apps a service
        if objection is not None:
            logger.warning("%s %r refused: %s", environ["REQUEST_METHOD"], environ.get("PATH_INFO"), objection)
            return wsgi.send(refusal(403, objection), start_response)
        answer: Iterable[bytes] = app(environ, start_response)
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
