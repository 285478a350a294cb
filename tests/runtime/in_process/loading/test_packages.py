"""Packages are unzipped inside their folder and within AWS's sizes, or refused."""

from __future__ import annotations

import io
import logging
import stat
import subprocess
import sys
import sysconfig
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import make_zip
from support.hostile_packages import HOSTILE, member, zip_of
from support.loading import call, client_of, deploy, make_cache

from moto_lambda_urls.invocations.layers import layer_archives
from moto_lambda_urls.runtime.exceptions import LoadError
from moto_lambda_urls.runtime.in_process.loading import folders, packages
from moto_lambda_urls.runtime.in_process.loading.bundled import from_environment
from moto_lambda_urls.runtime.in_process.loading.loader import CodeCache
from moto_lambda_urls.runtime.in_process.loading.packages import (
    NotAPackage,
    PackageRefused,
    check_contents,
    check_upload,
    unpack,
)

pytestmark = pytest.mark.in_process

NOT_A_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."


@pytest.fixture
def cache() -> Iterator[CodeCache]:
    yield from make_cache()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_packages_write_nothing_outside(case: str, tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "task"
    folder.mkdir(parents=True)
    with pytest.raises(PackageRefused) as caught:
        unpack(HOSTILE[case], folder)
    assert (caught.value.status, caught.value.code, caught.value.message) == (
        400,
        "InvalidParameterValueException",
        NOT_A_ZIP,
    )
    assert [path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)] == [tmp_path / "inner"]


@pytest.mark.parametrize("case", ["bzip2", "LZMA", "lying about its size"])
def test_bombs_take_no_memory(case: str, tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(PackageRefused):
            unpack(HOSTILE[case], tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_packages_do_not_load(cache: CodeCache, case: str) -> None:
    with pytest.raises(LoadError) as caught:
        cache.load(deploy(package=HOSTILE[case]))
    assert (caught.value.error_type, caught.value.message) == ("InvalidParameterValueException", NOT_A_ZIP)


def test_hostile_layer_does_not_load(cache: CodeCache) -> None:
    with pytest.raises(LoadError) as caught:
        cache.load(deploy("handler = lambda *_: 1", layers=[HOSTILE["slip"]]), layers=layer_archives)
    assert caught.value.hint == f"{NOT_A_ZIP} ('../evil.py' leaves the package's folder)"


def test_names_that_only_look_hostile(tmp_path: Path) -> None:
    unpack(zip_of(("..a/b..py", b"1"), ("a/./c.py", b"2"), (".hidden", b"3"), ("d//e.py", b"4")), tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "..a/b..py",
        ".hidden",
        "a/c.py",
        "d/e.py",
    ]


@given(st.lists(st.text(st.sampled_from("./\\a:~\x00é"), min_size=1, max_size=12), max_size=4))
def test_no_name_leaves_the_folder(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    outer = tmp_path_factory.mktemp("outer")
    folder = outer / "a" / "b"
    folder.mkdir(parents=True)
    members = {info.filename: (info, b"") for info in map(zipfile.ZipInfo, names)}
    with suppress(PackageRefused):
        unpack(zip_of(*members.values()), folder)
    assert {path for path in outer.rglob("*") if not path.is_relative_to(folder)} == {outer / "a"}


@given(st.binary(max_size=60))
def test_any_bytes_are_a_package_or_refused(noise: bytes) -> None:
    valid = zip_of(("app.py", b"x = 1"))
    for archive in (noise, valid[: len(noise)] + noise, noise + valid, valid[:40] + noise + valid[40 + len(noise) :]):
        with suppress(NotAPackage):
            check_upload(archive)


def test_not_a_zip() -> None:
    with pytest.raises(NotAPackage) as caught:
        check_upload(b"dummy")
    assert (caught.value.status, caught.value.message) == (400, NOT_A_ZIP)


def test_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (packages.MAX_ZIPPED, packages.MAX_UNZIPPED) == (52_428_800, 262_144_000)
    with pytest.raises(PackageRefused) as zipped:
        check_upload(b"P" * 52_428_801)
    assert (zipped.value.status, zipped.value.code, zipped.value.message) == (
        413,
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than 52428800 bytes",
    )
    monkeypatch.setattr(packages, "MAX_MEMBERS", 2)
    with pytest.raises(NotAPackage):
        check_upload(zip_of(("a", b""), ("b", b""), ("c", b"")))


def bomb(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        with package.open("zeros", "w", force_zip64=True) as zeros:
            for _ in range(size // 1_000_000):
                zeros.write(bytes(1_000_000))
            zeros.write(bytes(size % 1_000_000))
        package.writestr("app.py", "handler = lambda *_: 1")
    return buffer.getvalue()


def test_unzipped_size_with_layers(cache: CodeCache) -> None:
    archive = bomb(200_000_000)
    check_upload(archive)
    layer = bomb(62_143_957)
    check_contents([archive, layer][1:])
    with pytest.raises(PackageRefused) as caught:
        check_contents([archive, layer])
    assert (caught.value.status, caught.value.code, caught.value.message) == (
        400,
        "InvalidParameterValueException",
        "Unzipped size must be smaller than 262144000 bytes",
    )
    with pytest.raises(LoadError, match="Unzipped size must be smaller than 262144000 bytes"):
        cache.load(deploy(package=archive, layers=[layer]), layers=layer_archives)


def test_permissions_and_folders(tmp_path: Path) -> None:
    archive = zip_of(
        (member("bin/tool", stat.S_IFREG | 0o755), b"#!/bin/sh\necho ran"),
        (member("locked", stat.S_IFREG), b"x"),
        (member("empty/", stat.S_IFDIR | 0o555), b""),
    )
    unpack(archive, tmp_path)
    assert subprocess.run([tmp_path / "bin" / "tool"], capture_output=True, check=True).stdout == b"ran\n"
    assert (tmp_path / "locked").read_text() == "x"
    assert (tmp_path / "empty").is_dir()


def test_later_layers_go_over_earlier_ones(tmp_path: Path) -> None:
    unpack(make_zip({"python/a.py": "1", "python/b.py": "1"}), tmp_path)
    unpack(make_zip({"python/b.py": "2"}), tmp_path)
    assert [(tmp_path / "python" / name).read_text() for name in ("a.py", "b.py")] == ["1", "2"]


def dist(name: str, number: str, *files: str, site: str = "") -> dict[str, str | bytes]:
    info = f"{site}{name}-{number}.dist-info"
    record = "".join(f"{file},sha256=x,1\n" for file in [*files, f"{name}-{number}.dist-info/RECORD", "../../bin/x"])
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n",
        f"{info}/RECORD": record,
        **{f"{site}{file}": "bundled = True\n" for file in files},
    }


def kept(files: Mapping[str, str | bytes]) -> list[str]:
    left_out = from_environment(files, lambda name: str(files[name]))
    return sorted(name for name in files if not left_out(name))


def test_bundled_copies_of_what_is_installed_are_left_out(cache: CodeCache, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="moto_lambda_urls")
    source = "import yaml, werkzeug, only_here, requests\nhandler = lambda *_: [yaml, werkzeug, only_here, requests]"
    files: dict[str, str | bytes] = {
        "app.py": source,
        **dist("PyYAML", "5.1", "yaml/__init__.py", "yaml/loader.py", "_yaml/__init__.py"),
        **dist("werkzeug", "0.1", "werkzeug/__init__.py"),
        **dist("only_here", "0.1", "only_here.py"),
        "requests/__init__.py": "bundled = True",
    }
    modules = call(cache, deploy(files))
    assert [hasattr(module, "bundled") for module in modules] == [False, False, True, False]
    assert modules[0] is sys.modules["yaml"]
    assert sorted(caplog.messages) == [
        f"pyyaml: the package bundles 5.1, this environment's {version('pyyaml')} is used",
        f"requests: the package bundles a copy of unknown version, this environment's {version('requests')} is used",
        f"werkzeug: the package bundles 0.1, this environment's {version('werkzeug')} is used",
    ]


def test_bundled_in_folders_and_layers() -> None:
    site = "python/lib/python3.12/site-packages/"
    files = {
        **dist("PyYAML", "5.1", "yaml/__init__.py", site="vendor/"),
        **dist("boto3", "1.0", "boto3/__init__.py", site=site),
        f"{site}botocore/client.py": "",
        "python/urllib3/__init__.py": "",
        "requests.py": "",
        "src/requests/__init__.py": "",
        "yaml/own.py": "",
        "vendor/other.py": "",
    }
    assert kept(files) == ["src/requests/__init__.py", "vendor/other.py", "yaml/own.py"]


def test_own_files_in_a_folder_that_a_distribution_has_too() -> None:
    files = {**dist("PyYAML", "5.1", "yaml/__init__.py", "tests/__init__.py"), "tests/handlers/app.py": ""}
    assert kept({**files, "requests/own.py": ""}) == ["tests/handlers/app.py"]


def test_a_distribution_without_a_record() -> None:
    files = {"yaml/__init__.py": "", "six.py": "", "six-1.0.dist-info/METADATA": "", "other.py": ""}
    assert kept(files) == ["other.py", "yaml/__init__.py"]


def test_extension_modules_at_the_top_go_with_their_distribution() -> None:
    files = {
        **dist("cffi", "1.0", "_cffi_backend.cpython-312-x86_64-linux-gnu.so", "cffi/api.py"),
        "_cffi_mine.abi3.so": "",
    }
    assert kept(files) == ["_cffi_mine.abi3.so"]


@pytest.mark.parametrize(
    ("files", "own"),
    [
        (dist("cffi", "1.0", "_cffi_backend.abi3.so", "cffi/api.py"), []),
        (dist("not_installed", "1.0", "fast/_speed.so"), ["fast/_speed.so"]),
        ({"yaml/_yaml.cpython-312-x86_64-linux-gnu.so": ""}, ["yaml/_yaml.cpython-312-x86_64-linux-gnu.so"]),
        ({"own.pyd": "", "python/other.so": ""}, ["own.pyd", "python/other.so"]),
        ({"lib/libcrypto.so": "", "numpy.libs/libgfortran.so.5": "", "aiohttp/_parser.so": ""}, []),
    ],
)
def test_c_extensions_that_nothing_here_stands_for(files: dict[str, str | bytes], own: list[str]) -> None:
    assert packages.extensions_of(make_zip(files)) == own


EXTENSION = """
#include <Python.h>
static PyObject *tell(PyObject *self, PyObject *args) {{ return PyLong_FromLong({value}); }}
static PyMethodDef methods[] = {{{{"tell", tell, METH_NOARGS, ""}}, {{NULL, NULL, 0, NULL}}}};
static struct PyModuleDef module = {{PyModuleDef_HEAD_INIT, "{name}", "", -1, methods}};
PyMODINIT_FUNC PyInit_{name}(void) {{ return PyModule_Create(&module); }}
"""


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], bytes]:
    def compiled(name: str, value: int) -> bytes:
        folder = tmp_path_factory.mktemp("extension")
        source, target = folder / "x.c", folder / "x.so"
        source.write_text(EXTENSION.format(name=name, value=value))
        command = ["cc", "-shared", "-fPIC", f"-I{sysconfig.get_path('include')}", str(source), "-o", str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no C compiler with Python's headers: {error}")
        return target.read_bytes()

    return compiled


def test_builds_of_an_extension_in_one_process(cache: CodeCache, build: Callable[[str, int], bytes]) -> None:
    source = "import pkg._speed\nfrom pkg import _speed as again\nhandler = lambda *_: pkg._speed.tell() + again.tell()"
    targets = [
        deploy({"app.py": source, "pkg/__init__.py": "", "pkg/_speed.so": build("_speed", number)}, name=f"f{number}")
        for number in (1, 2)
    ]
    assert [call(cache, target) for target in targets] == [2, 4]
    cache.close()
    assert [call(cache, target) for target in targets] == [2, 4]


def test_an_extension_that_is_none(cache: CodeCache) -> None:
    with pytest.raises(LoadError) as caught:
        cache.load(deploy({"app.py": "import broken_speed", "broken_speed.so": b"no ELF"}))
    assert caught.value.error_type == "Runtime.ImportModuleError"
    assert "/var/task/broken_speed.so" in caught.value.message


CRASHING = """
import os, sys
sys.path[:0] = {path!r}
from moto import mock_aws
from support.loading import deploy, make_cache
for cache in make_cache():
    root = cache.load(deploy("handler = lambda *_: 1")).task_root
    print(root, flush=True)
    {end}
"""

FORK = """
    if not os.fork():
        sys.exit(0)
    os.wait()
    assert root.exists()
    print("still there")
"""


@pytest.mark.parametrize("end", ["raise RuntimeError('the test crashed')", "sys.exit(3)", FORK])
def test_folders_go_when_the_interpreter_ends(end: str, tmp_path: Path) -> None:
    path = [str(Path(__file__).parents[3]), str(Path(packages.__file__).parents[4])]
    script = CRASHING.format(path=path, end=end)
    environment = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert str(tmp_path) in ran.stdout, ran.stderr
    assert ("still there" in ran.stdout) == (end == FORK), ran.stderr
    assert list(tmp_path.glob("moto-lambda-urls-*")) == []


def test_folders_of_killed_processes_go_with_the_next(tmp_path: Path) -> None:
    path = [str(Path(__file__).parents[3]), str(Path(packages.__file__).parents[4])]
    environment = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    left = []
    for end in ("os.kill(os.getpid(), 9)", "print(*os.listdir(os.environ['TMPDIR']))"):
        script = CRASHING.format(path=path, end=end)
        subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=False)
        left.append(len(list(tmp_path.glob("moto-lambda-urls-*"))))
    assert left == [1, 0]


def test_folders_in_use_are_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    own = folders._Folders()
    monkeypatch.setattr(folders, "_folders", own)
    folder = folders.make_folder()
    own._swept = False
    other = folders.make_folder()
    assert Path(folder).is_dir()
    folders.remove_folder(folder)
    folders.remove_folder(other)
    assert list(tmp_path.iterdir()) == []


def test_an_s3_object_may_be_over_fifty_megabytes(cache: CodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_ZIPPED", 10)
    target = deploy("handler = lambda *_: 'large'")
    assert call(cache, target) == "large"
    with pytest.raises(PackageRefused, match="Zipped size must be smaller than 10 bytes"):
        check_upload(target.code_bytes)


def test_dummy_packages_are_no_zip() -> None:
    assert [packages.is_zip(archive) for archive in (b"", b"dummy", make_zip("x = 1"))] == [False, False, True]
    assert client_of("lambda") is client_of("lambda")
