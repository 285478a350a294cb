"""``LambdaUrlsServer``: moto's server with function URLs, in threads of this process."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.serving import generate_adhoc_ssl_context, load_ssl_context

from ..controller import LambdaUrls
from ..state import scope
from ..state.recorder import InvocationSequence
from . import in_moto
from .app import install, make_app
from .guard import Guard
from .listener import ANY_ADDRESS, POLL_SECONDS, Listener, base_url, listen, warn_if_open
from .url_ports import UrlPorts

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ..messages.addresses import UrlStyle
    from ..runtime.applications import HandlerOrApplication
    from ..state.scope import Authorization, FunctionStates, Processes, Scope, Validate


class LambdaUrlsServer:
    """moto's server with function URLs, in a thread of this process: ``with LambdaUrlsServer() as server: …``.

    Clients use ``server.endpoint_url`` as they would moto's server. Servers and mocks of one process share moto's
    state, which the last one to stop clears.

    :param host: the address to listen at; ``port`` 0 takes a free one.
    :param authorization: as in ``mock_lambda_urls``.
    :param url_style: the form of ``FunctionUrl``: "path" (``http://<host>/_aws/lambda-url/<id>/``), "port"
        (``http://127.0.0.1:<port of its own>/``, where nobody listens when the URL is gone), "host"
        (``http://<id>.lambda-url.<region>.localhost:<port>/``) or "aws". Path, host and AWS's form are always
        understood.
    :param handlers: function names → callables or web applications that stand in for the deployed code.
    :param raise_handler_errors: an exception of a handler goes no further than its request, which gets a 500 instead of
        AWS's 502.
    :param processes: which deployment packages run in processes of their own, as in ``mock_lambda_urls``.
    :param max_processes: how many there may be at once, as in ``mock_lambda_urls``.
    :param function_states: whether functions begin Active ("immediate") or Pending, as in ``mock_lambda_urls``.
    :param validate: who says what CreateFunction takes, as in ``mock_lambda_urls``.
    :param allow_hosts: host names under which it may be asked, besides local ones and AWS's own.
    :param allow_origins: origins whose pages may use AWS's API.
    :param tls: "adhoc" for a certificate made up at the start, or the files of one and its key.
    :raises ValueError: an option has none of its values; TypeError: a handler is not callable.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        authorization: Authorization = "standard",
        url_style: UrlStyle = "path",
        handlers: Mapping[str, HandlerOrApplication] | None = None,
        raise_handler_errors: bool = False,
        processes: Processes = "auto",
        max_processes: int = scope.DEFAULT_MAX_PROCESSES,
        function_states: FunctionStates = "immediate",
        validate: Validate = "aws",
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        tls: str | tuple[str, str] | None = None,
    ) -> None:
        own = {host} - ANY_ADDRESS.keys()
        self._guard = Guard(allow_hosts=frozenset(allow_hosts) | own, allow_origins=frozenset(allow_origins))
        self._options = scope.Options(
            authorization=authorization,
            url_style=url_style,
            raise_handler_errors=raise_handler_errors,
            processes=processes,
            max_processes=max_processes,
            function_states=function_states,
            validate=validate,
        )
        self._handlers = scope.handler_table(handlers)
        self._address = (host, port)
        self._tls = tls
        self._running: tuple[Listener, Scope, ExitStack] | None = None
        self._urls: LambdaUrls | None = None

    def __enter__(self) -> LambdaUrlsServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def endpoint_url(self) -> str:
        """Where clients find it: ``http://127.0.0.1:<port>``.

        :raises RuntimeError: the server does not run.
        """
        return str(self.scope.options.endpoint_url)

    @property
    def invocations(self) -> InvocationSequence:
        """The newest invocations, oldest first."""
        return self.scope.invocations

    @property
    def requests(self) -> InvocationSequence:
        """The newest requests and invocations, oldest first: those that were answered without the function too."""
        return self.scope.requests

    @property
    def scope(self) -> Scope:
        """Its options, registered handlers and invocations.

        :raises RuntimeError: the server does not run.
        """
        if self._running is None:
            raise _not_running()
        return self._running[1]

    @property
    def app(self) -> WSGIApplication:
        """What answers its requests.

        :raises RuntimeError: the server does not run.
        """
        if self._running is None:
            raise _not_running()
        return self._running[0].app

    @property
    def urls(self) -> LambdaUrls:
        """The controller that deploys functions to this server, as ``with mock_lambda_urls() as urls`` gives one.

        :raises RuntimeError: the server does not run.
        """
        if self._urls is None:
            self._urls = LambdaUrls(self.scope)
        return self._urls

    def start(self) -> None:
        """Listen, and answer in threads of their own.

        :raises OSError: the address cannot be had, for example because another program listens there.
        :raises RuntimeError: it runs already.
        """
        if self._running is not None:
            raise RuntimeError("the server runs already")
        tls = _tls_context(self._tls)
        with ExitStack() as undo:
            listening = undo.enter_context(listen(*self._address))
            mine = self._scope(listening, "https" if tls else "http")
            install(mine, undo)
            ports = UrlPorts(make_app(mine, self._guard), host=self._address[0], tls=tls, ports=mine.url_ports)
            listener = Listener(listening, ports, tls=tls)
            listening.close()  # the listener has a descriptor of its own
            warn_if_open(self._address[0])
            thread = Thread(target=listener.serve_forever, args=(POLL_SECONDS,), daemon=True)
            thread.start()
            undo.callback(thread.join)
            undo.callback(listener.finish)
            if mine.options.url_style == "port":
                undo.enter_context(ports.open(listener.process_request))
            self._running = listener, mine, undo.pop_all()

    def stop(self) -> None:
        """Answer what was asked already, then close; moto's state is cleared unless another server or mock runs.

        :raises RuntimeError: the server does not run.
        """
        if self._running is None:
            raise RuntimeError("the server does not run")
        undo = self._running[2]
        self._running = self._urls = None
        undo.close()

    def reset(self) -> None:
        """Forget everything that was created, and the requests, as ``/moto-api/reset`` does."""
        in_moto.reset()
        self.scope.requests.clear()

    def _scope(self, listening: socket.socket, scheme: str) -> Scope:
        endpoint_url = base_url(scheme, *listening.getsockname()[:2])
        return scope.Scope(options=replace(self._options, endpoint_url=endpoint_url), handlers=dict(self._handlers))


def _not_running() -> RuntimeError:
    return RuntimeError("the server does not run: use it in a with statement, or call start()")


def _tls_context(tls: str | tuple[str, str] | None) -> ssl.SSLContext | None:
    if isinstance(tls, tuple):
        try:
            return load_ssl_context(*tls)
        except OSError as error:
            raise ValueError("{!r} and {!r} are no certificate and its key: {}".format(*tls, error)) from error
    if tls is None:
        return None
    if tls != "adhoc":
        raise ValueError(f'tls={tls!r} is neither "adhoc" nor the files of a certificate and its key')
    return generate_adhoc_ssl_context()
