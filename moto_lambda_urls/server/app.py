"""The WSGI application: the parts put together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from moto.core.models import botocore_stubber
from moto.moto_api._internal.models import moto_api_backend

from .. import gateway
from ..control import url_configs
from ..gateway import cors, pipeline
from ..installation import Installation
from ..messages import Request, Response
from ..state import scope
from . import outgoing
from .api import GuardedMoto
from .console import Console
from .front import Front
from .guard import Guard

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ..messages.addresses import UrlStyle
    from ..state.scope import Authorization, Scope

AUTHORIZATION_VARIABLE = "MOTO_LAMBDA_URLS_AUTHORIZATION"


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
    outgoing.mark()
    return make_app(mine, guard)


def make_app(mine: Scope, guard: Guard) -> WSGIApplication:
    """The application of a server whose scope is ``mine``, which is installed."""
    console = Console(scope=mine, handle=pipeline.handle)
    return make_front(GuardedMoto(on_reset=mine.invocations.clear), guard=guard, console=console)


def make_front(api: WSGIApplication, *, guard: Guard, console: Console) -> Front:
    """Function URLs, the guard and the page of URLs, in front of ``api``."""
    return Front(
        api,
        guard=guard,
        handle=console.counted(pipeline.handle),
        too_large=console.counted(too_large),
        find=url_configs.find_url_by_id,
        console=console,
    )


def too_large(request: Request) -> Response:
    """AWS's answer to a request whose body is over the bound; ``request`` comes without it."""
    config = url_configs.find_url(request.host)
    if config is None:
        return pipeline.handle(request)
    answer = gateway.finish(
        gateway.request_too_large().response,
        request_id=str(uuid4()),
        now=datetime.now(timezone.utc),
        method=request.method,
    )
    return cors.add_headers(config.cors, request, answer)


def install(mine: Scope, undo: ExitStack) -> None:
    """Put function URLs into moto until ``undo`` is closed, which clears moto's state if nobody else is active then."""
    undo.callback(Installation(mine).undo)
    undo.callback(outgoing.mark().undo)
    undo.callback(_clear_if_last, mine)


def _clear_if_last(mine: Scope) -> None:
    if scope.active() == (mine,) and not botocore_stubber.enabled:  # a plain mock_aws may run
        moto_api_backend.reset()
