"""docs/architecture.md names what there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.documentation import ROOT
from support.module_table import written

import moto_lambda_urls

PACKAGE = Path(moto_lambda_urls.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
OF_ANOTHER_KIND = {"__init__.py", "__main__.py", "py.typed", "__pycache__"}


def imports(path: Path) -> Iterator[str]:
    """The rooms that the module ``path`` imports from, wherever in it the import stands."""
    folder = path.parent.relative_to(PACKAGE).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folder[: len(folder) - node.level + 1]
            names = [(*base, *(node.module or "").split("."))] if node.module else [(*base, a.name) for a in node.names]
            yield from (name[0] for name in names)


def test_at_most_sixteen_entries() -> None:
    assert len({path.name for path in PACKAGE.iterdir()} - {"__pycache__"}) <= 16


def test_rooms() -> None:
    rows = re.findall(r"^\| `([\w.]+)/?` \| [^|]+ \| ([^|]+) \|$", PAGE, re.MULTILINE)
    assert {name for name, _ in rows} == {path.name for path in PACKAGE.iterdir()} - OF_ANOTHER_KIND
    allowed = {name: set(re.findall(r"`(\w+)`", may)) for name, may in rows}
    for name, may in allowed.items():
        files = [PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).rglob("*.py")
        used = {room for file in files for room in imports(file)} - {name, "__version__"}
        assert used <= may, name


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:[a-z_]+/)+(?:\w+\.py)?)`", PAGE))))
def test_path(name: str) -> None:
    assert (PACKAGE / name).exists() or (ROOT / name).exists()


def test_every_module_is_listed_with_its_own_first_line() -> None:
    assert written(PAGE) == PAGE, "run python tests/support/module_table.py"
