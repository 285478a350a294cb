"""The configured handler name, resolved and refused as awslambdaric does it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from ...applications import Handler
from ...exceptions import LoadError
from ...hints import names_hint, package_hint
from .code import FunctionCode
from .search_path import running


def find_handler(name: str, code: FunctionCode | None) -> Handler:
    """The handler that a function's configuration names, from its ``code``, or from ``sys.path`` when that lacks it.

    :raises LoadError: it cannot be imported, or the module has no such name.
    """
    module_name, dot, attribute = name.rpartition(".")
    if not dot:
        reason = "not enough values to unpack (expected 2, got 1)"
        raise LoadError("Runtime.MalformedHandlerName", f"Bad handler '{name}': {reason}")
    _refuse_builtin(module_name)
    try:
        module = _import(module_of(name), code)
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {_shown(error, code)}"
        raise LoadError("Runtime.ImportModuleError", message, hint=_hint(code)) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {_shown(error, code)}"
        place = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        trace = [place if code is None else code.display_text(place)]
        raise LoadError("Runtime.UserCodeSyntaxError", message, trace=trace) from error
    try:
        handler: Handler = getattr(module, attribute)
    except AttributeError as error:
        message = f"Handler '{attribute}' missing on module '{module_name}'"
        raise LoadError("Runtime.HandlerNotFound", message, hint=_names_in(module, module_name, attribute)) from error
    return handler


def module_of(name: str) -> str:
    """The dotted name of the module that the handler ``name`` is in."""
    return name.rpartition(".")[0].replace("/", ".")


def _refuse_builtin(module_name: str) -> None:
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise LoadError("Runtime.BuiltInModuleConflict", message)


def _import(name: str, code: FunctionCode | None) -> ModuleType:
    if code is None:
        return importlib.import_module(name)
    with code.run():
        if not name or name.startswith(".") or not code.owns(name.partition(".")[0]):
            return _import_outside(name)
        try:
            return importlib.import_module(f"{code.package}.{name}")
        except ModuleNotFoundError as error:
            missing = code.display_text(error.name or "")
            if not f"{name}.".startswith(f"{missing}.") or not is_outside(name):
                raise
        return _import_outside(name)


def _import_outside(name: str) -> ModuleType:
    token = running.set(None)
    try:
        return importlib.import_module(name)
    finally:
        running.reset(token)


def is_outside(name: str) -> bool:
    """Whether Python here finds a module of this dotted name outside of all functions; nothing is imported."""
    if name.partition(".")[0] in sys.builtin_module_names:
        return False
    token = running.set(None)
    try:
        return _is_found(name)
    except ImportError:
        return False
    finally:
        running.reset(token)


def _is_found(name: str) -> bool:
    path: Sequence[str] | None = None
    parts = name.split(".")
    for number, part in enumerate(parts, 1):
        whole = ".".join(parts[:number])
        if not part or (path is None and number > 1):
            return False
        module = sys.modules.get(whole)
        if module is not None:
            path = getattr(module, "__path__", None)
            continue
        specs = (finder.find_spec(whole, path) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is None:
            return False
        path = spec.submodule_search_locations
    return True


def _shown(error: Exception, code: FunctionCode | None) -> str:
    return str(error) if code is None else code.display_text(str(error))


def _names_in(module: ModuleType, module_name: str, wanted: str) -> str:
    own = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
    defined = [name for name in own if getattr(vars(module)[name], "__module__", None) == module.__name__]
    return names_hint(module_name, wanted, functions=own, defined=defined)


def _hint(code: FunctionCode | None) -> str:
    if code is None:
        return "The function has no deployment package that is a zip, and no module of that name is on sys.path."
    held = package_hint([path.name for path in code.task_root.iterdir()])
    return f"{held}; what it lacks was looked for on sys.path."
