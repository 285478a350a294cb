"""Settings of the process that a function may change (working folder, signals, …), restored after each invocation."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from .event_loops import current_policy, set_policy
from .running import Sandbox
from .threads import is_main_thread

_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
    if hasattr(signal, name)
]
# signal.getsignal makes an enum of the answer, which takes fifty times as long.
_get_handler = getattr(signal, "_signal", signal).getsignal
_NO_TIMER = (0.0, 0.0)


def _read() -> tuple[Any, ...]:
    """The settings, in the order of ``_WRITERS``."""
    return (
        _folder(),
        sys.getrecursionlimit(),
        socket.getdefaulttimeout(),
        sys.excepthook,
        sys.unraisablehook,
        threading.excepthook,
        logging.root.manager.disable,
        logging.getLogRecordFactory(),
        [*warnings.filters],
        warnings.showwarning,
        _has_timer(),
        current_policy(),
        [*map(_get_handler, _SIGNALS)] if is_main_thread() else None,
    )


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _has_timer() -> bool:
    """Whether SIGALRM is going to come, which ends the process once a handler's function for it is taken back."""
    return os.name == "posix" and signal.getitimer(signal.ITIMER_REAL) != _NO_TIMER


def _change_folder(folder: str | None) -> None:
    if folder is not None:
        os.chdir(folder)


def _change_filters(filters: list[Any]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]  # typeshed has a Sequence, Python a list
    with warnings.catch_warnings():  # whose end makes Python forget what it has looked up
        pass


def _change_showwarning(show: Any) -> None:
    if getattr(warnings.showwarning, "__module__", None) == logging.__name__:
        logging.captureWarnings(False)  # logging remembers that it captures
    warnings.showwarning = show


def _change_timer(is_there: bool) -> None:
    if not is_there:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _change_handlers(handlers: list[Any] | None) -> None:
    if handlers is not None and is_main_thread():
        for number, handler in zip(_SIGNALS, handlers, strict=True):
            if handler is not None and _get_handler(number) is not handler:  # None: of C code
                signal.signal(number, handler)


_WRITERS: tuple[Callable[[Any], None], ...] = (
    _change_folder,
    sys.setrecursionlimit,
    socket.setdefaulttimeout,
    lambda hook: setattr(sys, "excepthook", hook),
    lambda hook: setattr(sys, "unraisablehook", hook),
    lambda hook: setattr(threading, "excepthook", hook),
    logging.disable,
    logging.setLogRecordFactory,
    _change_filters,
    _change_showwarning,
    _change_timer,
    set_policy,
    _change_handlers,
)


class ProcessState:
    """The process's settings while invocations are in progress.

    The test run has its own back when the last invocation ends; a warm environment finds those that it made, at import
    say, in its next invocation. Invocations that overlap share them, as they share the process.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._before: tuple[Any, ...] = ()
        self._in_progress = 0
        self._overlapped = False

    def enter(self, sandbox: Sandbox) -> None:
        """An invocation in ``sandbox`` begins or goes on."""
        with self._lock:
            self._in_progress += 1
            self._overlapped = self._in_progress > 1
            if not self._overlapped:
                self._before = _read()
                if sandbox.settings:
                    _write(sandbox.settings)

    def leave(self, sandbox: Sandbox) -> None:
        """The invocation in ``sandbox`` ends, or is left for a while: the process has its own settings back."""
        with self._lock:
            self._in_progress -= 1
            if self._in_progress:
                return
            try:
                self._give_back(sandbox)
            except BaseException:  # raised by a function for a signal, which is the handler's until it is given back
                self._give_back(sandbox)
                raise

    def _give_back(self, sandbox: Sandbox) -> None:
        after = _read()
        if after == self._before and not sandbox.settings:
            return
        changed = [at for at, value in enumerate(after) if value != self._before[at]]
        if not self._overlapped:
            sandbox.settings = {at: after[at] for at in changed}
        _write({at: self._before[at] for at in changed})


def _write(settings: Mapping[int, Any]) -> None:
    for at, value in settings.items():
        # A folder that is gone, a stack that is deeper than the limit.
        with suppress(OSError, ValueError, RecursionError):
            _WRITERS[at](value)


process_state = ProcessState()
"""Of the process, as the settings are."""
