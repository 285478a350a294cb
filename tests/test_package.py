"""The package's front: its public names, each loaded when it is asked for, and the Pythons that it is for."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys

import pytest
import yaml
from support.documentation import ROOT

import moto_lambda_urls


def test_all_is_sorted_and_complete() -> None:
    assert moto_lambda_urls.__all__ == sorted(moto_lambda_urls.__all__)
    assert {*moto_lambda_urls._HOMES, "__version__"} == set(moto_lambda_urls.__all__)


@pytest.mark.parametrize("name", moto_lambda_urls.__all__)
def test_public_names(name: str) -> None:
    value = getattr(moto_lambda_urls, name)
    assert getattr(value, "__name__", name) == name
    assert name in dir(moto_lambda_urls)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'moto_lambda_urls' has no attribute 'mock_lambda_url'"):
        moto_lambda_urls.mock_lambda_url  # noqa: B018 - asking is the test


def test_version_is_that_of_the_distribution() -> None:
    try:
        installed = importlib.metadata.version("moto-lambda-urls")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("not installed")
    assert installed == moto_lambda_urls.__version__


def test_classifiers_name_the_pythons_that_are_tested() -> None:
    named = re.findall(r"^    Programming Language :: Python :: (3\.\d+)$", (ROOT / "setup.cfg").read_text(), re.M)
    [sessions] = re.findall(r"^PYTHONS = (.+)$", (ROOT / "noxfile.py").read_text(), re.M)
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text())
    in_workflow = [each["python"] for each in workflow["jobs"]["pythons"]["strategy"]["matrix"]["include"]]
    assert named == ast.literal_eval(sessions) == in_workflow


def test_import_alone_loads_nothing_of_moto() -> None:
    loaded = (
        "import sys, moto_lambda_urls; print([name for name in ('moto', 'boto3', 'requests') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
