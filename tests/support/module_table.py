"""docs/architecture.md: every module with the first line of its docstring. Run this file to write the table anew."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "moto_lambda_urls"
PATH = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- modules: begin -->\n", "<!-- modules: end -->\n"


def written(page: str) -> str:
    """``page`` with the tables of modules between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def table() -> str:
    """A table for each room, whose packages stand before their modules."""
    modules = sorted(PACKAGE.rglob("*.py"), key=lambda path: (path.parent.parts, path.name))
    rooms = groupby(modules, key=lambda path: path.relative_to(PACKAGE).parts[0])
    return "\n".join("\n".join(_room(list(paths))) for room, paths in rooms if not room.endswith(".py"))


def _room(paths: list[Path]) -> Iterator[str]:
    yield f"### {paths[0].parent.relative_to(PACKAGE)}/\n"
    yield "| module | what it is |\n|---|---|"
    for path in paths:
        name = path.relative_to(PACKAGE).as_posix().replace("__init__.py", "")
        yield f"| `{name}` | {first_line(path)} |"
    yield ""


def first_line(path: Path) -> str:
    """The first line of the docstring of the module at ``path``, as a cell of a table."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].replace("|", "\\|").replace("``", "`")


if __name__ == "__main__":
    PATH.write_text(written(PATH.read_text(encoding="utf-8")), encoding="utf-8")
