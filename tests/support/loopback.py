"""A server on loopback that keeps what clients write to it, and answers as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from moto_lambda_urls.messages import Request, Response
from support.builders import HOST

Answer = Callable[[Request], Response]


@contextmanager
def loopback(answer: Answer) -> Iterator[tuple[str, list[Request]]]:
    """The server's address, and the requests as they arrive, with HOST instead of the address."""
    arrived: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = request_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            line = self.rfile.readline(65_537)
            self.close_connection = not line.endswith(
                b"\n"
            )  # the rest of a body that is longer than it says, or nothing
            if self.close_connection:
                return
            method, _, rest = line.decode("latin-1").partition(" ")
            headers: list[tuple[str, str]] = []
            while (header := self.rfile.readline(65_537)) not in (b"\r\n", b""):
                name, _, value = header.decode("latin-1").rstrip("\r\n").partition(":")
                headers.append((name, value.strip(" \t").replace(f"127.0.0.1:{self.server.server_port}", HOST)))  # type: ignore[attr-defined]  # of an HTTPServer
            path, _, query = rest.rpartition(" ")[0].partition("?")
            request = Request(
                method=method,
                host=HOST,
                raw_path=path,
                raw_query=query,
                headers=tuple(headers),
                body=self._body({name.lower(): value for name, value in headers}),
            )
            arrived.append(request)
            self._answer(answer(request), method)

        def _body(self, lines: dict[str, str]) -> bytes:
            if "transfer-encoding" not in lines:
                return self.rfile.read(int(lines.get("content-length", 0)))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size + 2)[:-2]
            self.rfile.readline()
            return body

        def _answer(self, response: Response, method: str) -> None:
            bodiless = response.status in (204, 304)
            self.send_response_only(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            if isinstance(response.body, bytes):
                if not bodiless:
                    self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(b"" if bodiless or method == "HEAD" else response.body)
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in response.body if method != "HEAD" else ():
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n" if method != "HEAD" else b"")

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", arrived
        finally:
            server.shutdown()
            thread.join()
