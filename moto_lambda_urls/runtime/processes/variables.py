"""The environment variables of a function's process."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from ..variables import PASSED_ON

_AWS_FOLDER = re.compile(r"(?<![^\s:=,;])(/var/task|/opt)(/[^\s:=,;]*)?(?![^\s:=,;])")


def process_variables(
    function: Mapping[str, str], *, folder: Path, node_major: int | None = None, authority: str
) -> dict[str, str]:
    """The whole environment of a process.

    ``function`` holds the function's variables and Lambda's own, ``folder`` is that of ``Deployment``, ``authority`` is
    the host and port of the Runtime API. Paths under /var/task and /opt that the package and the layers hold are put
    as they are here.
    """
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    task_root, layers_root = folder / "task", folder / "opt"
    variables = {
        **passed,
        # The SDKs look for credentials there, and beyond a function's own there must be none to find.
        "HOME": str(folder / "home"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PATH": _joined(passed.get("PATH", os.defpath), layers_root / "bin"),
        "LD_LIBRARY_PATH": _joined(passed.get("LD_LIBRARY_PATH"), task_root, task_root / "lib", layers_root / "lib"),
        **_search_paths(layers_root, node_major),
        **{name: _located(value, folder) for name, value in function.items()},
        "LAMBDA_TASK_ROOT": str(task_root),
        "AWS_LAMBDA_RUNTIME_API": authority,
        "_LAMBDA_TELEMETRY_LOG_FD": "1",
    }
    return {name: value for name, value in variables.items() if "\0" not in name + value}


def _search_paths(layers_root: Path, node_major: int | None) -> dict[str, str]:
    if node_major is None:
        return {}
    modules = layers_root / "nodejs"
    return {"NODE_PATH": _joined(modules / f"node{node_major}" / "node_modules", modules / "node_modules")}


def _joined(*entries: Path | str | None) -> str:
    return os.pathsep.join([str(entry) for entry in entries if entry])


def _located(value: str, folder: Path) -> str:
    roots = {"/var/task": folder / "task", "/opt": folder / "opt"}

    def here(found: re.Match[str]) -> str:
        path = str(roots[found[1]]) + (found[2] or "")
        return path if os.path.exists(path) else found[0]

    return _AWS_FOLDER.sub(here, value)
