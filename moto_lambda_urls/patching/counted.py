"""Reference counting: something is installed by its first user and removed by its last."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Counted(Generic[P]):
    """Calls ``on`` at the first ``install``, and ``off`` with the arguments of the last ``uninstall``."""

    def __init__(self, on: Callable[[], None], off: Callable[P, None]) -> None:
        self._on = on
        self._off = off
        self._lock = RLock()  # reentrant: the garbage collector may uninstall while this thread installs
        self._is_on = False
        self.users = 0

    def install(self) -> None:
        """Add a user, until ``uninstall``; any number may overlap."""
        with self._lock:
            if not self._is_on:
                self._on()
                self._is_on = True
            self.users += 1

    def keep(self) -> None:
        """Add a user, until ``uninstall``, without calling ``on``: what the next ``install`` begins then stays on."""
        with self._lock:
            self.users += 1

    def uninstall(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Remove the user that an ``install`` or a ``keep`` added.

        :raises RuntimeError: there is none.
        """
        with self._lock:
            if self.users == 0:
                raise RuntimeError("uninstall() without install()")
            self.users -= 1
            if self.users == 0 and self._is_on:
                self._is_on = False
                self._off(*args, **kwargs)
