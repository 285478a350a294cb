"""Import hooks, alone and beside those of other tools."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest.mock import patch

import pytest
import wrapt
from _pytest.assertion.rewrite import AssertionRewritingHook
from wrapt.importer import ImportHookFinder

from moto_lambda_urls.patching.late_imports import LateImports, patch_late
from moto_lambda_urls.patching.patches import Patches

NAME = "library_imported_later"


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / f"{NAME}.py").write_text("value = 1\ndef check():\n    assert value == 2, 'rewritten'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop(NAME, None)


@pytest.fixture
def told() -> Iterator[list[str]]:
    told: list[str] = []
    late = LateImports([NAME], told.append)
    late.install()
    yield told
    late.uninstall()
    assert late not in sys.meta_path


def test_module_that_is_there_already() -> None:
    importlib.import_module(NAME)
    told: list[str] = []
    late = LateImports([NAME, "never_imported"], told.append)
    late.install()
    late.uninstall()
    assert told == [NAME]


def test_patches_of_a_late_module_end_with_the_others() -> None:
    told: list[str] = []
    patches = Patches()
    patch_late([NAME], told.append, patches)
    importlib.import_module(NAME)
    patches.undo()
    del sys.modules[NAME]
    importlib.import_module(NAME)
    assert told == [NAME]


def test_module_shows_its_own_loader(told: list[str]) -> None:
    module = importlib.import_module(NAME)
    assert told == [NAME]
    assert type(module.__loader__) is type(module.__spec__.loader) is SourceFileLoader  # type: ignore[union-attr]  # has one


def test_spec_that_is_only_looked_at(told: list[str]) -> None:
    spec = importlib.util.find_spec(NAME)
    assert spec is not None
    assert "value = 1" in (spec.loader.get_source(NAME) or "")  # type: ignore[union-attr]  # a source loader
    assert told == []


def test_module_that_is_imported_again(told: list[str]) -> None:
    for _ in range(2):
        with patch.dict(sys.modules):
            importlib.import_module(NAME)
        assert NAME not in sys.modules
    assert told == [NAME, NAME]


def test_module_that_is_reloaded(told: list[str]) -> None:
    importlib.reload(importlib.import_module(NAME))
    assert told == [NAME, NAME]


@pytest.mark.parametrize("ours_first", [True, False])
def test_beside_wrapts_hooks(ours_first: bool) -> None:
    told: list[str] = []
    wrapt.register_post_import_hook(lambda _: told.append("wrapt's"), NAME)
    late = LateImports([NAME], lambda _: told.append("ours"))
    late.install()
    [theirs] = [finder for finder in sys.meta_path if isinstance(finder, ImportHookFinder)]
    sys.meta_path.remove(theirs)
    sys.meta_path.insert(1 if ours_first else 0, theirs)
    importlib.import_module(NAME)
    late.uninstall()
    assert told == (["wrapt's", "ours"] if ours_first else ["ours", "wrapt's"])


def test_beside_pytests_rewriting_of_assertions(
    told: list[str], pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = AssertionRewritingHook(pytestconfig)
    hook.mark_rewrite(NAME)
    monkeypatch.setattr(sys, "meta_path", [sys.meta_path[0], hook, *sys.meta_path[1:]])
    module = importlib.import_module(NAME)
    with pytest.raises(AssertionError, match=r"rewritten\nassert 1 == 2"):
        module.check()
    assert told == [NAME]


def test_finder_that_came_back_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    late = LateImports([NAME], told.append)
    late.install()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "meta_path", list(sys.meta_path))
        late.uninstall()
    importlib.import_module(NAME)
    sys.meta_path.remove(late)
    assert told == []


def test_two_listeners() -> None:
    told: list[int] = []
    hooks = [LateImports([NAME], lambda _, number=number: told.append(number)) for number in (1, 2)]  # type: ignore[misc]  # mypy sees no default
    for hook in hooks:
        hook.install()
    importlib.import_module(NAME)
    for hook in hooks:
        hook.uninstall()
    assert sorted(told) == [1, 2]
