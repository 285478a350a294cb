"""The user's cache folder, and the creation of folders in it in one step."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree


def cache_folder() -> Path:
    """Where this package keeps what it can make again, in the place that the platform has for that."""
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        caches = "~/Library/Caches"
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / "moto-lambda-urls"


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """An empty folder that becomes ``folder`` in one step at the end of the block: of several processes the first
    one's stays. A block that raises leaves nothing.

    :raises OSError: the folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        yield made
    except BaseException:
        rmtree(made)
        raise
    try:
        made.rename(folder)
    except OSError:
        rmtree(made)
        if not folder.exists():
            raise
