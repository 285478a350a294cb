"""AWS's SDK for Python as Lambda's runtimes bring it: that of this environment, as far as it supports their Python."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from .interpreters import PythonVersion

_MODULES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
"""What Lambda's Python brings along."""
_DISTRIBUTIONS = {"dateutil": "python-dateutil"}
"""Of those that are named otherwise."""
_LOWEST = re.compile(r">=\s*(\d+)\.(\d+)")
_MISSING = re.compile(r"No module named '(\w+)(?:\.[\w.]+)?'")


def link_sdk(folder: Path, version: PythonVersion) -> None:
    """Make ``folder``, with what of the SDK here supports Python ``version``."""
    folder.mkdir()
    for name, path in _paths().items():
        if _supports(name, version):
            (folder / path.name).symlink_to(path)


def sdk_folder(version: PythonVersion) -> str:
    """Where AWS has the SDK: https://docs.aws.amazon.com/lambda/latest/dg/python-image.html#python-image-searchpath."""
    return f"/var/lang/lib/python{version[0]}.{version[1]}/site-packages" if version >= (3, 11) else "/var/runtime"


def sdk_hint(message: str, version: PythonVersion) -> str:
    """What an ImportError of this message comes from where the SDK does not support ``version``; nothing for others."""
    found = _MISSING.search(message)
    if found is None or found[1] not in _MODULES or _supports(found[1], version):
        return ""
    name, python, lowest = found[1], _text(version), _text(_lowest(found[1]))
    return (
        f"AWS's python{python} brings {name}; here it would be the test environment's, which needs Python {lowest}: "
        f"bundle one that supports {python}, or take a newer runtime."
    )


@cache
def _paths() -> dict[str, Path]:
    """The folders, and single files, of the modules that there are, by their names."""
    specs = [(name, importlib.util.find_spec(name)) for name in _MODULES]
    files = {name: Path(spec.origin) for name, spec in specs if spec is not None and spec.origin is not None}
    return {name: file.parent if file.name == "__init__.py" else file for name, file in files.items()}


def _supports(name: str, version: PythonVersion) -> bool:
    return version >= sys.version_info[:2] or version >= _lowest(name)


@cache
def _lowest(name: str) -> PythonVersion:
    try:
        required = metadata(_DISTRIBUTIONS.get(name, name)).get_all("Requires-Python") or []
    except PackageNotFoundError:
        required = []
    return max([(int(major), int(minor)) for major, minor in _LOWEST.findall(" ".join(required))], default=(0, 0))


def _text(version: PythonVersion) -> str:
    return ".".join(map(str, version))
