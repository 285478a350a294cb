"""Threads and pools that a handler starts, run in the context of its invocation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any

from ....patching.patches import Patches, own_class
from .running import current


def is_main_thread() -> bool:
    """Whether the calling thread is the main one, which alone can change handlers of signals."""
    return threading.get_ident() == threading.main_thread().ident


def patch_threads(patches: Patches) -> None:
    """Make new threads inherit the invocation, and pools run each piece of work in that of whoever submitted it."""
    patches.method(own_class("threading", "Thread"), "start", _inheriting_start)  # gevent has one of its own there
    patches.method(ThreadPoolExecutor, "submit", _inheriting_submit)


def _inheriting_start(original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    def start(self: threading.Thread) -> None:
        if current() is None or "run" in vars(self):
            original(self)
            return
        context = copy_context()

        def run() -> None:
            del vars(self)["run"]
            context.run(self.run)

        vars(self)["run"] = run
        try:
            original(self)
        except BaseException:
            vars(self).pop("run", None)
            raise

    return start


def _inheriting_submit(original: Any) -> Any:
    def submit(self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        runner = _call_outside if current() is None else copy_context().run
        future: Future[Any] = original(self, runner, fn, *args, **kwargs)
        return future

    return submit


def _call_outside(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    # A pool's thread that was started inside an invocation is still in its context.
    return fn(*args, **kwargs) if current() is None else Context().run(fn, *args, **kwargs)
