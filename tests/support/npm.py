"""Packages of npm, installed once into a folder that is kept."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_SECONDS = 600


class Npm:
    """Installs below ``folder``; skips the test on a machine without Node.js and npm."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self, *packages: str) -> Path:
        """The folder of a ``node_modules`` with ``packages``, each ``name@version``, for Node to run in.

        :raises CalledProcessError: npm cannot install them.
        """
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            pytest.skip("Node.js or npm is not installed")
        kept = self._folder / hashlib.sha256(" ".join(sorted(packages)).encode()).hexdigest()[:16]
        if not kept.exists():
            made = Path(tempfile.mkdtemp(dir=self._folder))
            (made / "package.json").write_text("{}")  # else npm looks for one in the folders above
            quiet = ["--no-audit", "--no-fund", "--loglevel", "error"]
            subprocess.run([npm, "install", *quiet, *packages], cwd=made, check=True, timeout=_SECONDS)
            try:
                made.rename(kept)
            except OSError:  # another process was faster
                shutil.rmtree(made)
        return kept
