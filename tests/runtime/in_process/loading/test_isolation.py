"""Functions, and the test itself, never see each other's modules; what looks modules up by name finds them."""

from __future__ import annotations

import base64
import builtins
import contextvars
import copy
import importlib
import importlib.util
import logging
import os
import py_compile
import random
import sys
import tempfile
import threading
import types
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from support.builders import make_zip
from support.loading import call, deploy, make_cache

from moto_lambda_urls.runtime.in_process.loading.loader import CodeCache

pytestmark = pytest.mark.in_process

not_under_coverage = pytest.mark.skipif(
    "coverage" in sys.modules and sys.modules["coverage"].Coverage.current() is not None,
    reason="coverage.py takes modules away that other threads import while sys.path changes",
)


@pytest.fixture
def cache() -> Iterator[CodeCache]:
    yield from make_cache()


def result_of(cache: CodeCache, source: str, **modules: str) -> object:
    """What a function returns that consists of ``source`` and of the top-level ``modules``."""
    return call(cache, deploy({"app.py": source, **{f"{name}.py": text for name, text in modules.items()}}))


@not_under_coverage
def test_clashing_names_in_sixteen_threads(cache: CodeCache) -> None:
    source = (
        "import helper, lib.deep\nfrom lib import shared\nstate = []\n"
        "def handler(event, context):\n"
        "    import late\n"
        "    import lib.late as lib_late\n"
        "    from lib.lazy import who as lazy\n"
        "    import importlib\n"
        "    dynamic = importlib.import_module(event)\n"
        "    state.append(1)\n"
        "    return {helper.who, lib.deep.who, shared.who, late.who, lib_late.who, lazy, dynamic.who}\n"
    )
    names = ("helper", "late", "lib/__init__", "lib/deep", "lib/shared", "lib/late", "lib/lazy", "one", "two")

    def files(who: str) -> dict[str, str | bytes]:
        return {"app.py": source, **{f"{name}.py": f"who = {who!r}" for name in names}}

    targets = [deploy(files(f"function {number}"), name=f"f{number}") for number in range(4)]
    jobs = [(number, event) for number in range(4) for event in ("one", "two", "lib.late", "lib")] * 8
    random.Random(4).shuffle(jobs)
    gate = threading.Barrier(16)

    def work(index: int) -> None:
        gate.wait()
        for number, event in jobs[index::16]:
            assert call(cache, targets[number], event) == {f"function {number}"}

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert [len(cache.load(target).handler.__globals__["state"]) for target in targets] == [32] * 4


@not_under_coverage
def test_threads_while_code_changes(cache: CodeCache) -> None:
    source = "import helper\ndef handler(event, context):\n    import late\n    return helper.who, late.who"

    def files(number: int, revision: int) -> dict[str, str | bytes]:
        who = f"who = ({number}, {revision})"
        return {"app.py": source, "helper.py": who, "late.py": who}

    targets = [deploy(files(number, 0), name=f"f{number}") for number in range(4)]
    gate, done = threading.Barrier(17), threading.Event()

    def work(index: int) -> int:
        gate.wait()
        calls = 0
        while not done.is_set() or calls < 5:
            number = (index + calls) % 4
            first, second = call(cache, targets[number])
            assert first == second
            assert first[0] == number
            calls += 1
        return calls

    with ThreadPoolExecutor(16) as pool:
        working = [pool.submit(work, index) for index in range(16)]
        gate.wait()
        for revision in range(1, 6):
            for number, target in enumerate(targets):
                target.update_function_code({"ZipFile": base64.b64encode(make_zip(files(number, revision))).decode()})
        done.set()
        assert all(each.result() >= 5 for each in working)
    assert [call(cache, target) for target in targets] == [((number, 5), (number, 5)) for number in range(4)]


def test_the_tests_own_module_of_that_name(cache: CodeCache, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = types.ModuleType("helper")
    own.who = "test"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "helper", own)
    (tmp_path / "app.py").write_text("who = 'test'")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = "import helper\ndef handler(event, context): return helper.who"
    assert result_of(cache, source, helper="who = 'function'") == "function"
    assert sys.modules["helper"] is own
    import app  # type: ignore[import-not-found]
    import helper  # type: ignore[import-not-found]

    assert (app.who, helper.who) == ("test", "test")
    assert importlib.import_module("helper") is own
    del sys.modules["app"]


def test_imports_that_python_allows(cache: CodeCache) -> None:
    source = """
import pkg.sub.leaf
import pkg.sub.leaf as leaf
from pkg.sub import leaf as leaf2, other
from pkg import *
from pkg.sub.leaf import value
import pkg, helper

def handler(event, context):
    return [
        pkg.__name__.rpartition(".")[2], leaf is pkg.sub.leaf, leaf2 is leaf, other.value, starred, value, pkg.relative,
        pkg.sub.leaf.up, helper.app_is_me,
    ]
"""
    files = {
        "pkg/__init__.py": "__all__ = ['starred']\nfrom . import near\nrelative = near.value\nstarred = 's'",
        "pkg/near.py": "value = 'near'",
        "pkg/sub/__init__.py": "",
        "pkg/sub/leaf.py": "from ..near import value as up\nfrom . import other\nvalue = 'leaf'",
        "pkg/sub/other.py": "import pkg\nvalue = pkg.sub.__name__.rpartition('.')[2]",
        "helper.py": "import app\napp_is_me = not hasattr(app, 'handler')",
    }
    result = call(cache, deploy({"app.py": source, **files}))
    assert result == ["pkg", True, True, "sub", "s", "leaf", "near", "near", True]


def test_helper_imports_the_handler_module_once(cache: CodeCache) -> None:
    source = """
runs = []
runs.append(1)
def handler(event, context):
    import helper
    return helper.app.runs, helper.app.handler is handler
"""
    assert result_of(cache, source, helper="import app") == ([1], True)


def test_circular_imports(cache: CodeCache) -> None:
    source = "import a\ndef handler(event, context): return a.b.a is a, a.b.late()"
    assert result_of(
        cache, source, a="import b\nx = 1", b="import a\ndef late():\n    from a import x\n    return x"
    ) == (
        True,
        1,
    )


def test_package_and_spec_of_modules(cache: CodeCache) -> None:
    source = "import pkg.mod\nhandler = lambda *_: [__package__, __spec__.parent, pkg.mod.__package__.split('.')[1:]]"
    assert call(cache, deploy({"app.py": source, "pkg/__init__.py": "", "pkg/mod.py": ""})) == ["", "", ["pkg"]]


def test_relative_import_by_name_needs_a_package(cache: CodeCache) -> None:
    source = "import importlib\nhandler = lambda *_: importlib.import_module('.helper', __package__)"
    with pytest.raises(TypeError, match="the 'package' argument is required to perform a relative import"):
        result_of(cache, source, helper="")


def test_main_guard(cache: CodeCache) -> None:
    source = "ran = False\nif __name__ == '__main__': ran = True\ndef handler(event, context): return ran"
    assert result_of(cache, source) is False


def test_relative_import_with_fallback(cache: CodeCache) -> None:
    source = "try:\n    from .helper import x\nexcept ImportError:\n    from helper import x\nhandler = lambda *_: x"
    assert result_of(cache, source, helper="x = 'absolute'") == "absolute"


PKG = "importlib.import_module('pkg')"
DYNAMIC = {
    "import_module": "importlib.import_module('pkg.mod').x",
    "import_module relative": "importlib.import_module('.mod', 'pkg').x",
    "import_module by package": f"importlib.import_module('.mod', package={PKG}.__name__).x",
    "import_module of own name": f"importlib.import_module({PKG}.__name__ + '.mod').x",
    "__import__": "__import__('pkg.mod').mod.x",
    "__import__ fromlist": "__import__('pkg.mod', fromlist=['x']).x",
    "__import__ bare globals": "__import__('pkg.mod', {}, {}, ['x']).x",
    "importlib.__import__": "importlib.__import__('pkg.mod').mod.x",
    "mock.patch": "mock.patch('pkg.mod.x', 'other').__enter__() and pkg_mod()",
    "exec": "(lambda space: (exec('import pkg.mod', space), space['pkg'].mod.x)[1])({})",
    "find_spec": "(lambda spec: spec.loader.get_source(spec.name))(importlib.util.find_spec('pkg.mod'))",
    "find_spec missing": "importlib.util.find_spec('pkg_missing') or 'here'",
    "iter_modules": "{'mod': 'here'}[next(pkgutil.iter_modules([os.path.dirname(__file__) + '/pkg'])).name]",
    "walk_packages": f"[m.name for m in pkgutil.walk_packages({PKG}.__path__, {PKG}.__name__ + '.')][0][-3:] + ' here'",
    "resolve_name": "pkgutil.resolve_name('pkg.mod:x')",
    "import_string of a library": "import_string('pkg.mod.x')",
    "reload": "importlib.reload(importlib.import_module('pkg.mod')).x",
    "resources": "importlib.resources.files('pkg').joinpath('data.txt').read_text()",
    "resources of own name": f"importlib.resources.files({PKG}).joinpath('data.txt').read_text()",
    "get_data": "pkgutil.get_data('pkg', 'data.txt').decode()",
    "get_data of own name": f"pkgutil.get_data({PKG}.__name__, 'data.txt').decode()",
    "__file__": "open(os.path.join(os.path.dirname(__file__), 'pkg', 'data.txt'), encoding='ascii').read()",
    "getsource": "inspect.getsource(importlib.import_module('pkg.mod'))",
    "dictConfig": "configured()",
}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("case", DYNAMIC)
def test_names_looked_up_at_run_time(cache: CodeCache, case: str) -> None:
    pytest.importorskip("werkzeug")
    source = f"""
import importlib, importlib.resources, importlib.util, inspect, logging.config, os, pkgutil
from unittest import mock
from werkzeug.utils import import_string

def pkg_mod():
    import pkg.mod
    return pkg.mod.x

def configured():
    logging.config.dictConfig({{
        "version": 1, "incremental": False, "disable_existing_loggers": False,
        "handlers": {{"h": {{"class": "pkg.mod.Quiet"}}}}, "loggers": {{"loading-test": {{"handlers": ["h"]}}}},
    }})
    return logging.getLogger("loading-test").handlers[0].here

def handler(event, context):
    return {DYNAMIC[case]}
"""
    files = {
        "pkg/__init__.py": "",
        "pkg/mod.py": "x = 'here'\n",
        "pkg/data.txt": "here",
    }
    if case == "dictConfig":
        files["pkg/mod.py"] = "import logging\nclass Quiet(logging.NullHandler):\n    here = 'here'\n"
    answer = call(cache, deploy({"app.py": source, **files}))
    logging.getLogger("loading-test").handlers.clear()
    wanted = {
        "find_spec": "x = 'here'\n",
        "getsource": "x = 'here'\n",
        "walk_packages": "mod here",
        "mock.patch": "other",
    }
    assert answer == wanted.get(case, "here")


def test_dataclasses_models_and_hints_under_future_annotations(cache: CodeCache) -> None:
    pytest.importorskip("pydantic")
    source = """
from __future__ import annotations
import dataclasses, enum, typing
from typing import ClassVar, Optional
from pydantic import BaseModel
from models import Base

@dataclasses.dataclass
class Point:
    kind: ClassVar[str] = "point"
    x: Optional[Local] = None

@dataclasses.dataclass
class Initialised:
    y: int
    only: dataclasses.InitVar[int] = 0

class Local(enum.Enum):
    A = 1

class Order(Base):
    items: list[Item]
    at: Optional[Local] = None

class Item(BaseModel):
    name: str

class Pair(typing.NamedTuple):
    left: Item

class Typed(typing.TypedDict):
    item: Item

Order.model_rebuild()

def handler(event, context):
    order = Order.model_validate({"items": [{"name": "n"}], "at": 1, "parent": {"items": []}})
    return [
        [field.name for each in (Point, Initialised) for field in dataclasses.fields(each)],
        typing.get_type_hints(Point)["x"] == Optional[Local],
        typing.get_type_hints(Pair)["left"] is Item,
        typing.get_type_hints(Typed)["item"] is Item,
        type(order.items[0]) is Item, order.at is Local.A,
    ]
"""
    models = """
from __future__ import annotations
from typing import Optional
from pydantic import BaseModel
class Base(BaseModel):
    tag: Tag = None
Tag = Optional[str]
Base.model_rebuild()
"""
    assert result_of(cache, source, models=models) == [["x", "y"], True, True, True, True, True]


def test_pickle_copy_and_forked_names(cache: CodeCache) -> None:
    source = """
import copy, pickle
from models import Deep

class Own:
    def __init__(self, x): self.x = x
    def __eq__(self, other): return type(self) is type(other) and self.x == other.x
    __hash__ = None

def handler(event, context):
    value = Own([Deep.Inner(1)])
    results = [pickle.loads(pickle.dumps(value, protocol)) == value for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
               if protocol > 1]
    results.append(pickle._loads(pickle._dumps(value)) == value)
    results.append(copy.deepcopy(value) == value)
    results.append(pickle.loads(pickle.dumps(handler)) is handler)
    return results
"""
    models = "import typing\nclass Deep:\n    class Inner(typing.NamedTuple):\n        x: int\n"
    assert result_of(cache, source, models=models) == [True] * 7


def test_inspect_and_warnings(cache: CodeCache) -> None:
    source = """
import inspect, sys
class Thing:
    pass
def handler(event, context):
    return [inspect.getsource(handler).splitlines()[0], inspect.getsource(Thing), inspect.getmodule(handler) is
            sys.modules[__name__], inspect.getfile(Thing) == __file__, sys.modules[Thing.__module__].handler is handler]
"""
    assert result_of(cache, source) == ["def handler(event, context):", "class Thing:\n    pass\n", True, True, True]


def test_loggers_have_the_names_of_aws(cache: CodeCache, caplog: pytest.LogCaptureFixture) -> None:
    source = """
import logging, pkg.mod
logging.getLogger("pkg").setLevel(logging.DEBUG)
def handler(event, context):
    logging.getLogger(__name__).warning("one")
    pkg.mod.logger.debug("two")
    return logging.getLogger(__name__) is logging.getLogger("app")
"""
    target = deploy({"app.py": source, "pkg/mod.py": "import logging\nlogger = logging.getLogger(__name__)"})
    assert call(cache, target) is True
    assert caplog.record_tuples == [("app", logging.WARNING, "one"), ("pkg.mod", logging.DEBUG, "two")]
    logging.getLogger("pkg").setLevel(logging.NOTSET)


def test_namespace_packages(cache: CodeCache) -> None:
    source = "import ns.a.b\nfrom ns import c\nhandler = lambda *_: [ns.a.b.x, c.x, list(ns.__path__) != []]"
    target = deploy({"app.py": source, "ns/a/b.py": "x = 1", "ns/c.py": "x = 2", "yaml/readme.txt": "data only"})
    assert call(cache, target) == [1, 2, True]
    assert call(cache, deploy({"app.py": source, "ns/a/b.py": "x = 3", "ns/c.py": "x = 4"}, name="g")) == [3, 4, True]


def test_a_folder_of_data_does_not_hide_an_installed_package(cache: CodeCache) -> None:
    source = "import yaml\nhandler = lambda *_: yaml.safe_load('a: 1')"
    assert call(cache, deploy({"app.py": source, "yaml/schema.yml": "a: 1"})) == {"a": 1}


def test_own_files_go_before_the_standard_library(cache: CodeCache) -> None:
    source = (
        "import calendar, json, types, colorsys\nhandler = lambda *_: [calendar.own, json.dumps({}), types.ModuleType]"
    )
    answer = result_of(cache, source, calendar="own = 1", json="", types="")
    assert answer == [1, "{}", types.ModuleType]
    import calendar

    assert calendar.monthrange(2026, 11)[1] == 30


def test_environment_packages_stay_patchable(cache: CodeCache) -> None:
    source = "import boto3, requests\ndef handler(event, context): return [boto3.client('x'), requests.get('y')]"
    target = deploy({"app.py": source, "boto3/__init__.py": "", "requests/__init__.py": ""})
    with mock.patch("boto3.client", return_value=1), mock.patch("requests.get", return_value=2):
        assert call(cache, target) == [1, 2]


PATHS = {
    "inserted relative": ("sys.path.insert(0, 'lib')", "lib"),
    "beside a Path, which Python ignores": ("import pathlib; sys.path += ['lib', pathlib.Path('lib')]", "lib"),
    "appended relative": ("sys.path.append('./lib')", "lib"),
    "by __file__": ("sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))", "lib"),
    "by the first entry": ("sys.path.insert(1, os.path.join(sys.path[0], 'lib'))", "lib"),
    "AWS's own path": ("sys.path.append('/var/task/lib')", "lib"),
    "extended": ("sys.path.extend(['lib'])", "lib"),
    "added in place": ("sys.path += ['lib']", "lib"),
    "sliced": ("sys.path[0:0] = ['lib']", "lib"),
    "assigned": ("sys.path = ['lib'] + sys.path", "lib"),
    "assigned with a star": ("sys.path = ['lib', *sys.path]", "lib"),
    "site": ("import site; site.addsitedir(os.path.join(sys.path[0], 'lib'))", "lib"),
}


@pytest.mark.parametrize("case", PATHS)
def test_changes_of_sys_path_are_the_functions_own(cache: CodeCache, case: str) -> None:
    statement, folder = PATHS[case]
    before = list(sys.path)
    handler = "def handler(event, context):\n    import late\n    return vendored.x, late.x"
    source = f"import os, sys\n{statement}\nimport vendored\n{handler}"
    target = deploy({"app.py": source, f"{folder}/vendored.py": "x = 1", f"{folder}/late.py": "x = 2"})
    assert call(cache, target) == (1, 2)
    assert list(sys.path) == before
    missing = deploy("import sys\nhandler = lambda *_: 'lib' in sys.path", name="g")
    assert call(cache, missing) is False
    assert importlib.util.find_spec("vendored") is None
    cache.close()
    assert type(sys.path) is list
    assert sys.path == before


def test_sys_path_as_the_function_sees_it(cache: CodeCache) -> None:
    source = """
import sys
def handler(event, context):
    return [sys.path[0], sys.path[:3], len(sys.path), list(sys.path), [*sys.path], sys.path + [], [] + sys.path,
            sys.path.copy(), isinstance(sys.path, list), bool(sys.path), sys.path[0] in sys.path, repr(sys.path),
            sys.path.index(sys.path[1]), list(reversed(sys.path))[::-1], sys.path == list(sys.path)]
"""
    target = deploy(source)
    loaded = cache.load(target)
    with loaded.run():
        first, start, length, *lists = loaded.handler(None, None)
    expected = [*start, *sys.path]
    assert first == str(loaded.task_root)
    shown = [loaded.display_path(entry) for entry in start]
    assert shown == ["/var/task", "/opt/python/lib/python3.12/site-packages", "/opt/python"]
    assert length == len(expected)
    assert lists == [
        *([expected] * 5),
        True,
        True,
        True,
        repr(expected),
        1,
        expected,
        True,
    ]


def test_libraries_of_the_environment_do_not_import_from_a_function(
    cache: CodeCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some_library.py").write_text("import library_part\nwho = library_part.who")
    (tmp_path / "library_part.py").write_text("who = 'environment'")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = "import some_library, library_part\nhandler = lambda *_: [some_library.who, library_part.who]"
    assert result_of(cache, source, library_part="who = 'function'") == ["environment", "function"]
    assert sys.modules["library_part"].__file__ == str(tmp_path / "library_part.py")
    for name in ("some_library", "library_part"):
        del sys.modules[name]


def test_metadata_of_bundled_distributions(cache: CodeCache) -> None:
    source = "import importlib.metadata as m\nhandler = lambda *_: m.version('bundled-thing')"
    metadata = "Metadata-Version: 2.1\nName: bundled-thing\nVersion: 1.2.3\n"
    target = deploy({"app.py": source, "bundled_thing-1.2.3.dist-info/METADATA": metadata, "bundled_thing.py": ""})
    assert call(cache, target) == "1.2.3"
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("bundled-thing")


def test_modules_in_a_zip_on_sys_path(cache: CodeCache) -> None:
    source = "import sys\nsys.path.insert(0, 'deps.zip')\nimport zipped\nhandler = lambda *_: zipped.x"
    assert call(cache, deploy({"app.py": source, "deps.zip": make_zip({"zipped.py": "x = 1"})})) == 1


def test_compiled_modules_without_source(cache: CodeCache, tmp_path: Path) -> None:
    (tmp_path / "only.py").write_text("x = 1")
    compiled = tmp_path / "only.pyc"
    py_compile.compile(str(tmp_path / "only.py"), cfile=str(compiled), doraise=True)
    source = "import only\nhandler = lambda *_: only.x"
    assert call(cache, deploy({"app.py": source, "only.pyc": compiled.read_bytes()})) == 1


def test_old_namespace_packages(cache: CodeCache) -> None:
    package = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)"
    source = "import space.a, space.b\nhandler = lambda *_: [space.a.x, space.b.x]"
    layer = make_zip({"python/space/__init__.py": package, "python/space/b.py": "x = 2"})
    target = deploy({"app.py": source, "space/__init__.py": package, "space/a.py": "x = 1"}, layers=[layer])
    assert call(cache, target) == [1, 2]


def test_a_module_written_at_run_time(cache: CodeCache, tmp_path: Path) -> None:
    source = f"""
import importlib, pathlib, sys
sys.path.append({str(tmp_path)!r})
def handler(event, context):
    try:
        import generated
    except ImportError:
        pathlib.Path({str(tmp_path)!r}, "generated.py").write_text("x = 1")
        importlib.invalidate_caches()
        import generated
    return generated.x
"""
    assert call(cache, deploy(source)) == 1
    assert "generated" not in sys.modules


def test_threads_that_copy_the_context(cache: CodeCache) -> None:
    source = """
import contextvars, importlib, threading
from concurrent.futures import ThreadPoolExecutor
def work():
    import helper
    return helper.x + importlib.import_module("helper2").x
def handler(event, context):
    with ThreadPoolExecutor(2) as pool:
        return [pool.submit(work).result(), pool.submit(contextvars.copy_context().run, work).result()]
"""
    assert result_of(cache, source, helper="x = 1", helper2="x = 2") == [3, 3]


def test_a_handler_that_calls_another_function(cache: CodeCache) -> None:
    inner = deploy({"app.py": "import sys, helper\nhandler = lambda *_: [helper.x, sys.path[0]]", "helper.py": "x = 1"})
    source = """
def handler(event, context):
    before = event()
    import helper, sys
    return [before, helper.x, sys.path[0]]
"""
    outer = deploy({"app.py": source, "helper.py": "x = 2"}, name="outer")
    [answer, own, path] = call(cache, outer, lambda: call(cache, inner))
    assert answer == [1, str(cache.load(inner).task_root)]
    assert [own, path] == [2, str(cache.load(outer).task_root)]


def test_no_lock_while_a_handler_imports_lazily(cache: CodeCache) -> None:
    entered, go = threading.Event(), threading.Event()
    slow = deploy("def handler(event, context):\n    event()\n    return 1", name="slow")
    quick = deploy(
        {"app.py": "def handler(event, context):\n    import x\n    return x.y", "x.py": "y = 2"}, name="quick"
    )

    def block() -> None:
        entered.set()
        assert go.wait(5)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call, cache, slow, block)
        assert entered.wait(5)
        assert call(cache, quick) == 2
        go.set()
        assert waiting.result() == 1


def test_paths_and_names_as_aws_shows_them(cache: CodeCache) -> None:
    source = "class Broken(Exception): pass\ndef handler(event, context):\n    from helper import nope"
    loaded = cache.load(deploy({"app.py": source, "helper.py": ""}))
    with loaded.run(), pytest.raises(ImportError) as caught:
        loaded.handler(None, None)
    shown = loaded.display_text(str(caught.value))
    assert shown == "cannot import name 'nope' from 'helper' (/var/task/helper.py)"
    assert loaded.display_text(repr(loaded.handler.__globals__["Broken"])) == "<class 'app.Broken'>"


def state() -> dict[str, Any]:
    folders = Path(tempfile.gettempdir()).glob("moto-lambda-urls-*/*/task")
    return {
        "modules": set(sys.modules),
        "path": (id(sys.path), list(sys.path)),
        "meta_path": list(sys.meta_path),
        "importers": {key for key in sys.path_importer_cache if "moto-lambda" in key},
        "folders": set(folders),
        "files": len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0,
        "functions": (
            builtins.__import__,
            importlib.import_module,
            importlib.util.find_spec,
            logging.Manager.getLogger,
        ),
        "importer": logging.config.BaseConfigurator.__dict__["importer"],
        "loggers": set(logging.root.manager.loggerDict),
        "threads": threading.active_count(),
    }


@pytest.fixture
def own_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("own_temporary_folder")
def test_nothing_is_left_after_two_hundred_rounds() -> None:
    source = (
        "import sys, inspect, logging, linecache, lib.deep\nlogging.getLogger(__name__)\nsys.path.append('lib')\n"
        "def handler(event, context):\n    import late\n    inspect.getsource(handler)\n    return late.x\n"
    )
    files: dict[str, str | bytes] = {"app.py": source, "late.py": "x = 1", "lib/deep.py": ""}

    def rounds(count: int) -> None:
        for each in make_cache():
            targets = [deploy(dict(files), name=name) for name in ("f", "g")]
            for _ in range(count):
                own = CodeCache()
                assert [call(own, target) for target in targets] == [1, 1]
                own.close()
            assert call(each, targets[0]) == 1

    rounds(2)
    before = state()
    rounds(200)
    after = state()
    assert after.pop("threads") <= before.pop("threads")  # other tests' threads may end meanwhile
    assert after == before


@pytest.mark.usefixtures("own_temporary_folder")
def test_code_of_a_forgotten_function_goes_with_it() -> None:
    before = state()
    for each in make_cache():
        target = deploy("handler = lambda *_: 1")
        other = copy.copy(target)
        assert call(each, other) == 1
        folders = state()["folders"]
        del other
        assert folders != before["folders"]
    assert state() == before


def test_foreign_patches_survive(cache: CodeCache) -> None:
    target = deploy({"app.py": "import helper\nhandler = lambda *_: helper.x", "helper.py": "x = 1"})
    plain = builtins.__import__
    assert call(cache, target) == 1
    ours = builtins.__import__
    seen: list[str] = []

    def foreign(name: str, *args: object, **kwargs: object) -> object:
        seen.append(name)
        return ours(name, *args, **kwargs)  # type: ignore[arg-type]

    with mock.patch("builtins.__import__", foreign):
        cache.close()
        assert builtins.__import__ is foreign
        assert call(cache, target) == 1
        assert any(name.endswith("helper") for name in seen)
        cache.close()
        assert builtins.__import__ is foreign
    builtins.__import__ = plain


def test_closed_code_still_imports_from_the_environment(cache: CodeCache) -> None:
    target = deploy("def handler(event, context):\n    import colorsys\n    return colorsys.__name__")
    loaded = cache.load(target)
    cache.close()
    context = contextvars.copy_context()
    assert context.run(loaded.handler, None, None) == "colorsys"
