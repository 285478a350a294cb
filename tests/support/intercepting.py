"""A gateway in a test's hands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from moto_lambda_urls.intercept import install, uninstall
from moto_lambda_urls.messages import Request, Response
from support.builders import HOST

URL = f"https://{HOST}/"


@contextmanager
def answered_by(handle: Callable[[Request], Response]) -> Iterator[list[Request]]:
    """Function URLs are answered by ``handle``; gives the requests as they arrive."""
    arrived: list[Request] = []

    def recording(request: Request) -> Response:
        arrived.append(request)
        return handle(request)

    install(recording)
    try:
        yield arrived
    finally:
        uninstall()


def text(body: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """A plain text response."""
    return Response(status=status, headers=(("Content-Type", "text/plain"), *headers), body=body.encode())


class EmptyBody(Iterator[bytes]):
    """The body of a response that streams nothing; ``closed`` is set when it is closed."""

    def __init__(self, closed: threading.Event) -> None:
        self._closed = closed

    def __next__(self) -> bytes:
        raise StopIteration

    def close(self) -> None:
        self._closed.set()
