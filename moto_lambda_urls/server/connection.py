"""HTTP/1.1 on one socket: keep-alive, bodies asked for when wanted, chunked answers sent as chunks are made."""

from __future__ import annotations

import io
import logging
import socket
import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ..messages import close_body
from ..messages.wsgi import HEADER_LINES
from .body import BrokenBodyError, RequestBody
from .in_moto import ConnectionHandler
from .reply import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MAX_BODY_BYTES = 5 * 1024**3
"""What S3 takes in one PUT: the largest body that any of AWS's APIs has. Decision."""
IDLE_SECONDS = 60.0
_DISCARD_TO_KEEP = 65_536
_DISCARD_TO_CLOSE = 16 * 1024**2
_LINGER_SECONDS = 1.0


class Connection(ConnectionHandler):
    """One client's connection.

    werkzeug's own handler closes the connection after each request, and asks for a body twice and at once.
    """

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True

    @property
    def _logger(self) -> logging.Logger:
        logger: logging.Logger = self.server.logger  # type: ignore[attr-defined]  # the server is a Listener
        return logger

    def handle_expect_100(self) -> bool:
        return True  # the body asks for itself, when it is read

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        self.path = self.requestline.split()[1]  # http.server has made one slash of several at its start
        return True

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        environ[HEADER_LINES] = [(name, value.replace("\r\n", "")) for name, value in self.headers.items()]
        return environ

    def run_wsgi(self) -> None:
        started = time.perf_counter()
        try:
            self.environ = self.make_environ()
            body = self._body()
        except ValueError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, str(error))
            return
        if body is None:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {MAX_BODY_BYTES} bytes")
            return
        self.environ["wsgi.input"] = io.BufferedReader(body, 65_536)
        reply = Reply(
            self.wfile,
            method=self.command,
            version=self.request_version,
            keep=not self.close_connection,
            may_keep=lambda: body.is_short(_DISCARD_TO_KEEP),
        )
        self._run(self.server.app, reply)
        milliseconds = (time.perf_counter() - started) * 1000
        # Without the query string: it may hold a presigned URL's signature or a token.
        self._logger.info("%s %s %s %.0f ms", self.command, _printable(self.path), reply.status or "-", milliseconds)
        self.close_connection = not reply.keep
        self._settle(body)

    def _run(self, app: WSGIApplication, reply: Reply) -> None:
        try:
            self._send(app(self.environ, reply.start_response), reply)
        except BrokenBodyError as error:
            reply.fail(HTTPStatus.BAD_REQUEST, str(error))
        except (ConnectionError, TimeoutError):
            reply.keep = False  # the client hung up
        except Exception:
            self._logger.exception("%s %s failed", self.command, _printable(self.path))
            reply.fail(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")

    def _send(self, chunks: Iterable[bytes], reply: Reply) -> None:
        try:
            for chunk in chunks:
                reply.write(chunk)
            reply.finish()
        finally:
            close_body(chunks)

    def _body(self) -> RequestBody | None:
        """The body to come, None when it will be too large.

        :raises ValueError: its headers make no sense.
        """
        lengths = set(self.headers.get_all("Content-Length", ()))
        coding = self.headers.get("Transfer-Encoding", "").strip().lower()
        if coding not in ("", "chunked") or (coding and self.request_version < "HTTP/1.1"):
            raise ValueError(f"Transfer-Encoding {coding!r} is not known here")
        length: int | None = None
        if coding:
            self.close_connection = self.close_connection or bool(lengths)  # RFC 9112, 6.1: chunked wins, then close
            self.environ.pop("CONTENT_LENGTH", None)
        else:
            text = lengths.pop() if lengths else "0"
            if lengths or not (text.isascii() and text.isdigit()):
                raise ValueError("Content-Length is not one number")
            length = int(text)
            if length > MAX_BODY_BYTES:
                return None
        waits = self.headers.get("Expect", "").strip().lower() == "100-continue" and self.request_version >= "HTTP/1.1"
        ask = self._continue if waits and length != 0 else None
        return RequestBody(self.rfile, length=length, most=MAX_BODY_BYTES, ask=ask)

    def _continue(self) -> None:
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        Reply(self.wfile, method=self.command, version=self.request_version, keep=False).fail(status, reason)
        self.close_connection = True

    def _settle(self, body: RequestBody) -> None:
        """Read on to the next request, or end so that the client still reads the answer that it got early."""
        try:
            if not self.close_connection and body.discard(_DISCARD_TO_KEEP):
                return
            self.close_connection = True
            if not body.at_end:
                self.connection.shutdown(socket.SHUT_WR)
                self._linger()
        except OSError:
            self.close_connection = True

    def _linger(self) -> None:
        left, until = _DISCARD_TO_CLOSE, time.monotonic() + _LINGER_SECONDS
        self.connection.settimeout(_LINGER_SECONDS)
        while left > 0 and time.monotonic() < until and (got := self.connection.recv(65_536)):
            left -= len(got)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: ``run_wsgi`` writes one line a request, with its time."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's signature
        self._logger.debug(message.rstrip("\n"), *args)


def _printable(target: str) -> str:
    return target.partition("?")[0].encode("ascii", "backslashreplace").decode().translate(_CONTROLS)


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F)}
