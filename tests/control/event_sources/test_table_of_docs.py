"""The table of docs/triggers.md: a test for each cell."""

from __future__ import annotations

import ast

import pytest
from support.trigger_cells import CELLS, FILES, ROOT, table_of_docs


def test_each_cell_is_known() -> None:
    assert {row: list(cells) for row, cells in table_of_docs().items()} == {
        row: list(cells) for row, cells in CELLS.items()
    }


@pytest.mark.parametrize("row", CELLS)
def test_each_cell_has_a_test(row: str) -> None:
    shown = table_of_docs()[row]
    for column, named in CELLS[row].items():
        if named == ("nothing to show",):
            assert shown[column] == "\N{EN DASH}"
            continue
        assert named
        for each in named:
            file, _, name = each.partition("::")
            tree = ast.parse((ROOT / FILES[file]).read_text(encoding="utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, each
