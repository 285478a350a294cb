"""What happens once: the import, the mock's start and stop, a function's first call."""

from __future__ import annotations

import importlib
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count

import requests
from moto import mock_aws

from moto_lambda_urls import mock_lambda_urls

from .deployed import REGION, mocked
from .measure import Figure, Work, compare, ready

_FLOOR = "import moto, moto.awslambda.models"
_OURS = f"{_FLOOR}; from moto_lambda_urls import mock_lambda_urls"


def imports() -> Iterator[Figure]:
    """A fresh interpreter that imports moto's Lambda and us beside one that imports moto's Lambda."""
    yield compare(
        "import with moto's Lambda",
        ready(_interpreter(_OURS)),
        floor=ready(_interpreter(_FLOOR)),
        floor_name=_FLOOR,
        goal=1.15,
        calls=1,
        rounds=5,
        warm_up=0,
        in_process=False,
    )
    yield compare(
        "the same and a first, empty mock",
        ready(_interpreter(f"{_OURS}\nwith mock_lambda_urls(): pass")),
        floor=ready(_interpreter(f"{_FLOOR}\nwith moto.mock_aws(): pass")),
        floor_name="the same and a first mock_aws",
        goal=1.15,
        calls=1,
        rounds=5,
        warm_up=0,
        in_process=False,
    )


def _interpreter(source: str) -> Work:
    return lambda: subprocess.run([sys.executable, "-c", source], check=True)


def enter_and_exit() -> Iterator[Figure]:
    """A mock that nothing is done in."""
    yield compare(
        "enter and exit of the mock",
        ready(lambda: _entered(mock_lambda_urls())),
        floor=ready(lambda: _entered(mock_aws())),
        floor_name="mock_aws",
        goal=1.1,
        calls=10,
        rounds=21,
    )


def _entered(mock: AbstractContextManager[object]) -> None:
    with mock:
        pass


def cold() -> Iterator[Figure]:
    """The first call of code that was just deployed."""
    numbers = count()
    package = _package(next(numbers))

    def deploy() -> None:
        nonlocal package
        package = _package(next(numbers))
        client.update_function_code(FunctionName="cold", ZipFile=package)

    with mocked() as urls, requests.Session() as session:
        url = str(urls.deploy(package, name="cold"))
        client = urls.client("lambda", REGION)

        def call() -> None:
            response = session.post(url)
            assert response.text == "1770", response.text

        yield compare(
            "first call of a deployed zip (cold)",
            ready(call),
            floor=lambda: _by_hand(lambda: package),
            floor_name="unzipping and importing it by hand",
            goal=1.5,
            calls=2,
            rounds=9,
            prepare=deploy,
        )


@contextmanager
def _by_hand(package: Callable[[], bytes]) -> Iterator[Work]:
    folders: list[str] = []

    def call() -> None:
        folder = tempfile.mkdtemp()
        folders.append(folder)
        with zipfile.ZipFile(io.BytesIO(package())) as archive:
            archive.extractall(folder)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        assert importlib.import_module("app").handler({}, None) == "1770"
        sys.path.remove(folder)
        for name in [name for name in sys.modules if name == "app" or name.startswith("library")]:
            del sys.modules[name]

    try:
        yield call
    finally:
        for folder in folders:
            shutil.rmtree(folder)


def _package(number: int) -> bytes:
    """A handler and a library of 60 modules, 100 KB in all; ``number`` makes its code another one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        names = [f"part{each}" for each in range(60)]
        package.writestr(
            "app.py", f"from library import total\nNUMBER = {number}\ndef handler(*_): return str(total())\n"
        )
        imports = "".join(f"from .{name} import value as {name}\n" for name in names)
        package.writestr("library/__init__.py", f"{imports}def total(): return {' + '.join(names)}\n")
        for each, name in enumerate(names):
            functions = "".join(f"def f{at}(a, b=1):\n    return [a, b, {at}]\n\n" for at in range(40))
            package.writestr(f"library/{name}.py", f"{functions}value = {each}\n")
    return buffer.getvalue()


ROWS: dict[str, Callable[[], Iterator[Figure]]] = {
    "import": imports,
    "mock": enter_and_exit,
    "cold": cold,
}
