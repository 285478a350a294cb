"""Calls of the gateway: in the caller's thread, or in a worker when the caller has a timeout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Generic, TypeVar, cast

from ..messages import Request, Response
from .switch import handle, workers

Result = TypeVar("Result")


class Call(Generic[Result]):
    """One function call under way in a worker, with the caller's context variables."""

    def __init__(self, function: Callable[[], Result]) -> None:
        self._function = function
        self._outcome: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()
        self._lock = Lock()
        self._finished = False
        self._afterwards: Callable[[Result | None], None] | None = None
        self._context = copy_context()
        workers().start(self._run)

    def result(self, timeout: float | None) -> Result:
        """What the function returned or raised.

        :raises TimeoutError: it took more than ``timeout`` seconds; it goes on.
        """
        try:
            result, error = self._outcome.get(timeout=timeout)
        except Empty:
            raise TimeoutError("timed out") from None
        if error is not None:
            raise error
        return cast("Result", result)

    def abandon(self, afterwards: Callable[[Result | None], None]) -> None:
        """Nobody waits any more: call ``afterwards`` with the result (None if it raised) when the function has ended."""
        with self._lock:
            self._afterwards = afterwards
            if not self._finished:
                return
        afterwards(self._outcome.get()[0])

    def _run(self) -> None:
        result, error = None, None
        try:
            result = self._context.run(self._function)
        except BaseException as raised:  # noqa: BLE001 - whoever waits gets it
            error = raised
        with self._lock:
            self._finished = True
            self._outcome.put((result, error))
            afterwards = self._afterwards
        if afterwards:
            afterwards(result)


class TimedChunks(Iterator[bytes]):
    """A streamed body whose every chunk must come within ``timeout`` seconds."""

    def __init__(self, chunks: Iterator[bytes], timeout: float) -> None:
        self._chunks = chunks
        self._timeout = timeout
        self._late: Call[bytes | None] | None = None

    def __next__(self) -> bytes:
        call = Call(lambda: next(self._chunks, None))
        try:
            chunk = call.result(self._timeout)
        except TimeoutError:
            self._late = call
            raise
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        if self._late:
            self._late.abandon(lambda _: close(self._chunks))
        else:
            close(self._chunks)


def answer(request: Request, timeout: float | None) -> Response:
    """The gateway's answer to ``request``, in this thread if the caller waits as long as it takes (``timeout`` None).

    :raises TimeoutError: neither the answer nor, while its body is read, the next chunk came within ``timeout`` seconds.
    """
    if timeout is None:
        return handle(request)
    call = Call(lambda: handle(request))
    try:
        response = call.result(timeout)
    except TimeoutError:
        call.abandon(lambda response: response and close(response.body))
        raise
    if isinstance(response.body, bytes):
        return response
    return Response(status=response.status, headers=response.headers, body=TimedChunks(response.body, timeout))


def close(body: bytes | Iterator[bytes]) -> None:
    """Tell a streamed body's source that nobody reads on."""
    if closing := getattr(body, "close", None):
        closing()
