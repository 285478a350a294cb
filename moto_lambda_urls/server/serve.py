"""The command ``serve``: one handler at the root of an address, with a mocked AWS of its own behind it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import ExitStack
from threading import Thread
from typing import TYPE_CHECKING, Any

from ..messages.addresses import Address
from ..state.scope import DEFAULT_MAX_PROCESSES
from .front import SITE
from .listener import POLL_SECONDS, Listener, base_url, listen
from .threaded import LambdaUrlsServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

    from ..controller import FunctionUrl
    from ..runtime.applications import Handler
    from ..state.scope import FunctionStates, Processes, Validate

_logger = logging.getLogger("moto_lambda_urls.serve")


class Served:
    """``handler`` behind a function URL at ``http://host:port/``: ``with Served(handler, port=8000) as served: …``.

    The AWS behind it, which boto3 in the handler reaches, listens at a port of its own: ``aws_url``. Its page is
    there too.

    :param processes, max_processes, function_states, validate: as in ``mock_lambda_urls``, for other functions that
        are deployed there.
    :param settings: those of ``LambdaUrls.deploy``: auth_type, cors, invoke_mode, environment, timeout, ….
    :raises OSError: the address cannot be had.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        processes: Processes = "auto",
        max_processes: int = DEFAULT_MAX_PROCESSES,
        function_states: FunctionStates = "immediate",
        validate: Validate = "aws",
        **settings: Any,
    ) -> None:
        self._handler = handler
        self._aws = LambdaUrlsServer(
            processes=processes, max_processes=max_processes, function_states=function_states, validate=validate
        )
        self._address = (host, port)
        self._settings = settings
        self._undo = ExitStack()

    def __enter__(self) -> Served:
        with ExitStack() as undo:
            listening = undo.enter_context(listen(*self._address))
            aws = undo.enter_context(self._aws)
            url = aws.urls.deploy(self._handler, **self._settings)
            listener = Listener(listening, _Site(aws.app, url), logger=_logger)
            self.url = f"{base_url('http', *listening.getsockname()[:2])}/"
            self.aws_url = aws.endpoint_url
            listening.close()
            thread = Thread(target=listener.serve_forever, args=(POLL_SECONDS,), daemon=True)
            thread.start()
            undo.callback(thread.join)
            undo.callback(listener.finish)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()


class _Site:
    """Every path of this host is the function URL's, which ``app`` answers."""

    def __init__(self, app: WSGIApplication, url: FunctionUrl) -> None:
        self._app = app
        self._address = Address(url_id=url.url_id, region=url.region_name, raw_path="/")

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        return self._app({**environ, SITE: self._address}, start_response)
