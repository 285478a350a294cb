"""One HTTP/1.1 answer, written to a socket."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from ..messages import CONNECTION_HEADERS, has_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import OptExcInfo


class Writable(Protocol):
    """What an answer is written to."""

    def write(self, data: bytes, /) -> object: ...


class ResponseWriter:
    """WSGI's ``start_response`` and ``write``, and the framing: ``keep`` says whether the connection stays usable.

    ``may_keep`` is asked once more as the answer begins.
    """

    def __init__(
        self, out: Writable, *, method: str, version: str, keep: bool, may_keep: Callable[[], bool] = lambda: True
    ) -> None:
        self.keep = keep
        self._may_keep = may_keep
        self.status: int | None = None
        self._out = out
        self._method = method
        self._version = version
        self._headers: Sequence[tuple[str, str]] = ()
        self._reason = ""
        self._begun = False
        self._chunked = False
        self._bodiless = False
        self._left: int | None = None

    def start_response(
        self, status: str, headers: Sequence[tuple[str, str]], exc_info: OptExcInfo | None = None
    ) -> Callable[[bytes], object]:
        """Set the status line and the headers; sent with the first bytes of the body."""
        if exc_info is not None and self._begun and exc_info[1] is not None:
            raise exc_info[1]
        code, _, self._reason = status.partition(" ")
        self.status, self._headers = int(code), headers
        return self.write

    def write(self, data: bytes) -> None:
        """Send a piece of the body at once; an empty one sends nothing."""
        if data:
            self._write(data)

    def finish(self) -> None:
        """Send what is missing: the head of an answer without a body, the last chunk."""
        self._write(b"", last=True)
        if self._left:
            self.keep = False

    def fail(self, status: HTTPStatus, message: str) -> None:
        """Answer with an error of the server's own, when nothing was sent yet, and give the connection up."""
        self.keep = False
        if self._begun:
            return
        body = json.dumps({"message": message}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        self.start_response(f"{status.value} {status.phrase}", headers)
        try:
            self.write(body)
            self.finish()
        except OSError:
            return

    def _write(self, data: bytes, *, last: bool = False) -> None:
        pieces = b"" if self._begun else self._head()
        if not self._bodiless:
            if self._left is not None:
                data = data[: self._left]
                self._left -= len(data)
            pieces += b"%x\r\n%b\r\n" % (len(data), data) if self._chunked and data else data
            pieces += b"0\r\n\r\n" if last and self._chunked else b""
        if pieces:
            self._out.write(pieces)

    def _head(self) -> bytes:
        assert self.status is not None, "the application sent a body before its status"
        self._begun = True
        self.keep = self.keep and self._may_keep()
        names = {name.lower() for name, _ in self._headers}
        self._frame(names)
        lines = [f"HTTP/1.1 {self.status} {self._reason}"]
        lines += [f"{name}: {value}" for name, value in self._headers if name.lower() not in CONNECTION_HEADERS]
        if "date" not in names:
            lines.append(f"Date: {formatdate(usegmt=True)}")
        if self._chunked:
            lines.append("Transfer-Encoding: chunked")
        lines.append(f"Connection: {'keep-alive' if self.keep else 'close'}")
        return b"\r\n".join([*map(_encoded, lines), b"", b""])

    def _frame(self, names: set[str]) -> None:
        assert self.status is not None
        self._bodiless = not has_body(self._method, self.status)
        if self._bodiless:
            return
        if "content-length" in names:
            self._left = int(next(value for name, value in self._headers if name.lower() == "content-length"))
        elif self._version >= "HTTP/1.1":
            self._chunked = True
        else:
            self.keep = False


def write_error(out: Writable, status: HTTPStatus, message: str) -> None:
    """Answer on ``out``, where no request could be read, with an error of the server's own; the last answer there."""
    ResponseWriter(out, method="GET", version="HTTP/1.1", keep=False).fail(status, message)


_BREAKS = re.compile(r"[\r\n\0]+")


def _encoded(line: str) -> bytes:
    line = _BREAKS.sub(" ", line)
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()
