"""moto's proxy with function URLs: ``https://<id>.lambda-url.<region>.on.aws/`` itself is answered through it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moto.moto_proxy.certificate_creator import CertificateCreator
from moto.moto_proxy.proxy3 import MotoRequestHandler, ProxyRequestHandler

from .. import addressing, gateway, scope
from ..messages import Headers, Request, Response
from .app import install

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from email.message import Message

    from ..scope import Authorization


CA_BUNDLE = CertificateCreator.cacert


class HeaderLines(dict[str, str]):
    """The header lines of an answer, for moto's proxy: it wants a dict, and writes what ``items`` gives."""

    def __init__(self, lines: Headers) -> None:
        super().__init__({name.lower(): value for name, value in lines})
        self._lines = lines

    def items(self) -> ItemsView[str, str]:  # type: ignore[override]  # 3.11's typeshed has a narrower type
        return self._lines  # type: ignore[return-value]  # pairs, with repeated names


class FunctionUrlsFirst(MotoRequestHandler):
    """What moto's proxy asks for an answer: function URLs are ours, other hosts moto's."""

    def parse_request(self, method: str, host: str, path: str, headers: Message, body: bytes | None) -> Any:
        address = addressing.resolve(urlsplit(host).netloc, path.partition("?")[0])
        if address is None or address.region is None:
            return super().parse_request(method, host, path, headers, body)
        raw_path, _, raw_query = path.partition("?")
        response = gateway.handle(
            Request(
                method=method,
                host=addressing.aws_host(address.url_id, address.region),
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


class Handler(ProxyRequestHandler):
    """moto's proxy connection, which makes its MotoRequestHandler itself."""

    @property
    def moto_request_handler(self) -> MotoRequestHandler:
        return FunctionUrlsFirst(self._port)

    @moto_request_handler.setter
    def moto_request_handler(self, moto: MotoRequestHandler) -> None:
        self._port = moto.port


@contextmanager
def running_proxy(*, host: str, port: int, authorization: Authorization) -> Iterator[str]:
    """Run moto's proxy with function URLs; gives its URL, for HTTPS_PROXY.

    :raises OSError: the address cannot be had.
    """
    Handler.validate()
    os.environ.setdefault("MOTO_PORT", str(port))
    os.environ["TEST_PROXY_MODE"] = "true"
    mine = scope.Scope(options=scope.Options(authorization=authorization))
    with ExitStack() as undo:
        server = undo.enter_context(ThreadingHTTPServer((host, port), Handler))
        server.daemon_threads = True
        install(mine, undo)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        undo.callback(thread.join)
        undo.callback(server.shutdown)
        yield f"http://{host}:{server.server_port}"


def _whole(response: Response) -> bytes:
    if isinstance(response.body, bytes):
        return response.body
    try:
        return b"".join(response.body)
    finally:
        if close := getattr(response.body, "close", None):
            close()
