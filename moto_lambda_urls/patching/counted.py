"""Reference-counted installation."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Generic, ParamSpec

from .patches import Patches

P = ParamSpec("P")


class Counted(Generic[P]):
    """The first ``install`` calls ``on``, the last ``uninstall`` calls ``off`` with what it was given itself."""

    def __init__(self, on: Callable[[], None], off: Callable[P, None]) -> None:
        self._on = on
        self._off = off
        self._lock = RLock()  # reentrant: the garbage collector may uninstall while this thread installs
        self._is_on = False
        self.users = 0

    def install(self) -> None:
        """Have it on until ``uninstall``; any number of users may overlap."""
        with self._lock:
            if not self._is_on:
                self._on()
                self._is_on = True
            self.users += 1

    def keep(self) -> None:
        """Have it stay on, until ``uninstall``, from the next ``install``."""
        with self._lock:
            self.users += 1

    def uninstall(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """The end of one ``install`` or ``keep``.

        :raises RuntimeError: there is none to end.
        """
        with self._lock:
            if self.users == 0:
                raise RuntimeError("uninstall() without install()")
            self.users -= 1
            if self.users == 0 and self._is_on:
                self._is_on = False
                self._off(*args, **kwargs)


def counted_patches(patch: Callable[[Patches], None]) -> Counted[[]]:
    """What ``patch`` replaces, replaced for as long as it has users."""
    patches = Patches()

    def on() -> None:
        try:
            patch(patches)
        except BaseException:
            patches.undo()
            raise

    return Counted(on, patches.undo)
