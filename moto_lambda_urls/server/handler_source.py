"""A handler named on the command line: imported, and imported again when a file that it needs has changed."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..runtime.applications import StreamingHandler, as_handler, streaming

if TYPE_CHECKING:
    from ..runtime.applications import Handler

Stamp = tuple[int, int]
_NOT_THE_HANDLERS = {"__main__", "moto_lambda_urls"}
_INSTALLED = {"site-packages", "dist-packages"}


class HandlerMissingError(ValueError):
    """There is no such file, module or name in it."""


class HandlerSource(StreamingHandler):
    """The handler ``FILE.py:name`` or ``package.module:name``; calling it calls the handler as it is now.

    The file's folder, or the working directory, comes first on ``sys.path``. With ``reload``, each call looks whether a
    loaded file below that folder has changed, and imports them all anew if so. A call raises what the import raised.

    :raises ValueError: ``target`` is of neither form.
    """

    def __init__(self, target: str, *, reload: bool = False) -> None:
        where, colon, self._attribute = target.rpartition(":")
        if (
            not colon
            or not where
            or (where.startswith(".") and not where.endswith(".py"))
            or not self._attribute.isidentifier()
        ):
            raise ValueError(f"{target!r} names no handler: write FILE.py:handler or package.module:handler")
        self._file = Path(where).resolve() if where.endswith(".py") else None
        self._module = self._file.stem if self._file else where
        self._root = self._file.parent if self._file else Path.cwd()
        self._below = f"{self._root}{os.sep}"
        self._reload = reload
        self._lock = RLock()
        self._handler: Handler | None = None
        self._stamps: dict[Path, Stamp | None] = {}
        self.__name__ = f"{self._module}-{self._attribute}".replace(".", "-")
        sys.path.insert(0, str(self._root))
        if reload:
            # A .pyc knows its source by size and whole seconds: an edit may look like no edit.
            sys.dont_write_bytecode = True

    def __call__(self, event: Any, context: Any) -> Any:
        return self._loaded()(event, context)

    def stream(self, event: Any, context: Any) -> Any:
        return streaming(self._loaded())(event, context)

    def _loaded(self) -> Handler:
        try:
            return self.current()
        except HandlerMissingError as error:
            raise ImportError(str(error)) from error  # as Lambda's own runtime would

    def current(self) -> Handler:
        """The handler, imported if it was not yet, or again if need be.

        :raises HandlerMissingError: there is no such module, or no such callable in it.
        :raises Exception: whatever the import raises.
        """
        with self._lock:
            if self._handler is None or (self._reload and self._changed()):
                self._handler = None
                self._forget()
                self._handler = self._load()
                self._stamps = dict(self._watched())
            return self._handler

    def _load(self) -> Handler:
        importlib.invalidate_caches()
        module = self._from_file(self._file) if self._file else self._from_path()
        handler: Handler | None = getattr(module, self._attribute, None)
        if handler is None:
            raise HandlerMissingError(f"{self._module} has no {self._attribute!r}")
        if not callable(handler):
            raise HandlerMissingError(f"{self._module}:{self._attribute} is {handler!r}, not callable(event, context)")
        return as_handler(handler)

    def _from_path(self) -> ModuleType:
        try:
            return importlib.import_module(self._module)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{self._module}.".startswith(f"{error.name}."):
                raise  # of the module's own imports
            raise HandlerMissingError(f"there is no module {error.name!r} here or on sys.path") from error

    def _from_file(self, file: Path) -> ModuleType:
        if not file.is_file():
            raise HandlerMissingError(f"there is no file {str(file)!r}")
        name = self._module if self._module not in sys.stdlib_module_names else f"{self._module}_handler"
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None, "a .py file has a loader"
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    def _changed(self) -> bool:
        return any(self._stamps.setdefault(path, stamp) != stamp for path, stamp in self._watched())

    def _watched(self) -> Iterator[tuple[Path, Stamp | None]]:
        for path in {path for _, path in self._own_modules()} | set(self._stamps):
            yield path, _stamp(path)

    def _forget(self) -> None:
        for name, _ in list(self._own_modules()):
            del sys.modules[name]

    def _own_modules(self) -> Iterator[tuple[str, Path]]:
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not isinstance(file, str) or not file.startswith(self._below):
                continue
            path = Path(file)
            if name.partition(".")[0] not in _NOT_THE_HANDLERS and not _INSTALLED.intersection(path.parts):
                yield name, path


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
