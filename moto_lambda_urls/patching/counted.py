"""What is on for as long as somebody uses it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Counted(Generic[P]):
    """The first ``install`` calls ``on``, the last ``uninstall`` calls ``off`` with what it was given itself."""

    def __init__(self, on: Callable[[], None], off: Callable[P, None]) -> None:
        self._on = on
        self._off = off
        self._lock = Lock()
        self.users = 0

    def install(self) -> None:
        """Have it on until ``uninstall``; any number of users may overlap."""
        with self._lock:
            if self.users == 0:
                self._on()
            self.users += 1

    def uninstall(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """The end of one ``install``.

        :raises RuntimeError: there is no ``install`` to undo.
        """
        with self._lock:
            if self.users == 0:
                raise RuntimeError("uninstall() without install()")
            self.users -= 1
            if self.users == 0:
                self._off(*args, **kwargs)
