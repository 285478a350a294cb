"""Timeouts of clients: a request without one is answered in the client's own thread, others in a further thread."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Generic, NoReturn, TypeVar

from ..messages import Handle, Request, Response, close_body
from ..patching import call_site
from .errors import wrapping

Result = TypeVar("Result")


class Late(TimeoutError):  # noqa: N818 - what the client's own error says
    """The gateway took longer than the client waits."""


def answer(handle: Handle, request: Request, timeout: float | None) -> Response:
    """``handle``'s answer to ``request``, in this thread if the caller waits as long as it takes (``timeout`` None).

    :raises Late: neither the answer nor, while its body is read, the next chunk came within ``timeout`` seconds.
    """
    if timeout is None:
        response = wrapping(partial(handle, request))
    else:
        step = Step(partial(call_site.for_this_thread(handle), request))
        try:
            response = _result(step, timeout)
        except BaseException:
            step.leave(close_response)
            raise
    if isinstance(response.body, bytes):
        return response
    return Response(status=response.status, headers=response.headers, body=_TimedChunks(response.body, timeout))


class Step(Generic[Result]):
    """A function to be called once, in another thread, by somebody who may stop waiting for it.

    :raises Late: (when called) it has been left before it began.
    """

    def __init__(self, function: Callable[[], Result]) -> None:
        self._function = function
        self._lock = Lock()
        self._running = False
        self._result: Result | None = None
        self._afterwards: Callable[[Result | None], object] | None = None

    def __call__(self) -> Result:
        with self._lock:
            if self._afterwards:
                raise Late("nobody waits any more")
            self._running = True
        try:
            self._result = result = self._function()
            return result
        finally:
            self._ended()

    def leave(self, afterwards: Callable[[Result | None], object]) -> None:
        """Stop waiting: ``afterwards`` is called with the result (None without one), now or when the function ends."""
        with self._lock:
            self._afterwards = afterwards
            running = self._running
        if not running:
            afterwards(self._result)

    def _ended(self) -> None:
        with self._lock:
            self._running = False
            afterwards = self._afterwards
        if afterwards:
            afterwards(self._result)


class Chunks:
    """The chunks of a streamed body, taken one by one in other threads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._step: Step[bytes | None] = Step(lambda: None)

    def step(self) -> Step[bytes | None]:
        """The step that gives the next chunk, None at the end."""
        self._step = Step(lambda: next(self._chunks, None))
        return self._step

    def close(self) -> None:
        """Read no more: the source is closed, after the step that is under way."""
        self._step.leave(lambda _: close_body(self._chunks))


class _TimedChunks(Iterator[bytes]):
    def __init__(self, chunks: Iterator[bytes], timeout: float | None) -> None:
        self._chunks = Chunks(chunks)
        self._timeout = timeout

    def __next__(self) -> bytes:
        chunk = _result(self._chunks.step(), self._timeout)
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        self._chunks.close()


def start(step: Callable[[], Result], done: Callable[[Callable[[], Result]], object]) -> None:
    """Call ``step`` in a thread of its own, with this thread's context variables; ``done`` gets the outcome.

    The thread is a daemon: a handler that its caller has given up ends by itself, or with the process.
    """
    context = copy_context()

    def run() -> None:
        try:
            result = context.run(step)
        except BaseException as error:
            done(partial(_raise, error))
        else:
            done(lambda: result)

    Thread(target=run, name="lambda-url", daemon=True).start()


def close_response(response: Response | None) -> None:
    """Close the body of a response that nobody reads."""
    if response is not None:
        close_body(response.body)


def seconds(timeout: object) -> float | None:
    """``timeout`` as a socket has it: anything that is no number means Python's default."""
    return timeout if timeout is None or isinstance(timeout, (int, float)) else socket.getdefaulttimeout()


def _result(step: Step[Result], timeout: float | None) -> Result:
    if timeout is None:
        return wrapping(step)
    outcome: SimpleQueue[Callable[[], Result]] = SimpleQueue()
    start(partial(wrapping, step), outcome.put)
    try:
        ended = outcome.get(timeout=timeout)
    except Empty:
        raise Late("timed out") from None
    return ended()


def _raise(error: BaseException) -> NoReturn:
    raise error
