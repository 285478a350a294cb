"""The WSGI application: function URLs, the console, and moto's own services behind the guard."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

from ..control.url_index import url_index
from ..gateway import pipeline
from ..gateway.refusals import FunctionUrlPermissionWarning
from ..messages import Request, Response
from ..mock.installation import Installation, handle
from ..state import scope
from . import in_moto, outgoing
from .api import GuardedMoto
from .console import Console
from .front import Front
from .guard import Guard

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ..messages.addresses import UrlStyle
    from ..state.scope import Authorization, FunctionStates, Processes, Scope, Validate

AUTHORIZATION_VARIABLE = "MOTO_LAMBDA_URLS_AUTHORIZATION"
VALIDATE_VARIABLE = "MOTO_LAMBDA_URLS_VALIDATE"
_logger = logging.getLogger("moto_lambda_urls")


def create_app(
    *,
    authorization: Authorization | None = None,
    url_style: UrlStyle = "path",
    endpoint_url: str | None = None,
    processes: Processes = "auto",
    max_processes: int = scope.DEFAULT_MAX_PROCESSES,
    function_states: FunctionStates = "immediate",
    validate: Validate | None = None,
    allow_hosts: Iterable[str] = (),
    allow_origins: Iterable[str] = (),
) -> WSGIApplication:
    """moto's server with function URLs, for a WSGI server.

    As in ``gunicorn --threads 16 'moto_lambda_urls.server:create_app()'``. It holds its state in memory: run one
    process with threads. It stays installed in moto until the process ends.

    :param authorization: as in ``mock_lambda_urls``; by default what MOTO_LAMBDA_URLS_AUTHORIZATION says, or
        "standard".
    :param url_style: the form of ``FunctionUrl``, as in ``LambdaUrlsServer``, but "port": it opens no ports.
    :param endpoint_url: where the WSGI server listens, so that boto3 in handlers reaches it.
    :param processes: which deployment packages run in processes of their own, as in ``mock_lambda_urls``.
    :param max_processes: how many there may be at once, as in ``mock_lambda_urls``.
    :param function_states: whether functions begin Active ("immediate") or Pending, as in ``mock_lambda_urls``.
    :param validate: who says what CreateFunction takes, as in ``mock_lambda_urls``; by default what
        MOTO_LAMBDA_URLS_VALIDATE says, or "aws".
    :raises ValueError: an option has none of its values, or ``url_style`` is "port".
    """
    if url_style == "port":
        raise ValueError(
            "url_style='port' needs a server that opens ports: LambdaUrlsServer, or moto-lambda-urls server"
        )
    chosen = authorization or cast("Authorization", os.environ.get(AUTHORIZATION_VARIABLE) or "standard")
    checked = validate or cast("Validate", os.environ.get(VALIDATE_VARIABLE) or "aws")
    options = scope.Options(
        authorization=chosen,
        url_style=url_style,
        endpoint_url=endpoint_url,
        processes=processes,
        max_processes=max_processes,
        function_states=function_states,
        validate=checked,
    )
    guard = Guard(allow_hosts=frozenset(allow_hosts), allow_origins=frozenset(allow_origins))
    mine = scope.Scope(options=options)
    Installation(mine)
    outgoing.mark()
    return make_app(mine, guard)


def make_app(mine: Scope, guard: Guard) -> WSGIApplication:
    """The application of a server whose scope is ``mine``, which is installed."""
    console = Console(scope=mine, handle=answer)
    return make_front(GuardedMoto(on_reset=mine.requests.clear), guard=guard, console=console)


def answer(request: Request) -> Response:
    """The answer of the function URL that ``request`` is for, also where the warnings filter makes errors of warnings.

    Such an error would fail a test, but none runs in a server's thread, and each URL is warned of only once.
    """
    try:
        return handle(request, keeps_warned=False)
    except FunctionUrlPermissionWarning as warning:
        _logger.warning("%s", warning)
        return handle(request)


def make_front(api: WSGIApplication, *, guard: Guard, console: Console) -> Front:
    """Function URLs, the guard and the page of URLs, in front of ``api``."""
    return Front(
        api,
        guard=guard,
        handle=console.counted(answer),
        too_large=console.counted(pipeline.handle_too_large),
        find=url_index.find_url_by_id,
        console=console,
    )


def install(mine: Scope, undo: ExitStack) -> None:
    """Put function URLs into moto until ``undo`` is closed, which clears moto's state if nobody else is active then."""
    installation = Installation(mine)
    undo.callback(installation.undo)
    undo.callback(outgoing.mark().undo)
    undo.callback(_clear_if_last, installation)


def _clear_if_last(installation: Installation) -> None:
    if installation.alone and not in_moto.is_mocked():  # a plain mock_aws may run
        in_moto.reset()
