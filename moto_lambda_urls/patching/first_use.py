"""Parts of this package that are loaded with their first use, once for the life of the process."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_PACKAGE = __package__.rpartition(".")[0]
_loaded: dict[str, ModuleType] = {}
_needed: dict[str, ModuleType] = {}
"""All modules of this package that were there when one was loaded.

They are kept: ``patch.dict(sys.modules)`` takes away what was imported inside it, and a second index of URLs, or class
of backends, would know nothing of the first.
"""


def load(name: str) -> ModuleType:
    """The module ``name`` of this package."""
    if name not in _loaded:
        for each, module in list(_needed.items()):
            sys.modules.setdefault(each, module)
        module = import_module(f".{name}", _PACKAGE)
        prefix = f"{_PACKAGE}."
        _needed.update({each: found for each, found in sys.modules.copy().items() if each.startswith(prefix)})
        _loaded[name] = module
    return _loaded[name]
