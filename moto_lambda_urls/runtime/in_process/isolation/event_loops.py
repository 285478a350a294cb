"""A current event loop for each handler, as AWS's main thread has one, whatever thread runs it here."""

from __future__ import annotations

import asyncio.events
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

from ....patching.patches import Patches
from .running import Running, current

Loop = asyncio.AbstractEventLoop


def patch_event_loops(patches: Patches) -> None:
    """Let ``asyncio.get_event_loop`` and ``set_event_loop`` of a handler mean its sandbox's loop.

    On AWS import and handlers run in the main thread. Until Python 3.13 that makes a loop for whoever asks first; from
    3.14 on it has what was set, which Mangum does at import. Here that may be any thread, before any mock, so a handler
    that asks gets a loop in every Python.
    """
    policy = _default_policy()
    patches.method(policy, "get_event_loop", _get)
    patches.method(policy, "set_event_loop", _set)
    patches.method(policy, "new_event_loop", _new)


def loop_is_running() -> bool:
    """Whether this thread is inside an event loop, so that no handler could run one of its own."""
    return asyncio._get_running_loop() is not None


def _default_policy() -> Any:
    """The class that all of asyncio asks for the current loop; Python 3.14 made its name private."""
    public = getattr(asyncio.events, "BaseDefaultEventLoopPolicy", None)
    return public or asyncio.events._BaseDefaultEventLoopPolicy  # type: ignore[attr-defined]  # from 3.14 on


def _own() -> Running | None:
    """The invocation whose handler this thread runs; None for the threads that a handler started."""
    running = current()
    return running if running is not None and running.thread == threading.get_ident() else None


def _get(original: Callable[[Any], Loop]) -> Callable[[Any], Loop]:
    def get_event_loop(policy: Any) -> Loop:
        running = _own()
        if running is None:
            return original(policy)
        loops = running.sandbox.loops
        if running.thread not in loops:
            loops[running.thread] = policy.new_event_loop()
        loop: Loop | None = loops[running.thread]
        if loop is None:
            raise RuntimeError("There is no current event loop in thread 'MainThread'.")
        return loop

    return get_event_loop


def _set(original: Callable[[Any, Loop | None], None]) -> Callable[[Any, Loop | None], None]:
    def set_event_loop(policy: Any, loop: Loop | None) -> None:
        running = _own()
        if running is None:
            original(policy, loop)
        else:
            running.sandbox.loops[running.thread] = loop

    return set_event_loop


def _new(original: Callable[[Any], Loop]) -> Callable[[Any], Loop]:
    def new_event_loop(policy: Any) -> Loop:
        # A loop keeps the context that it was made in: a handler's would keep the sandbox, which is to close the loop.
        return original(policy) if current() is None else Context().run(original, policy)

    return new_event_loop
