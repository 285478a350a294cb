"""Which parts of AWS's SDK a Python gets, and what is said of those that it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
import pytest

from moto_lambda_urls.runtime.processes.sdk import link_sdk, sdk_folder, sdk_hint

HERE = sys.version_info[:2]
PARTS = ["boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3"]


def linked(folder: Path, python: tuple[int, int]) -> list[str]:
    link_sdk(folder, python)
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("python", [HERE, (HERE[0], HERE[1] + 1), (4, 0)])
def test_this_python_and_newer_ones_get_all(tmp_path: Path, python: tuple[int, int]) -> None:
    assert linked(tmp_path / "sdk", python) == PARTS
    assert (tmp_path / "sdk" / "boto3").resolve() == Path(boto3.__file__).parent


def test_old_pythons_get_what_supports_them(tmp_path: Path) -> None:
    assert linked(tmp_path / "2.7", (2, 7)) == ["dateutil", "six.py"]
    assert linked(tmp_path / "2.6", (2, 6)) == []


@pytest.mark.parametrize(("python", "folder"), [((3, 8), "/var/runtime"), ((3, 10), "/var/runtime")])
def test_folder_beside_the_runtime(python: tuple[int, int], folder: str) -> None:
    assert sdk_folder(python) == folder


@pytest.mark.parametrize("minor", [11, 14])
def test_folder_among_the_packages(minor: int) -> None:
    assert sdk_folder((3, minor)) == f"/var/lang/lib/python3.{minor}/site-packages"


def test_hint_names_what_to_do() -> None:
    told = sdk_hint("Unable to import module 'app': No module named 'boto3.session'", (3, 5))
    assert told.startswith(
        "AWS's python3.5 brings boto3; here it would be the test environment's, which needs Python 3."
    )
    assert told.endswith(": bundle one that supports 3.5, or take a newer runtime.")


@pytest.mark.parametrize(
    "message", ["No module named 'mine'", "No module named 'boto3x'", "cannot import name 'boto3'", ""]
)
def test_no_hint_on_what_is_not_of_the_sdk(message: str) -> None:
    assert sdk_hint(message, (3, 5)) == ""


def test_no_hint_where_the_sdk_is_there() -> None:
    assert sdk_hint("No module named 'boto3.none'", HERE) == ""
