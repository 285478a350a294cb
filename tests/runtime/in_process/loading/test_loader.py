"""Handlers are found in AWS's order, loaded once, kept warm, and refused with the runtime's own errors."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.builders import make_role, make_zip
from support.loading import call, client_of, deploy, function, make_cache

from moto_lambda_urls.invocations.layers import layer_archives
from moto_lambda_urls.runtime.exceptions import LoadError
from moto_lambda_urls.runtime.in_process.loading.code import display_text
from moto_lambda_urls.runtime.in_process.loading.imports import without_own_frames
from moto_lambda_urls.runtime.in_process.loading.loader import CodeCache, UnsupportedRuntime

pytestmark = pytest.mark.in_process

COUNTER = "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n"


def registered(event: Any, context: Any) -> str:
    """Stands in for a deployed handler."""
    return "registered"


@pytest.fixture
def cache() -> Iterator[CodeCache]:
    yield from make_cache()


def refusal(cache: CodeCache, **deployed: Any) -> LoadError:
    with pytest.raises(LoadError) as caught:
        cache.load(deploy(**deployed))
    return caught.value


def test_handler_of_a_zip(cache: CodeCache) -> None:
    assert call(cache, deploy("def handler(event, context): return {'got': event}"), 7) == {"got": 7}


def test_handler_of_an_s3_object(cache: CodeCache) -> None:
    s3 = client_of("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="f.zip", Body=make_zip("def handler(event, context): return 's3'"))
    client_of("lambda").create_function(
        FunctionName="f",
        Role=make_role(client_of("iam")),
        Runtime="python3.12",
        Handler="app.handler",
        Code={"S3Bucket": "code", "S3Key": "f.zip"},
    )
    assert call(cache, function()) == "s3"


@pytest.mark.parametrize(
    ("handler", "path"),
    [
        ("src/app.handler", "src/app.py"),
        ("src.app.handler", "src/app.py"),
        ("a/b.c.handler", "a/b/c.py"),
        ("pkg.handler", "pkg/__init__.py"),
        ("lambda_function.handler", "lambda_function.py"),
    ],
)
def test_handler_names(cache: CodeCache, handler: str, path: str) -> None:
    source = "def handler(event, context): return __file__"
    target = deploy({path: source}, handler=handler)
    loaded = cache.load(target)
    assert loaded.display_path(loaded.handler(None, None)) == f"/var/task/{path}"


def test_a_callable_object_and_a_class_method(cache: CodeCache) -> None:
    source = "class Api:\n    def __call__(self, event, context): return event\nhandler = Api()"
    assert call(cache, deploy(source), "x") == "x"


def test_registered_callable_goes_first(cache: CodeCache) -> None:
    target = deploy("def handler(event, context): return 'zip'")
    loaded = cache.load(target, registered=registered)
    assert (loaded.handler, loaded.task_root) == (registered, None)
    assert call(cache, target) == "zip"


@pytest.mark.parametrize("package", [b"dummy", b"", make_zip({"README.md": "dummy"}), make_zip({})])
def test_module_on_sys_path_when_the_package_lacks_it(
    cache: CodeCache, package: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside_app.py").write_text(COUNTER)
    monkeypatch.syspath_prepend(str(tmp_path))
    target = deploy(package=package or b" ", handler="outside_app.handler")
    assert call(cache, target) == 1
    assert sys.modules["outside_app"].count == 1
    del sys.modules["outside_app"]


def test_sub_module_on_sys_path_beside_a_folder_of_the_package(
    cache: CodeCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "app.py").write_text("def handler(event, context): return 'outside'")
    monkeypatch.syspath_prepend(str(tmp_path))
    target = deploy({"half/other.py": ""}, handler="half.app.handler")
    assert call(cache, target) == "outside"
    for name in ("half", "half.app"):
        del sys.modules[name]


def test_missing_module(cache: CodeCache) -> None:
    error = refusal(cache, files={"other.py": ""})
    assert (error.error_type, error.message) == (
        "Runtime.ImportModuleError",
        "Unable to import module 'app': No module named 'app'",
    )
    assert error.hint == "Its deployment package holds other.py; what it lacks was looked for on sys.path."
    assert isinstance(error.__cause__, ModuleNotFoundError)
    assert str(error) == f"{error.error_type}: {error.message} ({error.hint})"


@pytest.mark.parametrize("runtime", ["nodejs20.x", "provided.al2023", "java21"])
def test_other_runtimes_need_a_registered_callable(cache: CodeCache, runtime: str) -> None:
    target = deploy("", runtime=runtime)
    with pytest.raises(UnsupportedRuntime) as caught:
        cache.load(target)
    assert str(caught.value) == (
        f"Function 'f' is of runtime '{runtime}', which cannot run in this process. Either register a Python callable "
        "in its place, mock_lambda_urls(handlers={'f': my_handler}), or start Docker, where moto runs it."
    )
    assert cache.load(target, registered=registered).handler is registered


def test_an_image_needs_a_registered_callable(cache: CodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_LAMBDA_STUB_ECR", "true")
    client_of("lambda").create_function(
        FunctionName="f",
        Role=make_role(client_of("iam")),
        PackageType="Image",
        Code={"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:latest"},
    )
    with pytest.raises(UnsupportedRuntime, match="Function 'f' is a container image"):
        cache.load(function())
    assert cache.load(function(), registered=registered).handler is registered


FAULTS: dict[str, tuple[dict[str, str | bytes], str]] = {
    "no module": ({"other.py": ""}, "app.handler"),
    "no module, slashes": ({"src/other.py": ""}, "src/app.handler"),
    "no parent": ({"other.py": ""}, "src.app.handler"),
    "parent is a module": ({"src.py": ""}, "src.app.handler"),
    "no helper": ({"app.py": "import no_such_helper"}, "app.handler"),
    "no sub-module": ({"app.py": "import lib.missing", "lib/__init__.py": ""}, "app.handler"),
    "no name": ({"app.py": "from helper import nope", "helper.py": ""}, "app.handler"),
    "nested no name": ({"app.py": "import b", "b.py": "from helper import nope", "helper.py": ""}, "app.handler"),
    "circular": ({"app.py": "import b", "b.py": "from app import handler"}, "app.handler"),
    "relative without parent": ({"app.py": "from .helper import x", "helper.py": "x = 1"}, "app.handler"),
    "relative beyond top": ({"p/__init__.py": "", "p/app.py": "from ..helper import x", "helper.py": ""}, "p.app.h"),
    "raised": ({"app.py": "raise ImportError('as is')"}, "app.handler"),
    "no handler": ({"app.py": "x = 1"}, "app.handler"),
    "no handler, slashes": ({"src/app.py": "x = 1"}, "src/app.handler"),
    "malformed": ({"app.py": "x = 1"}, "handler"),
    "builtin": ({"sys.py": "def handler(e, c): pass"}, "sys.handler"),
    "syntax": ({"app.py": "x = 1\ndef handler(:\n  pass\n"}, "app.handler"),
    "syntax in helper": ({"app.py": "import helper", "helper.py": "a b\n"}, "app.handler"),
    "indentation": ({"app.py": "def f():\nreturn 1\n"}, "app.handler"),
    "loaded before": ({"json/app.py": "def handler(e, c): pass"}, "json.app.handler"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_faults_are_those_of_awslambdaric(cache: CodeCache, case: str, tmp_path: Path) -> None:
    bootstrap = pytest.importorskip("awslambdaric.bootstrap")
    files, handler = FAULTS[case]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(str(content))
    before = set(sys.modules)
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(bootstrap.FaultException) as real:
            bootstrap._get_handler(handler)
    finally:
        sys.path.remove(str(tmp_path))
        for name in set(sys.modules) - before:
            del sys.modules[name]
    error = refusal(cache, files=files, handler=handler)
    shown = [text.replace(str(tmp_path), "/var/task") for text in [real.value.msg, *(real.value.trace or [])]]
    assert [error.error_type, error.message, *error.trace] == [real.value.exception_type, *shown]


@pytest.mark.parametrize("handler", [".app.handler", ".handler"])
def test_odd_names_fail_as_import_module_does(cache: CodeCache, handler: str) -> None:
    bootstrap = pytest.importorskip("awslambdaric.bootstrap")
    with pytest.raises(Exception, match=r".") as real:
        bootstrap._get_handler(handler)
    with pytest.raises(type(real.value)) as ours:
        cache.load(deploy({"app.py": ""}, handler=handler))
    assert str(ours.value) == str(real.value)


def test_another_exception_of_module_code_comes_through(cache: CodeCache) -> None:
    target = deploy({"app.py": "import helper\n", "helper.py": "x = 1\nraise ValueError('broken') from KeyError()\n"})
    with pytest.raises(ValueError, match=r"^broken$") as caught:
        cache.load(target)
    frames = traceback.extract_tb(without_own_frames(caught.value.__traceback__))
    assert display_text(frames[-1].filename) == "/var/task/helper.py"
    assert [(Path(frame.filename).name, frame.line) for frame in frames if "importlib" not in frame.filename] == [
        (Path(__file__).name, "cache.load(target)"),
        ("app.py", "import helper"),
        ("helper.py", "raise ValueError('broken') from KeyError()"),
    ]
    assert isinstance(caught.value.__cause__, KeyError)


def test_failed_import_is_tried_again(cache: CodeCache, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    source = f"import os\nif not os.path.exists({str(flag)!r}): raise ValueError('not yet')\n{COUNTER}"
    target = deploy(source)
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            cache.load(target)
    flag.touch()
    assert call(cache, target) == 1


def test_warm(cache: CodeCache) -> None:
    target = deploy(COUNTER)
    first, second = cache.load(target), cache.load(target)
    assert (first.cold, second.cold) == (True, False)
    assert first.init_duration_ms > 0
    assert second.init_duration_ms == 0
    assert [first.handler(None, None), second.handler(None, None)] == [1, 2]


@pytest.mark.parametrize(
    "update",
    [
        {"Environment": {"Variables": {"A": "1"}}},
        {"Handler": "app.other"},
        {"Runtime": "python3.13"},
        {"MemorySize": 256},
        {"Timeout": 9},
        {"Description": "again"},
        {"Layers": "layer"},
    ],
)
def test_new_configuration_is_cold(cache: CodeCache, update: dict[str, Any]) -> None:
    client = client_of("lambda")
    if "Layers" in update:
        layer = client.publish_layer_version(LayerName="l", Content={"ZipFile": make_zip({"python/l.py": ""})})
        update = {"Layers": [layer["LayerVersionArn"]]}
    target = deploy(COUNTER + "other = handler\n")
    assert [call(cache, target), call(cache, target)] == [1, 2]
    client.update_function_configuration(FunctionName="f", **update)
    assert cache.load(target).cold
    assert call(cache, target) == 1


def test_new_code_is_cold_and_a_version_keeps_its_own(cache: CodeCache) -> None:
    client = client_of("lambda")
    target = deploy("def handler(event, context): return 'old'")
    client.publish_version(FunctionName="f")
    version = function(qualifier="1")
    assert [call(cache, target), call(cache, version)] == ["old", "old"]
    client.update_function_code(FunctionName="f", ZipFile=make_zip("def handler(event, context): return 'new'"))
    assert [call(cache, target), call(cache, version)] == ["new", "old"]
    assert not cache.load(version).cold


def test_versions_do_not_share_globals(cache: CodeCache) -> None:
    target = deploy(COUNTER)
    client_of("lambda").publish_version(FunctionName="f")
    assert [call(cache, target), call(cache, target), call(cache, function(qualifier="1"))] == [1, 2, 1]


def test_created_again_is_cold(cache: CodeCache) -> None:
    assert call(cache, deploy(COUNTER)) == 1
    client_of("lambda").delete_function(FunctionName="f")
    assert call(cache, deploy(COUNTER)) == 1


def test_replaced_code_stays_until_its_invocations_end(cache: CodeCache) -> None:
    target = deploy({"app.py": "def handler(e, c):\n    import late\n    return late.x", "late.py": "x = 'old'"})
    running = cache.load(target)
    root = running.task_root
    assert root is not None
    with running.run():
        client_of("lambda").update_function_code(
            FunctionName="f", ZipFile=make_zip("def handler(event, context): return 'new'")
        )
        assert call(cache, target) == "new"
        assert running.handler(None, None) == "old"
    del running
    assert not root.exists()


def test_sixteen_threads_run_module_code_once(cache: CodeCache, tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = (
        f"import time\nwith open({str(log)!r}, 'a') as log: log.write('x')\n"
        "time.sleep(0.05)\ndef handler(event, context): return 1\n"
    )
    target = deploy(source)
    gate = threading.Barrier(16)

    def enter(_: int) -> tuple[int, bool]:
        gate.wait()
        loaded = cache.load(target)
        return loaded.handler(None, None), loaded.cold

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(enter, range(16)))
    assert log.read_text() == "x"
    assert sorted(results) == [(1, False)] * 15 + [(1, True)]


def test_module_code_runs_in_the_environment_given(cache: CodeCache) -> None:
    seen: list[tuple[Path | None, bool]] = []

    @contextmanager
    def environment(folder: Path | None, *, packaged: bool) -> Iterator[None]:
        seen.append((folder, packaged))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LOADING_SEES", "yes")
            yield

    target = deploy("import os\nvalue = os.environ.get('LOADING_SEES')\ndef handler(event, context): return value")
    loaded = cache.load(target, environment=environment)
    assert loaded.handler(None, None) == "yes"
    cache.load(target, environment=environment)
    assert seen == [(loaded.task_root, True)]


@pytest.mark.parametrize(
    ("files", "handler", "packaged"),
    [
        ({"app.py": "handler = print"}, "app.handler", True),
        ({"src/api/app.py": "handler = print"}, "src/api/app.handler", True),
        ({"email/__init__.py": "", "email/own.py": "handler = print"}, "email.own.handler", True),
        ({"data.txt": ""}, "json.loads", False),
        ({"email/data.py": ""}, "email.message.Message", False),
        ({}, "json.loads", False),
    ],
)
def test_handlers_of_the_package_and_of_this_process(
    cache: CodeCache, files: dict[str, str | bytes], handler: str, packaged: bool
) -> None:
    target = deploy(files, handler=handler)
    assert [cache.load(target).is_packaged for _ in range(2)] == [packaged] * 2
    assert not cache.load(target, registered=print).is_packaged


def test_layers_in_order(cache: CodeCache) -> None:
    first = make_zip({"python/both.py": "x = 'first'", "python/only.py": "x = 'first'", "python/shadow.py": "x = 1"})
    second = make_zip(
        {
            "python/both.py": "x = 'second'",
            "python/lib/python3.12/site-packages/shadow.py": "x = 'site'",
            "python/lib/python3.9/site-packages/other.py": "x = 'other version'",
            "python/mine.py": "x = 'layer'",
            "bin/tool": "#!/bin/sh",
        }
    )
    source = (
        "import both, only, shadow, mine\n"
        "try:\n    import other\nexcept ImportError: other = None\n"
        "def handler(event, context): return [both.x, only.x, shadow.x, mine.x, other, both.__file__]"
    )
    target = deploy({"app.py": source, "mine.py": "x = 'function'"}, layers=[first, second])
    loaded = cache.load(target, layers=layer_archives)
    *values, path = loaded.handler(None, None)
    assert values == ["second", "first", "site", "function", None]
    assert loaded.display_path(path) == "/opt/python/both.py"
    assert len(layer_archives(target)) == 2


def test_handler_in_a_layer_of_a_dummy_package(cache: CodeCache) -> None:
    layer = make_zip({"python/app.py": "def handler(event, context): return 'layer'"})
    assert call(cache, deploy(package=b"dummy", layers=[layer])) == "layer"


def test_dummy_layer(cache: CodeCache) -> None:
    assert call(cache, deploy("handler = lambda *_: 1", layers=[b"dummy"])) == 1


def test_layers_given_by_the_caller(cache: CodeCache) -> None:
    layer = make_zip({"python/helper.py": "x = 'given'"})
    target = deploy("import helper\ndef handler(event, context): return helper.x")
    assert cache.load(target, layers=lambda _: [layer]).handler(None, None) == "given"


def test_deleted_layer(cache: CodeCache) -> None:
    target = deploy("def handler(event, context): pass", layers=[make_zip({"python/x.py": ""})])
    client_of("lambda").delete_layer_version(LayerName="f-0", VersionNumber=1)
    with pytest.raises(
        LoadError, match=r"Layer version arn:aws:lambda:us-east-1:123456789012:layer:f-0:1 does not exist"
    ):
        cache.load(target, layers=layer_archives)


def test_python_path_of_the_configuration(cache: CodeCache) -> None:
    source = "import deep\ndef handler(event, context): return deep.x"
    files = {"app.py": source, "vendor/deep.py": "x = 'deep'"}
    assert call(cache, deploy(dict(files), environment={"PYTHONPATH": "/var/task/vendor:/opt/more"})) == "deep"
