"""Patched import functions: inside a function's code, top-level names are its own modules."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import logging
import logging.config
import opcode
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType, TracebackType
from typing import Any

from ....patching.patches import Patches, counted_patches
from .code import PREFIX, FunctionCode, code_of
from .search_path import FunctionPath, running

_IMPORT_NAME = opcode.opmap["IMPORT_NAME"]
_NO_PARENT = "attempted relative import with no known parent package"
_BEYOND_TOP = "attempted relative import beyond top-level package"


class _TopLevelSpec(ModuleSpec):
    """The spec of a module that for its function is in no package: ``__package__`` is empty, as on AWS."""

    @property
    def parent(self) -> str:
        return ""


class _Finder:
    """Finds the modules of function packages."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        code = code_of(fullname)
        if code is None:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        if fullname.count(".") == 1 and spec.submodule_search_locations is None:
            spec.__class__ = _TopLevelSpec
        return spec


def open_code(function_name: str, *, runtime: str | None = None, python_path: str = "") -> FunctionCode:
    """New, empty folders for a function's code. Python's imports are patched until the last such code is closed."""
    _import_patches.install()
    return FunctionCode(function_name, runtime=runtime, python_path=python_path, on_close=_import_patches.uninstall)


def without_own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """``traceback`` without the frames of this package's runtime, which AWS's tracebacks do not have."""
    kept = []
    while traceback is not None:
        if traceback.tb_frame.f_globals.get("__package__") != __package__:
            kept.append(traceback)
        traceback = traceback.tb_next
    for each, following in zip(kept, [*kept[1:], None], strict=True):
        each.tb_next = following
    return kept[0] if kept else None


def _patch_imports(patches: Patches) -> None:
    sys.meta_path.insert(0, _Finder)
    patches.callback(lambda: sys.meta_path.remove(_Finder))
    sys.path = FunctionPath(sys.path)
    patches.callback(_give_path_back)
    # They look at the frame of their caller, so nothing may stand between.
    the_import = _make_import(builtins.__import__)
    patches.value(builtins, "__import__", the_import)
    patches.value(importlib, "__import__", the_import)
    patches.value(importlib, "import_module", _make_import_module(importlib.import_module))
    patches.value(importlib.util, "find_spec", _make_find_spec(importlib.util.find_spec))
    patches.value(logging.config.BaseConfigurator, "importer", staticmethod(the_import))
    patches.method(logging.Manager, "getLogger", _make_get_logger)


def _give_path_back() -> None:
    if isinstance(sys.path, FunctionPath):
        sys.path = sys.path.environment


_import_patches = counted_patches(_patch_imports)
"""Of the process, as ``builtins`` and ``sys.path`` are."""


def _make_import(original: Callable[..., ModuleType]) -> Callable[..., ModuleType]:
    def __import__(  # noqa: A001, N807 - its name in tracebacks
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002 - the signature of builtins.__import__
        locals: Mapping[str, Any] | None = None,  # noqa: A002 - the name of __import__
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        importer = None if globals is None else globals.get("__name__")
        if importer is None:
            code = _asking(sys._getframe(1))
        elif importer.__class__ is str and importer.startswith(PREFIX):
            code = code_of(importer)
        elif level or running.get() is None:
            return original(name, globals, locals, fromlist, level)
        else:
            code = _asking_by_call(name, sys._getframe(1))
        if code is None:
            return original(name, globals, locals, fromlist, level)
        try:
            if level:
                _check_level(code, globals, level)
                return original(name, globals, locals, fromlist, level)
            top = name.partition(".")[0]
            if name.startswith(PREFIX) or not code.owns(top):
                return original(name, globals, locals, fromlist, 0)
            module = original(f"{code.package}.{name}", globals, locals, fromlist, 0)
            return module if fromlist else sys.modules[f"{code.package}.{top}"]
        except ImportError as error:
            _rename(error, code)
            raise

    return __import__


def _make_import_module(original: Callable[..., ModuleType]) -> Callable[..., ModuleType]:
    def import_module(name: str, package: str | None = None) -> ModuleType:
        code = _asking(sys._getframe(1))
        if code is None:
            return original(name, package)
        try:
            return original(*_local_name(code, name, package))
        except ImportError as error:
            _rename(error, code)
            raise

    return import_module


def _make_find_spec(original: Callable[..., ModuleSpec | None]) -> Callable[..., ModuleSpec | None]:
    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        code = _asking(sys._getframe(1))
        return original(name, package) if code is None else original(*_local_name(code, name, package))

    return find_spec


def _make_get_logger(original: Callable[..., logging.Logger]) -> Callable[..., logging.Logger]:
    def getLogger(self: logging.Manager, name: str) -> logging.Logger:  # noqa: N802 - logging's name
        code = code_of(name)
        return original(self, name if code is None else name.removeprefix(f"{code.package}."))

    return getLogger


def _asking(frame: FrameType) -> FunctionCode | None:
    code = code_of(frame.f_globals.get("__name__"))
    if code is not None:
        return code
    current = running.get()
    return current if isinstance(current, FunctionCode) else None


def _asking_by_call(name: str, frame: FrameType) -> FunctionCode | None:
    # A library's import statement means the library's world, a name it was given and imports by call the function's.
    code = running.get()
    if not isinstance(code, FunctionCode) or not code.owns(name.partition(".")[0]):
        return None
    return None if frame.f_code.co_code[frame.f_lasti] == _IMPORT_NAME else code


def _local_name(code: FunctionCode, name: str, package: str | None) -> tuple[str, str | None]:
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        if package == code.package:
            return name, ""
        if package is not None and code_of(package) is None and code.owns(package.partition(".")[0]):
            package = f"{code.package}.{package}"
        if package is not None and code_of(package) is code and level > package.count("."):
            raise ImportError(_BEYOND_TOP)
        return name, package
    top = name.partition(".")[0]
    if top and not top.startswith(PREFIX) and code.owns(top):
        return f"{code.package}.{name}", None
    return name, package


def _check_level(code: FunctionCode, importer: Mapping[str, Any] | None, level: int) -> None:
    package = (importer or {}).get("__package__") or code.package
    depth = package.count(".")
    if level > depth:
        raise ImportError(_BEYOND_TOP if depth else _NO_PARENT)


def _rename(error: ImportError, code: FunctionCode) -> None:
    message = code.display_text(str(error.msg))
    if message != error.msg:
        error.msg = message
        error.args = (message, *error.args[1:])
    if error.name:
        error.name = code.display_text(error.name)
