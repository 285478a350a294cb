"""Import hooks: run a callback when a module is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from threading import get_ident
from types import ModuleType
from typing import Any

from .patches import Patches

Ready = Callable[[str], None]


class LateImports(MetaPathFinder):
    """Calls ``ready(name)`` when one of the modules ``names`` is imported, before its importer goes on.

    It is called again for a module that is imported anew, after ``patch.dict(sys.modules)`` or a test removed it.
    """

    def __init__(self, names: Iterable[str], ready: Ready) -> None:
        self._names = frozenset(names)
        self._ready = ready
        self._listening = False
        # Other finders may ask all finders in their turn, as wrapt's does.
        self._asking: set[tuple[int, str]] = set()

    def install(self) -> None:
        """Begin to listen, and call ``ready`` for the modules that are imported already."""
        self._listening = True
        sys.meta_path.insert(0, self)
        for name in sorted(self._names):
            if sys.modules.get(name) is not None:
                import_module(name)  # waits for the thread that may be importing it
                self._ready(name)

    def uninstall(self) -> None:
        """Stop listening."""
        self._listening = False
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of the other finders, with a loader that calls ``ready``; None for modules not listened for."""
        asking = (get_ident(), name)
        if name not in self._names or not self._listening or asking in self._asking:
            return None
        self._asking.add(asking)
        try:
            spec = self._found_by_others(name, path, target)
        finally:
            self._asking.discard(asking)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _TellingLoader(spec.loader, self._tell)
        return spec

    def _found_by_others(self, name: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    return spec
        return None

    def _tell(self, name: str) -> None:
        if self._listening:
            self._ready(name)


def patch_late(names: Iterable[str], ready: Ready, patches: Patches) -> None:
    """Call ``ready(name)`` as ``LateImports`` does, until ``patches`` are undone."""
    late_imports = LateImports(names, ready)
    patches.callback(late_imports.uninstall)
    late_imports.install()


class _TellingLoader(Loader):
    """Loads as ``loader`` does, and shows itself nowhere: it is gone from the module before that runs."""

    def __init__(self, loader: Any, ready: Ready) -> None:
        self._loader = loader
        self._ready = ready

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._ready(module.__name__)
