"""A function's unzipped code: its sys.path with layers' folders, and the unique package that it is imported in."""

from __future__ import annotations

import inspect
import itertools
import linecache
import os
import re
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from .bundled import patched_here
from .folders import make_folder, remove_folder
from .search_path import FunctionPath, running

PREFIX = "_lambda_"
TASK_ROOT = "/var/task"
LAYERS_ROOT = "/opt"

_BEFORE = """
__future__ abc atexit builtins codecs collections contextlib copyreg decimal encodings enum functools genericpath
importlib io itertools json keyword linecache logging marshal math numbers operator os posix posixpath re reprlib runpy
site stat string sys textwrap threading time token tokenize traceback types warnings weakref zipimport
"""
LOADED_BEFORE = frozenset(_BEFORE.split())
"""Modules that Python and Lambda's runtime have imported before a function's first line: its own files of these names
stay unseen on AWS, while those of other names go before the standard library (sys.path starts with /var/task)."""

# Of the process, as the names in ``sys.modules`` are.
_codes: dict[str, weakref.ref[FunctionCode]] = {}
_numbers = itertools.count(1)


class FunctionCode:
    """The unzipped folders of one function version, and the package of a unique name that its modules live in.

    ``task_root`` is what AWS has at /var/task, ``layers_root`` at /opt; ``path`` is sys.path as the function sees it.
    ``close``, or the end of the last reference, takes modules and files away.
    """

    def __init__(
        self,
        function_name: str,
        *,
        runtime: str | None = None,
        python_path: str = "",
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self.package = f"{PREFIX}{next(_numbers)}_{re.sub(r'[^0-9A-Za-z]', '_', function_name)}"
        folder = make_folder()
        self.task_root = Path(folder, "task")
        self.layers_root = Path(folder, "opt")
        self.task_root.mkdir()
        Path(folder, "home").mkdir()
        python = self.layers_root / "python"
        own = [str(self.task_root), str(python / "lib" / (runtime or "python") / "site-packages"), str(python)]
        self._environment = list(sys.path)
        self._first_path = own + [entry for entry in python_path.split(":") if entry] + self._environment
        self.path = list(self._first_path)
        self._stand_in = sys.path if isinstance(sys.path, FunctionPath) else None
        self._never_owned = LOADED_BEFORE | patched_here() | frozenset(sys.builtin_module_names)
        self._owned: set[str] = set()
        self._absent: set[str] = set()
        self._seen_path: list[str] = []
        self._path_lock = Lock()
        self._module = _root_module(self.package)
        self.close = weakref.finalize(self, _remove, self.package, folder, os.getpid(), on_close)
        _codes[self.package] = weakref.ref(self)

    def owns(self, top: str) -> bool:
        """Whether ``import top`` means a module of this function, where sys.path starts with its folders."""
        if self.path == self._seen_path:
            if top in self._owned:
                return True
            if top in self._absent:
                return False
        if top in self._never_owned:
            return False
        with self._path_lock:
            self._refresh_path()
            owned, absent = self._owned, self._absent
        found = self._find(top)
        if found:
            owned.add(top)
        elif top in sys.modules:
            absent.add(top)
        return found

    def holds(self, name: str) -> bool:
        """Whether the module of this dotted name is in the function's own folders; nothing is imported."""
        parts = name.split(".")
        if not all(parts) or not self.owns(parts[0]):
            return False
        folders: Sequence[str] = self._module.__path__
        for part in parts:
            spec = PathFinder.find_spec(part, folders)  # as a top-level name: parents are not imported yet
            if spec is None:
                return False
            folders = list(spec.submodule_search_locations or ())
        return True

    @contextmanager
    def run(self) -> Iterator[None]:
        """While this lasts, this context imports and sees sys.path as the function does; so do threads that copy it."""
        token = running.set(self)
        try:
            yield
        finally:
            self._adopt_assigned_path()
            running.reset(token)

    def forget_modules(self) -> None:
        """Be as before the first import, with the same files."""
        _remove_modules(self.package)
        self.path = list(self._first_path)

    def display_text(self, text: str) -> str:
        """``text`` with this process's folders and module names put as AWS has them."""
        text = text.replace(str(self.task_root), TASK_ROOT).replace(str(self.layers_root), LAYERS_ROOT)
        return text.replace(f"{self.package}.", "")

    def _find(self, top: str) -> bool:
        spec = PathFinder.find_spec(f"{self.package}.{top}", self._module.__path__)
        if spec is None:
            return False
        return spec.origin is not None or _holds_modules(spec) or not _is_regular_outside(top)

    def _refresh_path(self) -> None:
        self._adopt_assigned_path()
        path = list(self.path)
        if path != self._seen_path:
            own = [entry for entry in path if isinstance(entry, str) and entry not in self._environment]
            self._module.__path__[:] = map(self._local, own)
            self._owned, self._absent = set(), set()
            self._seen_path = path

    def _local(self, entry: str) -> str:
        for shown, folder in ((TASK_ROOT, self.task_root), (LAYERS_ROOT, self.layers_root)):
            if entry == shown or entry.startswith(f"{shown}/"):
                return str(folder) + entry[len(shown) :]
        return os.path.normpath(self.task_root / entry)

    def _adopt_assigned_path(self) -> None:
        # ``sys.path = [..., *sys.path]`` puts a plain list in place of the one that tells functions apart.
        current = sys.path
        if self._stand_in is not None and not isinstance(current, FunctionPath) and str(self.task_root) in current:
            self.path[:] = current
            sys.path = self._stand_in


def code_of(module_name: object) -> FunctionCode | None:
    """The function's code that the module ``module_name`` belongs to, None for any other module."""
    if type(module_name) is str and module_name.startswith(PREFIX):
        reference = _codes.get(module_name.partition(".")[0])
        return None if reference is None else reference()
    return None


def display_text(text: str) -> str:
    """``text`` with the folders and module names of all functions, failed ones too, put as AWS has them."""
    for code in [reference() for reference in list(_codes.values())]:
        if code is not None:
            text = code.display_text(text)
    return text


def _root_module(package: str) -> ModuleType:
    module = ModuleType(package)
    spec = ModuleSpec(package, None, is_package=True)
    module.__spec__ = spec
    module.__package__ = package
    module.__path__ = spec.submodule_search_locations = []
    sys.modules[package] = module
    return module


def _holds_modules(namespace: ModuleSpec) -> bool:
    folders = namespace.submodule_search_locations or ()
    return any(path.suffix in (".py", ".so", ".pyd") for folder in folders for path in Path(folder).rglob("*"))


def _is_regular_outside(top: str) -> bool:
    for finder in sys.meta_path:
        spec = finder.find_spec(top, None)
        if spec is not None:
            return spec.origin is not None
    return False


def _remove(package: str, folder: str, process: int, on_close: Callable[[], None]) -> None:
    if os.getpid() != process:  # a fork that exits must not take the parent's files
        return
    _codes.pop(package, None)
    _remove_modules(package)
    sys.modules.pop(package, None)
    finders = _take_out(sys.path_importer_cache, folder)
    for table in (linecache.cache, inspect.modulesbyfile):
        _take_out(table, folder)
    remove_folder(folder)
    for finder in finders:
        if finder is not None:
            finder.invalidate_caches()  # of a zip that is gone
    on_close()


def _take_out(table: dict[str, Any], folder: str) -> list[Any]:
    return [table.pop(path, None) for path in list(table) if path.startswith(folder)]


def _remove_modules(package: str) -> None:
    for name in [name for name in list(sys.modules) if name.startswith(f"{package}.")]:
        sys.modules.pop(name, None)
