"""C extensions that functions bundle: a process holds one copy of each, for all functions that bundle the same."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from pathlib import Path
from threading import Lock
from types import ModuleType


@dataclass
class _Copy:
    digest: str
    function_name: str
    module: ModuleType | None = None


_copies: dict[str, _Copy] = {}
_lock = Lock()
"""Of the process, which loads a C extension once and never unloads it."""


class SharedExtension(ExtensionFileLoader):
    """Loads the extension at ``path`` once a process, for every function that bundles the same bytes under ``name``.

    ``name`` is the module's name as the function's own code spells it.
    """

    def __init__(self, fullname: str, path: str, *, name: str, function_name: str) -> None:
        super().__init__(fullname, path)
        self._shared_name = name
        self._function_name = function_name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        copy = self._claim()
        if copy.module is not None:
            return copy.module
        try:
            return super().create_module(spec)
        except BaseException:
            del _copies[self._shared_name]
            raise

    def exec_module(self, module: ModuleType) -> None:
        copy = _copies[self._shared_name]
        if copy.module is not None:
            return
        try:
            super().exec_module(module)
        except BaseException:
            del _copies[self._shared_name]
            raise
        copy.module = module

    def _claim(self) -> _Copy:
        digest = hashlib.sha256(Path(self.path).read_bytes()).hexdigest()
        with _lock:
            copy = _copies.setdefault(self._shared_name, _Copy(digest, self._function_name))
        if copy.digest != digest:
            raise ImportError(
                f"function {self._function_name!r} bundles another build of the C extension {self._shared_name!r} than "
                f"function {copy.function_name!r}, and a process can hold only one. Bundle the same build in both, or "
                f"install the package in this environment ({sys.executable}), which is then used for both",
                name=self._shared_name,
                path=self.path,
            )
        return copy
