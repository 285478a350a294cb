"""Where the package touches names of moto, and whether the installed moto has them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import moto_lambda_urls
from support.moto_names import NAMES

PACKAGE = Path(moto_lambda_urls.__file__).parent


def is_private(name: str) -> bool:
    """Whether a name of one part begins with an underscore, special names like ``__class__`` apart."""
    return name.startswith("_") and not name.endswith("__")


def imported_names() -> list[str]:
    """What the package imports from moto, ``moto.module.name`` each."""
    found: set[str] = set()
    for tree in _trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and _is_motos(node):
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return sorted(found)


def is_there(dotted: str) -> bool:
    """Whether the installed moto has ``dotted``: a module's name, or an attribute of a class or of its instances."""
    parts = dotted.split(".")
    size = max(size for size in range(1, len(parts) + 1) if _is_module(".".join(parts[:size])))
    holder: Any = import_module(".".join(parts[:size]))
    for name in parts[size:]:
        if not hasattr(holder, name):
            return inspect.isclass(holder) and name in _instance_attributes(holder)
        holder = getattr(holder, name)
    return True


class Touch(NamedTuple):
    """A line of a module of the package that touches a private name of moto's."""

    path: str
    line: int
    name: str


def touches() -> Iterator[Touch]:
    """Where the package touches private names of moto's: those in ``NAMES``, and all that the modules of moto which it
    knows have and that are not its own.
    """
    own = frozenset().union(*(_defined(tree) for tree in _trees().values()))
    named = {dotted.rpartition(".")[2] for names in NAMES.values() for dotted in names}
    private = frozenset(filter(is_private, named | (_private_names_of_moto() - own)))
    for path, tree in _trees().items():
        for line, name in touched(tree, private):
            yield Touch(path, line, name)


def touched(tree: ast.AST, private: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The lines of ``tree`` that have one of the names ``private``, or import from moto what is private or in a private
    module: as an attribute, a definition that overrides it, or a text, as for ``getattr``. Also where an object gets
    another class, if ``tree`` imports from moto: only then can it be moto's.
    """
    imports_moto = any(isinstance(node, ast.ImportFrom) and _is_motos(node) for node in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_motos(node):
            dotted = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from ((node.lineno, part) for name in dotted for part in name.split(".") if is_private(part))
        elif isinstance(node, ast.Import):
            dotted = [alias.name for alias in node.names if alias.name.startswith("moto.")]
            yield from ((node.lineno, part) for name in dotted for part in name.split(".") if is_private(part))
        elif isinstance(node, ast.Attribute) and (node.attr in private or (imports_moto and _swaps_class(node))):
            yield node.lineno, node.attr
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in private:
            yield node.lineno, node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in private:
            yield node.lineno, node.value


def _swaps_class(node: ast.Attribute) -> bool:
    return node.attr == "__class__" and isinstance(node.ctx, ast.Store)


def _is_motos(node: ast.ImportFrom) -> bool:
    return node.level == 0 and str(node.module).split(".")[0] == "moto"


@lru_cache
def _trees() -> dict[str, ast.Module]:
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def _is_module(dotted: str) -> bool:
    try:
        return find_spec(dotted) is not None
    except ModuleNotFoundError:  # its parent is no package
        return False


def _private_names_of_moto() -> set[str]:
    dotted = [*imported_names(), *(name for names in NAMES.values() for name in names)]
    sizes = [(parts, size) for parts in (name.split(".") for name in dotted) for size in range(2, len(parts))]
    private: set[str] = set()
    for module in sorted({".".join(parts[:size]) for parts, size in sizes}):
        spec = find_spec(module) if _is_module(module) else None
        if spec is not None and spec.origin is not None:
            private.update(_defined(ast.parse(Path(spec.origin).read_text("utf-8"))))
    return set(filter(is_private, private))


def _defined(tree: ast.AST) -> frozenset[str]:
    """All names that ``tree`` gives to something: functions, classes, variables and attributes."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
    return frozenset(found)


def _instance_attributes(owner: type) -> Iterator[str]:
    """What the methods of ``owner``, or of moto's classes that it derives from, set on ``self``."""
    for each in owner.__mro__:
        yield from inspect.get_annotations(each)  # a dataclass's fields
        if each.__module__.startswith("moto."):
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(each)))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
                    yield node.attr


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
