"""HTTP/1.1 on one socket: keep-alive, ``100 Continue`` when the body is read, and chunked answers."""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from ..messages import close_body
from ..messages.wsgi import HEADER_LINES
from ..runtime.clocks import monotonic, perf_counter
from . import outgoing
from .body import BrokenBodyError, RequestBody, body_of
from .in_moto import ConnectionHandler
from .request_head import BadRequestError, RequestHead, read_head
from .response_writer import ResponseWriter, write_error

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LOCAL_PORT = "moto_lambda_urls.local_port"
"""The environ key of the port that the client connected to."""
IDLE_SECONDS = 60.0
_MAX_DISCARDED_TO_KEEP = 65_536
_MAX_DISCARDED_TO_CLOSE = 16 * 1024**2
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

    def handle_one_request(self) -> None:
        """Answer the next request, or refuse it and close the connection: what follows it is then read by nobody."""
        self.close_connection = True
        try:
            head = read_head(cast("io.BufferedReader", self.rfile))
            if head is not None:
                self._answer(head)
        except BadRequestError as error:
            self._refuse(error)

    def _answer(self, head: RequestHead) -> None:
        started = perf_counter()
        if head.method == "CONNECT":
            raise BadRequestError("This server is no proxy: moto-lambda-urls proxy is one.")
        self.close_connection = not head.keeps_connection
        body = body_of(head, self.rfile, self.wfile)
        self.environ = self._make_environ(head)
        self.environ["wsgi.input"] = io.BufferedReader(body, 65_536)
        writer = ResponseWriter(
            self.wfile,
            method=head.method,
            version=head.version,
            keep=head.keeps_connection,
            may_keep=lambda: body.is_short(_MAX_DISCARDED_TO_KEEP),
        )
        self._run(self.server.app, writer)
        milliseconds = (perf_counter() - started) * 1000
        # Without the query string: it may hold a presigned URL's signature or a token.
        self._logger.info(
            "%s %s %s %.0f ms",
            head.method,
            head.target.partition("?")[0],
            writer.status or "-",
            milliseconds,
            extra={"local_port": self.connection.getsockname()[1]},  # tells a URL's own from the server's
        )
        self.close_connection = not writer.keep
        self._settle(body)

    def _make_environ(self, head: RequestHead) -> dict[str, Any]:
        self.command, self.path, self.request_version = head.method, head.target, head.version
        self.headers = head.message()
        try:
            environ = self.make_environ()
        except ValueError as error:  # of urlsplit, as for //[
            raise BadRequestError(str(error)) from error
        environ[LOCAL_PORT] = self.connection.getsockname()[1]
        environ[HEADER_LINES] = [line for line in head.lines if line[0] != outgoing.HEADER]  # the mark is the guard's
        return environ

    def _run(self, app: WSGIApplication, writer: ResponseWriter) -> None:
        try:
            self._send(app(self.environ, writer.start_response), writer)
        except BrokenBodyError as error:
            writer.fail(HTTPStatus.BAD_REQUEST, str(error))
        except (ConnectionError, TimeoutError):
            writer.keep = False  # the client hung up
        except Exception:
            self._logger.exception("%s %s failed", self.command, self.path.partition("?")[0])
            writer.fail(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")

    def _send(self, chunks: Iterable[bytes], writer: ResponseWriter) -> None:
        try:
            for chunk in chunks:
                writer.write(chunk)
            writer.finish()
        finally:
            close_body(chunks)

    def _refuse(self, error: BadRequestError) -> None:
        self._logger.info("refused with %d: %s", error.status, error)
        write_error(self.wfile, error.status, str(error))
        self.close_connection = True
        self._leave()

    def _settle(self, body: RequestBody) -> None:
        """Read on to the next request, or end so that the client still reads the answer that it got early."""
        try:
            if not self.close_connection and body.discard(_MAX_DISCARDED_TO_KEEP):
                return
            self.close_connection = True
            if not body.at_end:
                self._leave()
        except OSError:
            self.close_connection = True

    def _leave(self) -> None:
        """Say that no more answers come, and let the client read the last: a close with unread data would take it."""
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self._linger()
        except OSError:
            return  # the client has gone

    def _linger(self) -> None:
        left, until = _MAX_DISCARDED_TO_CLOSE, monotonic() + _LINGER_SECONDS
        self.connection.settimeout(_LINGER_SECONDS)
        while left > 0 and monotonic() < until and (got := self.connection.recv(65_536)):
            left -= len(got)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: ``_answer`` writes one line a request, with its time."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's signature
        self._logger.debug(message.rstrip("\n"), *args)
