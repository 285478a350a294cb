"""Replacements that are undone together, beside those of other tools."""

from __future__ import annotations

import asyncio
import functools
import http.client
import inspect
import sys
from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
import wrapt

from moto_lambda_urls.patching.patches import (
    Method,
    MissingSeam,
    Patches,
    UntestedLibraryWarning,
    counted_patches,
    own_class,
    own_function,
)


class Base:
    def inherited(self) -> str:
        return "inherited"


def plain_library() -> Any:
    """A new library class, since each test replaces its methods."""

    class Library(Base):
        def method(self, word: str) -> tuple[Any, str]:
            return self, word

        @staticmethod
        def static(word: str) -> str:
            return word

        @classmethod
        def of_class(cls, word: str) -> tuple[Any, str]:
            return cls, word

    return Library


def doubled(original: Method) -> Method:
    """The last argument comes twice, ``original`` is called as a function is."""
    return lambda *args, **kwargs: original(*args[:-1], args[-1] * 2, **kwargs)


def noting(seen: list[Any]) -> Callable[..., Any]:
    """A wrapper for wrapt, which notes the instance that it was bound to."""

    def wrapper(wrapped: Callable[..., Any], instance: Any, args: Any, kwargs: Any) -> Any:
        seen.append((instance, args))
        return wrapped(*args, **kwargs)

    return wrapper


def test_each_kind_of_method() -> None:
    library, patches = plain_library(), Patches()
    before = dict(vars(library))
    for name in ("method", "static", "of_class"):
        patches.method(library, name, doubled)
    one = library()
    assert one.method("a") == (one, "aa")
    assert (library.static("a"), one.static("a")) == ("aa", "aa")
    assert (library.of_class("a"), one.of_class("a")) == ((library, "aa"), (library, "aa"))
    patches.undo()
    assert dict(vars(library)) == before


def test_function_of_a_module() -> None:
    module, patches = ModuleType("library"), Patches()
    module.shout = str.upper  # type: ignore[attr-defined]  # a module that is made here
    patches.method(module, "shout", doubled)
    assert module.shout("a") == "AA"
    patches.undo()
    assert module.shout is str.upper


@pytest.mark.parametrize("name", ["method", "static", "of_class"])
def test_on_top_of_wrapts_wrapper(name: str) -> None:
    library, patches, seen = plain_library(), Patches(), list[Any]()
    wrapt.wrap_function_wrapper(library, name, noting(seen))
    wrapper = vars(library)[name]
    patches.method(library, name, doubled)
    one = library()
    answer = getattr(one, name)("a")
    patches.undo()
    instance = {"method": one, "static": None, "of_class": library}[name]
    assert answer == {"method": (one, "aa"), "static": "aa", "of_class": (library, "aa")}[name]
    assert seen == [(instance, ("aa",))]
    assert vars(library)[name] is wrapper


@pytest.mark.parametrize("name", ["method", "static", "of_class"])
def test_below_wrapts_wrapper(name: str) -> None:
    library, patches, seen = plain_library(), Patches(), list[Any]()
    patches.method(library, name, doubled)
    wrapt.wrap_function_wrapper(library, name, noting(seen))
    wrapper = vars(library)[name]
    one = library()
    answers = [getattr(one, name)("a")]
    patches.undo()
    answers.append(getattr(one, name)("a"))
    instance = {"method": one, "static": None, "of_class": library}[name]
    once, twice = ({"method": (one, word), "static": word, "of_class": (library, word)}[name] for word in ("a", "aa"))
    assert answers == [twice, once]
    assert seen == [(instance, ("a",))] * 2
    assert vars(library)[name] is wrapper


def test_on_top_of_a_mock() -> None:
    library, patches = plain_library(), Patches()
    with mock.patch.object(library, "method") as stand_in:
        patches.method(library, "method", doubled)
        library().method("a")
        patches.undo()
        assert vars(library)["method"] is stand_in
    stand_in.assert_called_once_with("aa")


class Held:
    """A library class whose functions others keep; each test puts them back."""

    def method(self, word: str, *, times: int = 1) -> str:
        return word * times

    async def wait(self, word: str) -> str:
        return word


METHOD, WAIT = Held.method, Held.wait


def test_function_that_somebody_has_kept() -> None:
    patches = Patches()
    before = METHOD.__code__, METHOD.__kwdefaults__
    patches.held_method(Held, "method", doubled)
    assert (METHOD(Held(), "a"), Held().method("a", times=2)) == ("aa", "aaaa")
    assert vars(Held)["method"] is METHOD
    patches.undo()
    assert (METHOD(Held(), "a"), METHOD.__code__, METHOD.__kwdefaults__) == ("a", *before)


def test_coroutine_function_that_somebody_has_kept() -> None:
    patches = Patches()
    patches.held_method(Held, "wait", doubled)
    assert inspect.iscoroutinefunction(WAIT)
    assert asyncio.run(WAIT(Held(), "a")) == "aa"
    patches.undo()
    assert asyncio.run(WAIT(Held(), "a")) == "a"


def test_kept_function_undone_in_any_order() -> None:
    first, second = Patches(), Patches()
    first.held_method(Held, "method", doubled)
    second.held_method(Held, "method", doubled)
    assert METHOD(Held(), "a") == "aaaa"
    first.undo()
    assert METHOD(Held(), "a") == "aa"
    second.undo()
    assert METHOD(Held(), "a") == "a"


def wraps_names(function: Any) -> Any:
    return functools.wraps(function)(lambda *args: function(*args))


def keeps_nothing(function: Any) -> Any:
    kept = iter([function])
    return lambda *args: next(kept)(*args)


def wrapped_by_wrapt(function: Any) -> Any:
    return wrapt.FunctionWrapper(function, noting([]))


@pytest.mark.parametrize("wrapper", [wraps_names, keeps_nothing, wrapped_by_wrapt, lambda _: mock.Mock()])
def test_kept_function_behind_another_tools_replacement(wrapper: Any) -> None:
    patches = Patches()
    with mock.patch.object(Held, "method", wrapper(METHOD)) as theirs:
        assert own_function(Held, "method") is METHOD
        patches.held_method(Held, "method", doubled)
        assert vars(Held)["method"] is not theirs
        assert METHOD(Held(), "a") == "aa"
        patches.undo()
        assert vars(Held)["method"] is theirs
    assert Held().method("a") == "a"


def test_no_own_function() -> None:
    with pytest.raises(MissingSeam, match=r"Held has no gone of its own"):
        own_function(Held, "gone")
    with mock.patch.object(Held, "gone", create=True), pytest.raises(MissingSeam, match=r"Held has no gone of its own"):
        own_function(Held, "gone")


def test_undone_below_another_tools_patch_it_steps_aside() -> None:
    library, patches = plain_library(), Patches()
    patches.method(library, "method", doubled)
    one = library()
    with mock.patch.object(library, "method", return_value="theirs"):
        patches.undo()
        patches.undo()
        assert one.method("a") == "theirs"
    assert one.method("a") == (one, "a")


def test_an_undo_that_fails_keeps_nothing_else_from_being_put_back() -> None:
    library, patches = plain_library(), Patches()
    before = dict(vars(library))
    patches.method(library, "method", doubled)
    patches.callback(lambda: 1 / 0)
    patches.value(library, "static", "replaced")
    patches.undo()
    assert dict(vars(library)) == before


def test_value_of_an_object() -> None:
    class Sub(Base):
        pass

    one, patches = Base(), Patches()
    patches.value(one, "__class__", Sub)
    assert type(one) is Sub
    patches.undo()
    assert type(one) is Base


def test_added_attribute() -> None:
    class Own:
        pass

    patches = Patches()
    for name in ("first", "second"):
        patches.added(Own, name, str.upper)
    assert Own.first is Own.second is str.upper  # type: ignore[attr-defined]  # added above
    Own.second = str.lower  # type: ignore[attr-defined]  # another tool's, on top
    patches.undo()
    assert not hasattr(Own, "first")
    assert Own.second is str.lower  # type: ignore[attr-defined]


def test_module_that_is_no_longer_there(monkeypatch: pytest.MonkeyPatch) -> None:
    module, patches = ModuleType("library_that_goes"), Patches()
    module.shout = str.upper  # type: ignore[attr-defined]  # a module that is made here
    monkeypatch.setitem(sys.modules, "library_that_goes", module)
    patches.method(sys.modules["library_that_goes"], "shout", doubled)
    del sys.modules["library_that_goes"]
    patches.undo()
    assert module.shout is str.upper


def test_missing_seam() -> None:
    library, patches = plain_library(), Patches()
    with pytest.raises(MissingSeam, match=r"Library has no inherited of its own"):
        patches.method(library, "inherited", doubled)


def test_library_without_a_seam_is_left_alone_with_one_warning() -> None:
    library, patches = plain_library(), Patches()
    before = dict(vars(library))
    patches.method(library, "static", doubled)

    def replace_twice() -> None:
        for _ in range(2):
            with patches.library("wrapt", "1.0 to 1.1") as of_library:
                of_library.method(library, "method", doubled)
                of_library.method(library, "gone", doubled)

    with pytest.warns(UntestedLibraryWarning) as warned:
        replace_twice()
    assert [str(each.message).partition(":")[0] for each in warned] == [f"wrapt {version('wrapt')} is left alone"]
    assert str(warned[0].message).partition(": ")[2] == (
        f"{__name__}.plain_library.<locals>.Library has no gone of its own. "
        "Tested are 1.0 to 1.1; function URLs and wrapt do not meet in this process."
    )
    assert library.static("a") == "aa"
    patches.undo()
    assert dict(vars(library)) == before


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("from wrapt.decorators import no_such_name", "cannot import name 'no_such_name' from 'wrapt.decorators'"),
        ("import wrapt.no_such_module", "No module named 'wrapt.no_such_module'"),
        ("import wrapt; wrapt.no_such_name", "module 'wrapt' has no attribute 'no_such_name'"),
    ],
)
def test_a_name_that_is_missing_while_a_module_is_imported(statement: str, missing: str) -> None:
    library, patches = plain_library(), Patches()
    before = dict(vars(library))

    def replace() -> None:
        with patches.library("wrapt", "1.2") as of_library:
            of_library.method(library, "method", doubled)
            exec(statement, {})

    with pytest.warns(UntestedLibraryWarning, match=f"left alone: {missing}.* Tested are 1.2;") as warned:
        replace()
    assert len(warned) == 1
    assert dict(vars(library)) == before


@pytest.mark.parametrize(
    ("statement", "error"),
    [("import moto_lambda_urls.no_such_module", ModuleNotFoundError), ("1 / 0", ZeroDivisionError)],
)
def test_failures_that_are_not_of_the_library(statement: str, error: type[Exception]) -> None:
    library, patches = plain_library(), Patches()
    before = dict(vars(library))
    with pytest.raises(error), patches.library("wrapt", "1.0 to 1.1") as of_library:
        of_library.method(library, "method", doubled)
        exec(statement, {})
    patches.undo()
    assert dict(vars(library)) == before


def test_a_library_that_is_patched_while_another_is() -> None:
    outer, inner, patches = plain_library(), plain_library(), Patches()

    def replace() -> None:
        with patches.library("wrapt", "1.3") as of_outer:
            of_outer.method(outer, "static", doubled)
            with patches.library("pytest", "9") as of_inner:
                of_inner.method(inner, "static", doubled)
            of_outer.method(outer, "gone", doubled)

    with pytest.warns(UntestedLibraryWarning):
        replace()
    assert (outer.static("a"), inner.static("a")) == ("a", "aa")
    patches.undo()
    assert inner.static("a") == "a"


def test_unknown_version() -> None:
    patches = Patches()
    unknown = pytest.warns(UntestedLibraryWarning, match="no_such_library of an unknown version is left alone")
    with unknown, patches.library("no_such_library", "1.0"):
        own_class("no_such_library", "Client")


def test_own_class_behind_a_stand_in() -> None:
    real = http.client.HTTPConnection
    assert own_class("http.client", "HTTPConnection") is real
    with mock.patch("http.client.HTTPConnection"):
        assert own_class("http.client", "HTTPConnection") is real
    with mock.patch("http.client.HTTPConnection", type("Stub", (real,), {})):
        assert own_class("http.client", "HTTPConnection") is real


def test_patches_that_fail_half_way_are_taken_back() -> None:
    class Owner:
        first = 1

    def patch(patches: Patches) -> None:
        patches.value(Owner, "first", 2)
        patches.value(Owner, "second", 2)

    counted = counted_patches(patch)
    with pytest.raises(AttributeError, match="second"):
        counted.install()
    assert (Owner.first, counted.users) == (1, 0)
