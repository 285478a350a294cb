"""Settings of the process that a function changes, kept to its invocations."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any

from .running import Sandbox

_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE")
    if hasattr(signal, name)
]
# signal.getsignal makes an enum of the answer, which takes fifty times as long.
_get_handler = getattr(signal, "_signal", signal).getsignal


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _change_folder(folder: str | None) -> None:
    if folder is not None:
        os.chdir(folder)


def _change_filters(filters: tuple[Any, ...]) -> None:
    warnings.filters[:] = filters  # type: ignore[index]  # typeshed has a Sequence, Python a list
    with warnings.catch_warnings():  # whose end makes Python forget what it has looked up
        pass


def _handlers() -> tuple[Any, ...] | None:
    if threading.get_ident() != threading.main_thread().ident:
        return None  # no other thread can change them
    return tuple(map(_get_handler, _SIGNALS))


def _change_handlers(handlers: tuple[Any, ...] | None) -> None:
    if handlers is not None and threading.get_ident() == threading.main_thread().ident:
        for number, handler in zip(_SIGNALS, handlers, strict=True):
            if handler is not None and _get_handler(number) is not handler:  # None: of C code
                signal.signal(number, handler)


_SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], None]], ...] = (
    (_folder, _change_folder),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (socket.getdefaulttimeout, socket.setdefaulttimeout),
    (lambda: sys.excepthook, lambda hook: setattr(sys, "excepthook", hook)),
    (lambda: threading.excepthook, lambda hook: setattr(threading, "excepthook", hook)),
    (lambda: logging.root.manager.disable, logging.disable),
    (lambda: tuple(warnings.filters), _change_filters),
    (_handlers, _change_handlers),
)
"""How each is read, and written."""


def _settings() -> list[Any]:
    return [read() for read, _ in _SETTINGS]


class ProcessState:
    """The process's settings while invocations are in progress.

    The test run has its own back when the last invocation ends; a warm environment finds those that it made, at import
    say, in its next invocation. Invocations that overlap share them, as they share the process.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._before: list[Any] = []
        self._in_progress = 0
        self._overlapped = False

    def enter(self, sandbox: Sandbox) -> None:
        """An invocation in ``sandbox`` begins or goes on."""
        with self._lock:
            self._in_progress += 1
            self._overlapped = self._in_progress > 1
            if not self._overlapped:
                self._before = _settings()
                for index, value in sandbox.settings.items():
                    _write(index, value)

    def leave(self, sandbox: Sandbox) -> None:
        """It ends, or is left for a while."""
        with self._lock:
            self._in_progress -= 1
            if self._in_progress:
                return
            after = _settings()
            changed = [index for index, value in enumerate(after) if value != self._before[index]]
            if not self._overlapped:
                sandbox.settings = {index: after[index] for index in changed}
            for index in changed:
                _write(index, self._before[index])


def _write(index: int, value: object) -> None:
    with suppress(OSError, ValueError, RecursionError):  # a folder that is gone, a stack that is deeper than the limit
        _SETTINGS[index][1](value)


process_state = ProcessState()
"""Of the process, as the settings are."""
