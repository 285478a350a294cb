"""Word of modules that are imported later."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

Ready = Callable[[str], None]


class LateImports(MetaPathFinder):
    """Calls ``ready(name)`` when one of the modules ``names`` has been imported, before the importer goes on."""

    def __init__(self, names: Iterable[str], ready: Ready) -> None:
        self._names = frozenset(names)
        self._ready = ready

    def install(self) -> None:
        """Listen from now on."""
        if self._names:
            sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Stop listening."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What the other finders find, with a loader that tells."""
        if name not in self._names:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _TellingLoader(spec.loader, self._ready)
                return spec
        return None


class _TellingLoader(Loader):
    def __init__(self, loader: Loader, ready: Ready) -> None:
        self._loader = loader
        self._ready = ready

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._ready(module.__name__)
