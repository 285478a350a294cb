"""Popular distributions in real deployment packages, alone and beside another version that is installed here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from support.builders import make_role
from support.bundling import installed, package_with, version_in
from support.package_cases import CASES, Case
from support.server_functions import make_url

from moto_lambda_urls import LambdaUrls

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the distributions' own code

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
BUCKET = "packages"
UNCHECKED = Config(request_checksum_calculation="when_required")
"""Without a checksum a body goes in one piece: botocore and moto take a minute for 150 MB in chunks."""
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def folder_with(request: pytest.FixtureRequest, *requirements: str) -> Path:
    """What pytest keeps of them from run to run."""
    cache = request.config.cache
    assert cache is not None
    return installed(cache.mkdir("packages"), requirements)


@pytest.fixture(scope="session")
def newest(request: pytest.FixtureRequest) -> Path:
    """A folder with the newest releases of all."""
    return folder_with(request, *(each.name for each in CASES))


@pytest.fixture(scope="session")
def older(request: pytest.FixtureRequest) -> Path:
    """A folder with older releases of all."""
    return folder_with(request, *(each.older for each in CASES))


@pytest.fixture
def older_here(older: Path) -> Iterator[Path]:
    """The older releases as if they were installed here. What is imported stays: C extensions load but once."""
    sys.path.insert(0, str(older))
    importlib.invalidate_caches()
    yield older
    sys.path.remove(str(older))


def deploy(urls: LambdaUrls, package: bytes, name: str = "fn") -> str:
    """The URL of a function whose package is in S3, as one of over 50 MB must be; no option says where it runs."""
    storage, client = boto3.client("s3", config=UNCHECKED), urls.client("lambda")
    storage.create_bucket(Bucket=BUCKET)
    storage.put_object(Bucket=BUCKET, Key=name, Body=package)
    client.create_function(
        FunctionName=name,
        Runtime=RUNTIME,
        Role=make_role(urls.client("iam")),
        Handler="app.handler",
        Code={"S3Bucket": BUCKET, "S3Key": name},
        Timeout=120,
        MemorySize=2048,
    )
    return make_url(client, name)


def answer(urls: LambdaUrls, url: str) -> Any:
    """What the function returned, from a process of its own."""
    got = requests.get(url)
    assert got.status_code == 200, urls.invocations.last.logs
    assert placement_of_last(urls).place == "process"
    return got.json()


def placement_of_last(urls: LambdaUrls) -> Any:
    placement = urls.invocations.last.placement
    assert placement is not None
    return placement


@EACH
def test_bundled_only(mock: LambdaUrls, newest: Path, case: Case) -> None:
    package = package_with(newest, [case.name], {"app.py": case.source, **case.files})
    url = deploy(mock, package)
    expected = [version_in(newest, case.name), case.result]
    assert [answer(mock, url), answer(mock, url)] == [expected, expected]
    assert "which this environment lacks" in placement_of_last(mock).reason


@EACH
def test_beside_another_version(mock: LambdaUrls, newest: Path, older_here: Path, case: Case) -> None:
    older_version, newest_version = version_in(older_here, case.name), version_in(newest, case.name)
    assert older_version != newest_version
    importlib.import_module(case.module)
    assert version(case.name) == older_version
    files = {"app.py": case.source, **case.files}
    url = deploy(mock, package_with(newest, [case.name], files))
    assert answer(mock, url) == [newest_version, case.result]


def test_pydantic_1_beside_2(mock: LambdaUrls, request: pytest.FixtureRequest) -> None:
    folder = folder_with(request, "pydantic<2")
    assert (version("pydantic")[:2], version_in(folder, "pydantic")[:5]) == ("2.", "1.10.")
    source = """
import pydantic

class Order(pydantic.BaseModel):
    id: int

    @pydantic.validator("id")
    def positive(cls, value):
        return abs(value)

def handler(event, context):
    return [pydantic.VERSION, Order.parse_obj({"id": "-7"}).dict()]
"""
    url = deploy(mock, package_with(folder, ["pydantic"], {"app.py": source}))
    assert answer(mock, url) == [version_in(folder, "pydantic"), {"id": 7}]
    here = f"pydantic {version_in(folder, 'pydantic')}, here it is {version('pydantic')}"
    assert here in placement_of_last(mock).reason
