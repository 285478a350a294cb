"""The stand-in for sys.path: each running function sees and changes its own list, which `code.py` makes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from importlib.machinery import PathFinder
from typing import Any, Protocol


class HasPath(Protocol):
    """A function's code: ``path`` is sys.path as that function sees it."""

    path: list[str]


running: ContextVar[HasPath | None] = ContextVar("moto_lambda_urls.code", default=None)
"""The code that runs in this context; None for the test's own."""

_FINDER_GLOBALS = PathFinder.find_spec.__func__.__globals__  # type: ignore[attr-defined]  # a classmethod


class FunctionPath(list[str]):
    """Stands in for ``sys.path``: reads and changes go to the running function's list, or to ``environment``.

    Python's own path finder always sees ``environment``: what it imports is shared by all, so no function's folder may
    take part. Importing from a function's folders is ``imports``' task.
    """

    def __init__(self, environment: list[str]) -> None:
        super().__init__()
        self.environment = environment

    def __iter__(self) -> Any:
        if sys._getframe(1).f_globals is _FINDER_GLOBALS:
            return iter(self.environment)
        return iter(self._current())

    def __iadd__(self, entries: Any) -> Any:  # type: ignore[misc]  # __add__ is delegated below
        self._current().extend(entries)
        return self

    def __radd__(self, entries: list[str]) -> list[str]:
        return entries + self._current()

    def _current(self) -> list[str]:
        code = running.get()
        return self.environment if code is None else code.path


def _delegate(name: str) -> Callable[..., Any]:
    def method(self: FunctionPath, *args: Any, **kwargs: Any) -> Any:
        return getattr(self._current(), name)(*args, **kwargs)

    method.__name__ = name
    return method


_DELEGATED = (
    "__add__ __contains__ __delitem__ __eq__ __ge__ __getitem__ __gt__ __imul__ __le__ __len__ __lt__ __mul__ __ne__ "
    "__repr__ __reversed__ __rmul__ __setitem__ append clear copy count extend index insert pop remove reverse sort"
)
for _name in _DELEGATED.split():
    setattr(FunctionPath, _name, _delegate(_name))
