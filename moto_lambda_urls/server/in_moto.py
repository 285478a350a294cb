"""Access to the inner parts of moto's server: no other module touches them.

Those of moto's proxy are in ``proxy``, as importing moto's proxy sets up the root logger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from moto.awslambda.models import lambda_backends
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.core.request import Request
from moto.moto_api import recorder
from moto.moto_api._internal.models import moto_api_backend
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from werkzeug.serving import WSGIRequestHandler

if find_spec("flask_cors") is None:  # of moto's extra, too: moto warns, and then fails without a word of it
    raise ImportError("moto's server needs Flask: pip install 'moto-lambda-urls[server]'")

from moto.moto_server import werkzeug_app

from ..messages.addresses import DEFAULT_REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    ConnectionHandler = WSGIRequestHandler
else:
    # Newer releases of moto have a handler of their own, which keeps the underscores in names of S3's metadata.
    ConnectionHandler = getattr(werkzeug_app, "MotoRequestHandler", WSGIRequestHandler)


def is_mocked() -> bool:
    """Whether a ``mock_aws`` is active in this process."""
    return botocore_stubber.enabled


def passes_through(host: str) -> bool:
    """Whether moto's proxy was told, at /moto-api/proxy/passthrough, to let requests to ``host`` through."""
    return host in moto_api_backend.proxy_hosts_to_passthrough


def reset() -> None:
    """Forget everything that was created in moto, as ``/moto-api/reset`` does."""
    moto_api_backend.reset()


def host_names_bucket(environ: Mapping[str, Any]) -> bool:
    """Whether moto's S3 takes the bucket of a request from its host, and not from its path."""
    return bool(S3Response().subdomain_based_buckets(Request(dict(environ))))


class ServerRequest(Request):
    """A request that a server has received, as moto's own server hands it to a service."""

    from_wsgi_server = True


class LambdaPaths:
    """The paths of Lambda's API in moto, and what answers requests to them."""

    def __init__(self) -> None:
        self._found: tuple[re.Pattern[str], Callable[..., Any]] | None = None

    def has(self, path: str) -> bool:
        """Whether moto's server would let Lambda answer ``path``."""
        return self._paths[0].fullmatch(path) is not None

    def ask(self, environ: dict[str, Any]) -> Any:
        """The status, headers and body of the answer, as moto's services give them.

        :raises ClientError, HTTPException: the request is refused before the operation begins.
        """
        request = ServerRequest(environ)
        recorder._record_request(request)
        return self._paths[1](request, request.raw_url, dict(request.headers))

    @property
    def _paths(self) -> tuple[re.Pattern[str], Callable[..., Any]]:
        if self._found is None:  # with the first request: it loads Lambda
            paths = lambda_backends[DEFAULT_ACCOUNT_ID][DEFAULT_REGION].url_paths
            [dispatch] = set(paths.values())
            patterns = (re.sub(r"\(\?P<\w+>", "(?:", path.removesuffix("$")) for path in paths)
            self._found = re.compile("|".join(f"(?:{pattern})/?" for pattern in patterns)), dispatch
        return self._found


def has_bucket(name: str) -> bool:
    """Whether an account of moto's has the S3 bucket ``name``."""
    backends = [backend for regions in s3_backends.values() for backend in regions.values()]
    return any(name in backend.buckets for backend in backends)


class UnknownServiceError(Exception):
    """A request does not say which AWS service it is for."""


class Dispatcher:
    """Finds the application of the service that a request to moto's server is for."""

    def __init__(self) -> None:
        self._moto = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)

    def find(self, environ: dict[str, Any]) -> tuple[str, WSGIApplication]:
        """The service's name, as moto has it, and its application.

        :raises UnknownServiceError: the Authorization, X-Amz-Target or form of the request is not AWS's.
        """
        try:
            app = self._moto.get_application(environ)
        except (AttributeError, ImportError, LookupError, TypeError, ValueError) as error:
            raise UnknownServiceError from error
        return app.service, cast("WSGIApplication", app)  # type: ignore[attr-defined]  # set by create_backend_app
