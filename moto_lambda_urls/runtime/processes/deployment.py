"""What a function's processes share: its package and layers on disk, and the command that runs it."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..in_process.loading.folders import make_folder, remove_folder
from ..in_process.loading.packages import check_contents, is_zip, unpack
from .interpreters import NoInterpreter, PythonVersion, library_of, node, python_for, python_version
from .sdk import link_sdk, sdk_folder, sdk_hint

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_BOOTSTRAPS = Path(__file__).parent / "bootstrap"


class InvalidEntrypoint(Exception):  # noqa: N818 - AWS's name for it
    """A custom runtime without a program to execute."""


@dataclass(frozen=True)
class Command:
    """What to execute: ``arguments``, as a custom runtime's own program or as that of a managed one."""

    arguments: Sequence[str]
    is_custom: bool = False
    node_major: int | None = None


class Deployment:
    """One revision of a function, unzipped into ``folder``, which goes with the last reference to this.

    ``task`` stands for /var/task, ``opt`` for /opt, ``sdk`` holds AWS's SDK for Python, ``home`` is empty.
    """

    def __init__(self, function: LambdaFunction, layers: Sequence[bytes]) -> None:
        self.folder = Path(make_folder())
        weakref.finalize(self, _remove, str(self.folder), os.getpid())
        for name in ("task", "opt", "home"):
            (self.folder / name).mkdir()
        self._places = [
            (str(self.folder / "task"), "/var/task"),
            (str(self.folder / "opt"), "/opt"),
            (str(_BOOTSTRAPS / "node.mjs"), "/var/runtime/index.mjs"),
            (str(_BOOTSTRAPS / "python_start.py"), "/var/runtime/bootstrap.py"),
            (str(_BOOTSTRAPS / "python_runtime.py"), "/var/runtime/bootstrap.py"),
        ]
        self._runtime = str(function.run_time)
        if self._runtime.startswith("python"):
            self._add_sdk(python_version(self._runtime))
        self._fill(getattr(function, "code_bytes", b""), layers)

    @property
    def task_root(self) -> Path:
        """The folder that stands for /var/task."""
        return self.folder / "task"

    def display(self, text: str) -> str:
        """``text`` with the paths that it would have on AWS."""
        for here, there in self._places:
            if here in text:
                text = text.replace(here, there)
        return text

    def sdk_hint(self, message: str) -> str:
        """What an ImportError of a function in Python comes from that has AWS's SDK from here, or nothing."""
        return sdk_hint(message, python_version(self._runtime)) if self._runtime.startswith("python") else ""

    def _add_sdk(self, version: PythonVersion) -> None:
        folder = self.folder / "sdk"
        link_sdk(folder, version)
        library = f"/var/lang/lib/python{version[0]}.{version[1]}/"
        self._places += [(str(folder), sdk_folder(version)), (f"{library_of(self._runtime)}{os.sep}", library)]

    def _fill(self, package: bytes, layers: Sequence[bytes]) -> None:
        layers = [layer for layer in layers if is_zip(layer)]
        packages = [package] if is_zip(package) else []
        check_contents([*packages, *layers])
        for layer in layers:
            unpack(layer, self.folder / "opt", whole=True)
        for each in packages:
            unpack(each, self.task_root, whole=True)

    @property
    def command(self) -> Command:
        """What runs the function.

        :raises InvalidEntrypoint: it is of a custom runtime, and there is no ``bootstrap``.
        :raises NoInterpreter: nothing on this machine runs functions of this runtime.
        """
        runtime = self._runtime
        if runtime.startswith("python"):
            # Without the site module there are no packages but the function's own, as on AWS.
            # The program comes last, as on AWS: wrappers put options of the interpreter before it.
            return Command([python_for(runtime), "-S", "-s", "-u", str(_BOOTSTRAPS / "python_start.py")])
        if runtime.startswith("nodejs"):
            found = node()
            return Command([found.path, str(_BOOTSTRAPS / "node.mjs")], node_major=found.major)
        if runtime.startswith("provided"):
            return Command([self._bootstrap()], is_custom=True)
        raise NoInterpreter(f"Functions of runtime {runtime!r} cannot run in a process here.")

    def _bootstrap(self) -> str:
        for folder in ("task", "opt"):
            path = self.folder / folder / "bootstrap"
            if path.is_file():
                return str(path)
        raise InvalidEntrypoint("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")


def obstacle(runtime: str) -> str | None:
    """Why functions of ``runtime`` have no processes on this machine, as a clause; None when they can have them."""
    if os.name != "posix":
        return f"there are no processes on {sys.platform}"
    if runtime.startswith("nodejs"):
        try:
            node()
        except NoInterpreter as missing:
            return str(missing)
    return None if runtime.startswith(("python", "provided", "nodejs")) else f"there are no processes for {runtime}"


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:
        remove_folder(folder)
