"""The ``Handler`` setting of Python files that are deployed without one, found by reading them."""

from __future__ import annotations

import symtable
from pathlib import Path

DEFAULT_HANDLER_NAME = "app.handler"
_FUNCTIONS = ("handler", "lambda_handler")
_PREFERRED = (DEFAULT_HANDLER_NAME, "lambda_function.lambda_handler")


def handler_name_in(path: Path) -> str:
    """``Handler`` for the package of a ``.py`` file, or of a folder with one or more of them.

    It is ``handler`` or ``lambda_handler`` of the only module that has one; of several, that of ``app`` or of
    ``lambda_function``, as AWS's console names it.

    :raises ValueError: no module at the folder's top has one, or several have.
    """
    modules = [path] if path.is_file() else sorted(path.glob("*.py"))
    found = [f"{module.stem}.{name}" for module in modules if (name := _handler_of(module))]
    preferred = [name for name in _PREFERRED if name in found] or found
    if len(found) == 1 or preferred is not found:
        return preferred[0]
    if found:
        raise ValueError(f"{str(path)!r} has {', '.join(found)}: say which, as handler_name={found[0]!r}")
    raise ValueError(
        f"{str(path)!r} has no module with a handler or lambda_handler: say handler_name='module.function', or deploy "
        "an ASGI or WSGI application as the object that it is, deploy(module.app)"
    )


def _handler_of(module: Path) -> str | None:
    """The name in ``module`` that its code gives a value; the first one for code that Python cannot read."""
    try:
        table = symtable.symtable(module.read_text(encoding="utf-8"), str(module), "exec")
    except (SyntaxError, ValueError):
        return _FUNCTIONS[0]
    symbols = {symbol.get_name(): symbol for symbol in table.get_symbols()}
    bound = (name for name in _FUNCTIONS if name in symbols and _is_bound(symbols[name]))
    return next(bound, None)


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported()
