"""Reference-counted installation of the Lambda backend with function URLs in moto's place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from ..patching.counted import Counted
from ..patching.late_imports import LateImports
from ..state.scope import Handler
from .in_moto import change_backends, existing_backends, function_names, versions_of

_SETS = {
    "moto.awslambda.models": ("lambda_backends", "LambdaBackend", "FunctionUrlBackend"),
    # For ``use_docker: False``.
    "moto.awslambda_simple.models": ("lambda_simple_backends", "LambdaSimpleBackend", "SimpleFunctionUrlBackend"),
}
"""moto's modules with a set of Lambda backends: the name of the set, of the class that makes them, and of ours."""


Load = Callable[[type], ModuleType]
"""Gives ``control.adoption`` for a class of moto's that makes Lambda backends: it is loaded with the first backend, and
not with the mock."""


class _Place:
    """One of moto's sets of Lambda backends while it is ours."""

    def __init__(self, backends: Any, theirs: type, ours: str, load: Load) -> None:
        self.backends = backends
        self._theirs = theirs
        self._ours = ours
        self._load = load
        # moto asks whether what makes its backends is a class of tagged resources.
        maker = type(ours, (theirs,), {"__new__": self._make})
        self._change(maker, lambda backend: self._loaded().adopt(backend, self._class()))

    def release(self, *, keep: bool) -> None:
        """Give it back to moto."""
        self._change(self._theirs, lambda backend: self._loaded().release(backend, self._theirs, keep=keep))

    def _change(self, maker: type, change: Callable[[Any], None]) -> None:
        change_backends([(self.backends, maker, change)])

    def _make(self, _maker: type, *args: Any, **kwargs: Any) -> Any:
        return self._class()(*args, **kwargs)

    def _class(self) -> Any:
        return getattr(self._loaded(), self._ours)

    def _loaded(self) -> ModuleType:
        return self._load(self._theirs)


class _Places:
    """All of moto's sets of Lambda backends.

    Also those of a module that moto imports anew, since a test took it out of ``sys.modules``.
    """

    def __init__(self) -> None:
        self.load: Load
        self._places: list[_Place] = []
        self._late_imports = LateImports(_SETS, self._take)

    def install(self) -> None:
        for name in _SETS:
            import_module(name)
        self._late_imports.install()

    def uninstall(self, keep: bool) -> None:
        self._late_imports.uninstall()
        while self._places:
            self._places.pop().release(keep=keep)

    def _take(self, name: str) -> None:
        module = sys.modules[name]
        backends, theirs, ours = _SETS[name]
        self._places.append(_Place(getattr(module, backends), getattr(module, theirs), ours, self.load))


_places = _Places()
_counted = Counted(_places.install, _places.uninstall)
"""Of the process, as moto's backends are."""


def install(load: Load) -> None:
    """Replace moto's Lambda backends by ours, existing ones included; each call needs an ``uninstall``."""
    _places.load = load
    _counted.install()


def uninstall(*, keep: bool = False) -> None:
    """Give moto its own Lambda back when the last user leaves; functions stay.

    :param keep: put URLs and policies aside, for the next ``install`` to find them with their functions, and do
        not forget them.
    :raises RuntimeError: there is no ``install`` to undo.
    """
    _counted.uninstall(keep)


def backends_in(account_id: str, region: str) -> list[Any]:
    """The Lambda backends of an account and region that are in use: looking for them loads none."""
    return [each for each in _existing() if (each.account_id, each.region_name) == (account_id, region)]


_callables: WeakKeyDictionary[Any, Handler] = WeakKeyDictionary()
"""Those of moto's functions that ended mocks have left behind; of the process, as those functions are."""


def keep_callables(handlers: Mapping[str, Handler]) -> None:
    """Keep those of ``handlers``, by names, that stand in for existing functions, for as long as these exist."""
    _callables.update({each: handlers[name] for name, each in _latest_versions() if name in handlers})


def kept_callables() -> dict[str, Handler]:
    """What was kept of the functions that exist, by their names."""
    return {name: _callables[each] for name, each in _latest_versions() if each in _callables} if _callables else {}


def _latest_versions() -> Iterator[tuple[str, Any]]:
    for backend in _existing():
        for name in function_names(backend):
            yield from ((name, latest) for latest in versions_of(backend, name)[:1])


def _existing() -> Iterator[Any]:
    for module, (backends, *_) in _SETS.items():
        yield from existing_backends(getattr(sys.modules.get(module), backends, {}))
