"""Dispatch of requests that name Lambda's API, past moto's guess of the service and past Flask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from . import in_moto

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SERVICE = "lambda"
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})
_SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=[^\s,/]+/[^\s,/]+/[^\s,/]+/lambda/aws4_request,")
_PATH = re.compile(r"/20\d\d-\d\d-\d\d/(?!.*//)")  # Flask redirects from paths with two slashes


class _Answer(Response):
    default_mimetype = "text/html"  # Flask's, which the answers without a type have


class LambdaApplication:
    """The WSGI application of Lambda's API."""

    def __init__(self) -> None:
        self._api = in_moto.LambdaPaths()

    def is_for(self, environ: WSGIEnvironment) -> bool:
        """Whether the request says by its signature's scope and its path that it is for an operation known here."""
        path = environ.get("PATH_INFO", "")
        return (
            environ["REQUEST_METHOD"] in _METHODS
            and _SCOPE.match(environ.get("HTTP_AUTHORIZATION", "")) is not None
            and _PATH.match(path) is not None
            and self._api.has(path)
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> WSGIApplication:
        try:
            status, headers, content = self._api.ask(environ)
        except ClientError as error:
            return _Answer(error.response["Error"]["Message"], 400)
        except HTTPException as error:
            return error
        return _Answer(content, status, headers)
