"""The current event loop of an invocation: a handler has one as the main thread has, whatever thread runs it."""

from __future__ import annotations

import asyncio.events
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

from ....patching.patches import Patches
from .running import Running, current

Loop = asyncio.AbstractEventLoop
_POLICY: Any = asyncio.events.BaseDefaultEventLoopPolicy


def patch_event_loops(patches: Patches) -> None:
    """Let ``asyncio.get_event_loop`` and ``set_event_loop`` of a handler mean its sandbox's loop.

    On AWS handlers run in the main thread, where Python makes a loop for whoever asks first; Mangum relies on it.
    """
    patches.method(_POLICY, "get_event_loop", _get)
    patches.method(_POLICY, "set_event_loop", _set)


def loop_is_running() -> bool:
    """Whether this thread is inside an event loop, so that no handler could run one of its own."""
    return asyncio._get_running_loop() is not None


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
            # Not in this context: the loop would keep it, and with it the sandbox that is to close the loop.
            loops[running.thread] = Context().run(policy.new_event_loop)
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
