"""Virtual environments of tools of Python that pin what the tests use in other releases; made once, and kept."""

from __future__ import annotations

import hashlib
import os
import subprocess
import venv
from pathlib import Path

_SECONDS = 600


class VirtualEnvironments:
    """Made below ``folder``, for the Python that runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self, *requirements: str) -> Path:
        """The folder of the commands of an environment with ``requirements``.

        :raises CalledProcessError: pip cannot install them.
        """
        kept = self._folder / hashlib.sha256(" ".join(sorted(requirements)).encode()).hexdigest()[:16]
        whole = kept / "whole"
        if not whole.exists():
            venv.create(kept, clear=True, with_pip=True)
            pip = [str(kept / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
            # Not the warnings that are errors in the tests.
            variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            subprocess.run([*pip, *requirements], env=variables, check=True, timeout=_SECONDS)
            whole.touch()
        return kept / "bin"
