"""A current event loop for each handler, as AWS's main thread has one, whatever thread runs it here."""

from __future__ import annotations

import asyncio.events
import sys
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVar

from ....patching.patches import Patches
from .running import Running, current

Loop = asyncio.AbstractEventLoop
T = TypeVar("T")

current_policy: Callable[[], Any]
set_policy: Callable[[Any], None]
_DefaultPolicy: Any
"""The class that all of asyncio asks for the current loop; Python 3.14 made these names private."""
if sys.version_info >= (3, 14):
    current_policy, set_policy = asyncio.events._get_event_loop_policy, asyncio.events._set_event_loop_policy
    _DefaultPolicy = asyncio.events._BaseDefaultEventLoopPolicy
else:
    current_policy, set_policy = asyncio.events.get_event_loop_policy, asyncio.events.set_event_loop_policy
    _DefaultPolicy = asyncio.events.BaseDefaultEventLoopPolicy


def patch_event_loops(patches: Patches) -> None:
    """Let ``asyncio.get_event_loop`` and ``set_event_loop`` of a handler mean its sandbox's loop.

    On AWS import and handlers run in the main thread. Until Python 3.13 that makes a loop for whoever asks first; from
    3.14 on it has what was set, which Mangum does at import. Here that may be any thread, before any mock, so a handler
    that asks gets a loop in every Python.
    """
    patches.method(_DefaultPolicy, "get_event_loop", _get)
    patches.method(_DefaultPolicy, "set_event_loop", _set)
    patches.method(_DefaultPolicy, "new_event_loop", _new)


def loop_is_running() -> bool:
    """Whether this thread is inside an event loop, so that no handler could run one of its own."""
    return asyncio._get_running_loop() is not None


def call_in_sandbox(running: Running, step: Callable[[], T]) -> T:
    """What ``step`` returns, called in this thread for ``running``, whose sandbox's loop is current from then on.

    The thread that has the invocation made gets its own back by ``keep_current_loop``; others run only handlers.
    """
    thread = running.thread = threading.get_ident()
    local = _thread_local()
    local.pop("_loop", None)
    loops = running.sandbox.loops
    if thread in loops:
        local["_loop"] = loops[thread]
    return step()


def keep_current_loop() -> Callable[[], None]:
    """What puts this thread's current loop back, to be called in this thread."""
    local = _thread_local()
    kept = dict(local)

    def put_back() -> None:
        local.clear()
        local.update(kept)

    return put_back


def _thread_local() -> dict[str, Any]:
    """Where the policy keeps this thread's loop, and other tools' replacements of its methods look for it.

    nest_asyncio's is one. A policy that is not derived from asyncio's own has no such place.
    """
    policy = current_policy()
    return vars(policy._local) if isinstance(policy, _DefaultPolicy) else {}


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
            policy.set_event_loop(policy.new_event_loop())
        loop: Loop | None = loops[running.thread]
        if loop is None:
            raise RuntimeError("There is no current event loop in thread 'MainThread'.")
        return loop

    return get_event_loop


def _set(original: Callable[[Any, Loop | None], None]) -> Callable[[Any, Loop | None], None]:
    def set_event_loop(policy: Any, loop: Loop | None) -> None:
        running = _own()
        if running is None or policy is current_policy():  # not so where another one delegates to it
            original(policy, loop)
        if running is not None:
            running.sandbox.loops[running.thread] = loop

    return set_event_loop


def _new(original: Callable[[Any], Loop]) -> Callable[[Any], Loop]:
    def new_event_loop(policy: Any) -> Loop:
        # A loop keeps the context that it was made in: a handler's would keep the sandbox, which is to close the loop.
        return original(policy) if current() is None else Context().run(original, policy)

    return new_event_loop
