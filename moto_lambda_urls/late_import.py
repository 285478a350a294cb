"""A change to a module that is made when somebody imports it, and undone."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


class OnImport(MetaPathFinder):
    """``apply`` runs once ``module`` is there, at once when it is, and ``undo`` at ``uninstall`` if it ran."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._applied = False

    def apply(self) -> None:
        """Make the change."""
        raise NotImplementedError

    def undo(self) -> None:
        """Take the change back."""
        raise NotImplementedError

    def install(self) -> None:
        """Apply now, or when the module is imported."""
        if self._module in sys.modules:
            self._apply()
        else:
            sys.meta_path.insert(0, self)

    def uninstall(self) -> None:
        """Undo, or wait no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self._applied:
            self._applied = False
            self.undo()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's own spec, whose loader applies the change at the end; None for other modules."""
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            execute(module)
            if self in sys.meta_path:
                sys.meta_path.remove(self)
                self._apply()

        loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _apply(self) -> None:
        self.apply()
        self._applied = True
