"""moto's proxy with function URLs: ``https://<id>.lambda-url.<region>.on.aws/`` itself is answered through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_proxy.proxy3 import MotoRequestHandler, ProxyRequestHandler
from werkzeug.test import EnvironBuilder, run_wsgi_app

from ..messages import Headers, Request, Response, addresses, close_body
from ..mock.installation import handle
from ..state import scope
from .app import install
from .certificates import HostContexts
from .console import Console
from .guard import Guard

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from email.message import Message

    from ..state.scope import Authorization, Scope


_CONSOLE = f"{addresses.PREFIX}{addresses.CONSOLE}/"


class HeaderLines(dict[str, str]):
    """The header lines of an answer, for moto's proxy: it wants a dict, and writes what ``items`` gives."""

    def __init__(self, lines: Headers) -> None:
        super().__init__({name.lower(): value for name, value in lines})
        self._lines = lines

    def items(self) -> ItemsView[str, str]:  # type: ignore[override]  # 3.11's typeshed has a narrower type
        return self._lines  # type: ignore[return-value]  # pairs, with repeated names


class FunctionUrlsFirst(MotoRequestHandler):
    """What moto's proxy asks for an answer: function URLs are ours, other hosts moto's."""

    def __init__(self, port: int, mine: Scope) -> None:
        super().__init__(port)
        self._mine = mine

    def parse_request(self, method: str, host: str, path: str, headers: Message, body: bytes | None) -> Any:
        if path.startswith(_CONSOLE):
            return self._console(method, path, headers, body)
        if path == "/moto-api/reset":
            self._mine.invocations.clear()
        address = addresses.address_of(urlsplit(host).netloc, path.partition("?")[0])
        if address is None or address.region is None:
            return super().parse_request(method, host, path, headers, body)
        raw_path, _, raw_query = path.partition("?")
        response = handle(
            Request(
                method=method,
                host=addresses.aws_host(address.url_id, address.region),
                raw_path=raw_path or "/",
                raw_query=raw_query,
                headers=tuple(headers.items()),
                body=body or b"",
            )
        )
        lines = tuple(line for line in response.headers if line[0].lower() != "connection")
        content = _whole(response)
        if "content-length" not in HeaderLines(lines):
            lines = (*lines, ("Content-Length", str(len(content))))
        return response.status, HeaderLines((*lines, ("Connection", "close"))), content

    def _console(self, method: str, path: str, headers: Message, body: bytes | None) -> Any:
        console = Console(guard=Guard(), scope=self._mine, handle=handle)
        asked = EnvironBuilder(path, method=method, headers=list(headers.items()), data=body).get_environ()
        content, status, lines = run_wsgi_app(console, asked, buffered=True)
        return int(status.split()[0]), {**dict(lines), "Connection": "close"}, b"".join(content)


class Handler(ProxyRequestHandler):
    """moto's proxy connection, which makes its MotoRequestHandler itself."""

    @property
    def moto_request_handler(self) -> MotoRequestHandler:
        return FunctionUrlsFirst(self._port, cast("_Server", self.server).mine)

    @moto_request_handler.setter
    def moto_request_handler(self, moto: MotoRequestHandler) -> None:
        self._port = moto.port

    def do_CONNECT(self) -> None:  # noqa: N802  # the name that http.server calls
        """Answer the requests inside the tunnel here, unless moto is told to let its host through."""
        asked = urlsplit(f"//{self.path}")
        host, port = asked.hostname or "", asked.port or 443
        if host in moto_api_backend.proxy_hosts_to_passthrough:
            self.connect_relay((host, port))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        context = cast("_Server", self.server).contexts.context(host)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if self.connection is not self.request:  # the tunnel's, which the server does not know
            self.connection.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], mine: Scope, contexts: HostContexts) -> None:
        self.mine = mine
        self.contexts = contexts
        super().__init__(address, Handler)


@dataclass(frozen=True)
class RunningProxy:
    """What clients need: ``url`` for HTTPS_PROXY, ``ca_bundle`` for AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE."""

    url: str
    ca_bundle: Path


@contextmanager
def running_proxy(*, host: str, port: int, authorization: Authorization) -> Iterator[RunningProxy]:
    """Run moto's proxy with function URLs.

    :raises OSError: the address cannot be had, or the certificate authority cannot be kept.
    """
    contexts = HostContexts()
    mine = scope.Scope(options=scope.Options(authorization=authorization))
    with ExitStack() as undo:
        server = undo.enter_context(_Server((host, port), mine, contexts))
        undo.enter_context(_variables(server.server_port))
        install(mine, undo)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        undo.callback(thread.join)
        undo.callback(server.shutdown)
        yield RunningProxy(url=f"http://{host}:{server.server_port}", ca_bundle=contexts.bundle)


@contextmanager
def _variables(port: int) -> Iterator[None]:
    """What moto's own ``moto_proxy`` sets, for as long as the block lasts."""
    wanted = {"MOTO_PORT": os.environ.get("MOTO_PORT", str(port)), "TEST_PROXY_MODE": "true"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _whole(response: Response) -> bytes:
    if isinstance(response.body, bytes):
        return response.body
    try:
        return b"".join(response.body)
    finally:
        close_body(response.body)
