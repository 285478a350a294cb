"""The line of the program that made the current request, also across threads of timeouts and event loops."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import CoroutineType, FrameType
from typing import Any, NamedTuple, TypeVar
from weakref import ref

from .tracebacks import OWN_FILES, is_library

T = TypeVar("T")
Asked = TypeVar("Asked")

_Waiting = int | ref[Any]
"""Who waits for an answer that another thread makes: a thread's id, or a task's coroutine."""

# A thread's id and a weak reference, not a frame: contexts are copied into threads, and would keep a test's variables.
_waiting: ContextVar[_Waiting | None] = ContextVar("moto_lambda_urls.call_site", default=None)


class Line(NamedTuple):
    """A line of source: ``module`` is the name of the module that it is in."""

    filename: str
    number: int
    module: str


def for_this_thread(function: Callable[[Asked], T]) -> Callable[[Asked], T]:
    """``function`` for another thread to call while this one waits."""
    return _for(threading.get_ident(), function)


def for_this_task(function: Callable[[Asked], T]) -> Callable[[Asked], T]:
    """``function`` for another thread to call while this task, of asyncio or trio, awaits it."""
    coroutine = _this_coroutine()
    return function if coroutine is None else _for(ref(coroutine), function)


def line() -> Line | None:
    """Where the program made the request that is being answered; None when that was in another process.

    The innermost line that belongs to neither this package, nor an installed one, nor Python itself.
    """
    for frame in _frames(_waiting.get()):
        filename = frame.f_code.co_filename
        if not is_library(filename) and not filename.startswith(OWN_FILES):
            return Line(filename, frame.f_lineno, str(frame.f_globals.get("__name__")))
    return None


def _for(waiting: _Waiting, function: Callable[[Asked], T]) -> Callable[[Asked], T]:
    def calling(argument: Asked) -> T:
        token = _waiting.set(waiting)
        try:
            return function(argument)
        finally:
            _waiting.reset(token)

    return calling


def _this_coroutine() -> CoroutineType[Any, Any, Any] | None:
    # Whichever loop runs is imported; neither is with a mock.
    asyncio, trio = sys.modules.get("asyncio"), sys.modules.get("trio")
    if asyncio is not None and asyncio._get_running_loop() is not None:
        task = asyncio.current_task()
        coroutine = None if task is None else task.get_coro()
    else:
        coroutine = None if trio is None else trio.lowlevel.current_task().coro
    return (
        coroutine if isinstance(coroutine, CoroutineType) else None
    )  # others have no frames, and some no weak references


def _frames(waiting: _Waiting | None) -> Iterator[FrameType]:
    """The frames of whoever waits, innermost first."""
    if isinstance(waiting, ref):
        awaiting: list[FrameType] = []
        coroutine = waiting()
        while isinstance(coroutine, CoroutineType) and coroutine.cr_frame is not None:
            awaiting.append(coroutine.cr_frame)
            coroutine = coroutine.cr_await
        yield from reversed(awaiting)
        return
    frame = sys._getframe() if waiting is None else sys._current_frames().get(waiting)
    while frame is not None:
        yield frame
        frame = frame.f_back
