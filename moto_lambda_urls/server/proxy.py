"""moto's proxy with function URLs: ``https://<id>.lambda-url.<region>.on.aws/`` itself is answered through it."""

from __future__ import annotations

import io
import os
import ssl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import SplitResult, urlsplit, urlunsplit

from moto.moto_proxy.proxy3 import MotoRequestHandler, ProxyRequestHandler
from werkzeug.test import EnvironBuilder, run_wsgi_app

from ..messages import Headers, Response, wsgi
from ..state import scope
from . import in_moto
from .api import not_for_moto
from .app import answer, install, make_front
from .body import BrokenBodyError, body_of
from .certificates import HostContexts
from .console import Console
from .listener import address_family, base_url, warn_if_open
from .request_head import BadRequestError, RequestHead, read_head
from .response_writer import write_error

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from email.message import Message
    from io import BufferedReader

    from _typeshed.wsgi import StartResponse, WSGIApplication

    from ..state.scope import Authorization, FunctionStates, Processes, Scope, Validate
    from .front import Front
    from .guard import Guard


class HeaderLines(dict[str, str]):
    """The header lines of an answer, for moto's proxy: it wants a dict, and writes what ``items`` gives."""

    def __init__(self, lines: Headers) -> None:
        super().__init__({name.lower(): value for name, value in lines})
        self._lines = lines

    def items(self) -> ItemsView[str, str]:  # type: ignore[override]  # 3.11's typeshed has a narrower type
        return self._lines  # type: ignore[return-value]  # pairs, with repeated names


class GuardedProxy(MotoRequestHandler):
    """What moto's proxy asks for an answer: the same front as a server's, with moto's way to answer hosts behind it."""

    def __init__(self, port: int, server: _Server, client: str) -> None:
        super().__init__(port)
        self._server = server
        self._client = client

    def parse_request(self, method: str, host: str, path: str, headers: Message, body: bytes | None) -> Any:
        """The status, header lines and body of the answer; ``host`` has a scheme."""

        def moto(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            return wsgi.send(self._of_moto(environ, method, host, path, headers, body), start_response)

        content, status, lines = run_wsgi_app(
            self._server.front(moto), self._environ(method, host, path, headers, body or b""), buffered=True
        )
        whole = b"".join(content)
        if "content-length" not in lines:
            lines.add("Content-Length", str(len(whole)))
        return int(status.split()[0]), HeaderLines((*lines, ("Connection", "close"))), whole

    def _of_moto(
        self, environ: dict[str, Any], method: str, host: str, path: str, headers: Message, body: bytes | None
    ) -> Response:
        if refused := not_for_moto(str(self.get_backend_for_host(host)), environ):
            return refused
        answer = super().parse_request(method, host, path, headers, body)
        if environ["PATH_INFO"] == "/moto-api/reset":
            self._server.mine.requests.clear()
        status, lines, content = answer if isinstance(answer, tuple) else (200, {}, answer)
        return Response(
            status=int(status),
            headers=tuple((name, _text(value)) for name, value in lines.items() if name.lower() != "connection"),
            body=content.encode() if isinstance(content, str) else content or b"",
        )

    def _environ(self, method: str, host: str, path: str, headers: Message, body: bytes) -> dict[str, Any]:
        # Names with an underscore would read like those with a hyphen; two slashes, like the beginning of a host.
        lines = [line for line in headers.items() if "_" not in line[0]]
        asked = EnvironBuilder(f"/{path.lstrip('/')}", host, method=method, headers=lines, data=body).get_environ()
        bound, port = self._server.server_address[:2]
        return {
            **asked,
            "RAW_URI": path,
            "SERVER_NAME": str(bound),
            "SERVER_PORT": str(port),
            "REMOTE_ADDR": self._client,
            wsgi.HEADER_LINES: list(headers.items()),
        }


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class Handler(ProxyRequestHandler):
    """moto's proxy connection, with a front and strict reading in front of it."""

    protocol_version = "HTTP/1.1"

    def __init__(self, request: Any, client_address: Any, server: _Server) -> None:
        self.moto_request_handler = GuardedProxy(server.server_port, server, str(client_address[0]))
        # Not moto's own, which looks for the port of an IPv4 socket.
        BaseHTTPRequestHandler.__init__(self, request, client_address, server)

    def do_CONNECT(self) -> None:  # noqa: N802  # the name that http.server calls
        """Answer the requests inside the tunnel here, unless moto is told to let its host through."""
        asked = _split(f"//{self.path}")
        host, port = asked.hostname or "", asked.port or 443
        if in_moto.passes_through(host):
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

    def handle_one_request(self) -> None:
        """Answer the next request, if it is one of RFC 9112; it is the last but for a CONNECT."""
        self.close_connection = True
        try:
            head = read_head(cast("BufferedReader", self.rfile))
            if head is not None:
                self._answer(head)
        except BadRequestError as error:
            write_error(self.wfile, error.status, str(error))
        except BrokenBodyError as error:
            write_error(self.wfile, HTTPStatus.BAD_REQUEST, str(error))
        except (ConnectionError, TimeoutError, ssl.SSLError):
            return  # the client hung up

    def _answer(self, head: RequestHead) -> None:
        self.command, self.request_version, self.headers = head.method, head.version, head.message()
        self.path = self._without_host(head.target)
        self.requestline = f"{self.command} {self.path} {self.request_version}"
        self.raw_requestline = f"{self.requestline}\r\n".encode()
        answer = getattr(self, f"do_{head.method}", None)
        if answer is None or (head.method != "CONNECT" and "Host" not in self.headers):
            raise BadRequestError("The proxy needs a Host, and one of HTTP's usual methods.")
        if head.method != "CONNECT":
            self._read_body(head)
        answer()

    def _read_body(self, head: RequestHead) -> None:
        """Let moto, which would believe any length and any chunk, read a body that is complete and bounded."""
        body = body_of(head, self.rfile, self.wfile)
        content = io.BufferedReader(body, 65_536).read()
        if head.length is None:
            del self.headers["Transfer-Encoding"]
            self.headers["Content-Length"] = str(len(content))
        self.rfile = io.BytesIO(content)

    def _without_host(self, target: str) -> str:
        if target.startswith("/") or self.command == "CONNECT" or target == "*":
            return target
        parts = _split(target)  # RFC 9112, 3.2.2: the target decides, whatever the Host line says
        del self.headers["Host"]
        self.headers["Host"] = parts.netloc
        return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # is checked when it is asked for
    except ValueError as error:
        raise BadRequestError(str(error)) from error
    return parts


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], mine: Scope, guard: Guard, contexts: HostContexts) -> None:
        self.mine = mine
        self.contexts = contexts
        self._guard = guard
        self._console = Console(scope=mine, handle=answer)
        self.address_family = address_family(address[0])
        super().__init__(address, Handler)

    def front(self, api: WSGIApplication) -> Front:
        """A server's front, with ``api`` behind it."""
        return make_front(api, guard=self._guard, console=self._console)


@dataclass(frozen=True)
class RunningProxy:
    """What clients need: ``url`` for HTTPS_PROXY, ``ca_bundle`` for AWS_CA_BUNDLE and REQUESTS_CA_BUNDLE."""

    url: str
    ca_bundle: Path


@contextmanager
def running_proxy(
    *,
    host: str,
    port: int,
    authorization: Authorization,
    guard: Guard,
    processes: Processes = "auto",
    max_processes: int = scope.DEFAULT_MAX_PROCESSES,
    function_states: FunctionStates = "immediate",
    validate: Validate = "aws",
) -> Iterator[RunningProxy]:
    """Run moto's proxy with function URLs.

    :raises OSError: the address cannot be had, or the certificate authority cannot be kept.
    """
    contexts = HostContexts()
    options = scope.Options(
        authorization=authorization,
        processes=processes,
        max_processes=max_processes,
        function_states=function_states,
        validate=validate,
    )
    mine = scope.Scope(options=options)
    with ExitStack() as undo:
        server = undo.enter_context(_Server((host, port), mine, guard, contexts))
        undo.enter_context(_variables(server.server_port))
        install(mine, undo)
        warn_if_open(host)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        undo.callback(thread.join)
        undo.callback(server.shutdown)
        yield RunningProxy(url=base_url("http", host, server.server_port), ca_bundle=contexts.bundle)


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
