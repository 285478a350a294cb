"""Packages that bring distributions along, C extensions too, with nothing of them on this process's path."""

from __future__ import annotations

import importlib.metadata
import re
from importlib.metadata import PackageNotFoundError

import pytest
from support.processes import function_of, result

from moto_lambda_urls.runtime.processes import Environments

pytestmark = pytest.mark.in_process


def bundled(*names: str) -> dict[str, str | bytes]:
    """The files of distributions of this environment with all that they require, as pip puts them into a package."""
    files: dict[str, str | bytes] = {}
    for name in with_requirements(names):
        for member in importlib.metadata.files(name) or []:
            if ".." not in member.parts and "__pycache__" not in member.parts:
                files[str(member)] = member.read_binary()
    return files


def with_requirements(names: tuple[str, ...]) -> set[str]:
    """``names`` and what they require; what is not here is not required here."""
    found: set[str] = set()
    left = [*names]
    while left:
        name = left.pop().lower()
        try:
            requirements = importlib.metadata.requires(name) or []
        except PackageNotFoundError:
            if name in names:
                pytest.skip(f"there is no {name} to bundle")
            continue
        if name not in found:
            found.add(name)
            own = [each for each in requirements if "extra ==" not in each]
            left += [re.split(r"[^\w.-]", each)[0] for each in own]
    return found


def test_pydantic_with_its_core_in_rust(pool: Environments) -> None:
    source = (
        "import pydantic, importlib.metadata\nclass Order(pydantic.BaseModel):\n    id: int\n"
        "def handler(event, context):\n"
        "    order = Order.model_validate(event)\n"
        "    return [order.id, pydantic.__file__.startswith('/'), importlib.metadata.version('pydantic-core') > '2']"
    )
    function = function_of({**bundled("pydantic"), "app.py": source}, timeout=20)
    assert result(pool, function, {"id": "7"}) == [7, True, True]


def test_another_version_of_what_is_here(pool: Environments) -> None:
    info = "pydantic-1.10.0.dist-info/METADATA"
    functions = [
        function_of(
            {
                "app.py": "import pydantic, importlib.metadata as m\n"
                "def handler(event, context): return [pydantic.VERSION, m.version('pydantic')]",
                "pydantic/__init__.py": f"VERSION = {version!r}",
                info.replace("1.10.0", version): f"Metadata-Version: 2.1\nName: pydantic\nVersion: {version}\n",
            }
        )
        for version in ("1.10.0", "1.9.0")
    ]
    assert [result(pool, function) for function in functions] == [["1.10.0"] * 2, ["1.9.0"] * 2]


def test_fastapi_application(pool: Environments) -> None:
    source = (
        "from fastapi import FastAPI\nfrom mangum import Mangum\napp = FastAPI()\n"
        "@app.get('/orders/{number}')\ndef order(number: int): return {'number': number}\nhandler = Mangum(app)"
    )
    function = function_of({**bundled("fastapi", "mangum"), "app.py": source}, timeout=30)
    request = {"http": {"method": "GET", "path": "/orders/7", "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"}}
    event = {"version": "2.0", "rawPath": "/orders/7", "rawQueryString": "", "headers": {}, "requestContext": request}
    answer = result(pool, function, event)
    assert (answer["statusCode"], answer["body"]) == (200, '{"number":7}')
