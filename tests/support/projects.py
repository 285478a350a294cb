"""Projects that tools for infrastructure deploy to a server, with the commands that docs/deploy.md shows."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from support.documentation import section

PAGE = "docs/deploy.md"
VARIABLES = "With CDK, SAM, osls, Zappa"
_SHOWN = "http://127.0.0.1:5000"
_OF_SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SECONDS = 600

HANDLER = """
def handler(event, context):
    asked = event["requestContext"]["http"]
    return {"method": asked["method"], "path": asked["path"], "body": event.get("body", "")}
"""
"""What each project answers, whatever it is written with."""


class Project:
    """A project in ``folder``, for a server at ``endpoint_url``."""

    def __init__(self, folder: Path, *, endpoint_url: str) -> None:
        self.folder = folder
        self._endpoint_url = endpoint_url

    def write(self, files: Mapping[str, str]) -> None:
        """Write ``files``, texts by their paths in the project."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, command: str, *, tools: Path) -> str:
        """What ``command`` prints; its programs are in the folder ``tools``, its variables are those of the page.

        :raises AssertionError: it fails; the message is what it has printed.
        """
        exported = _lines(VARIABLES)[1].replace(_SHOWN, self._endpoint_url)
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        variables |= {
            "HOME": str(self.folder.parent),  # where tools look for settings, and keep what they have learned
            "PATH": os.pathsep.join([str(tools), os.environ["PATH"]]),
            "VIRTUAL_ENV": str(tools.parent),
        }
        ran = subprocess.run(
            ["bash", "-euc", f"{exported}\n{command}"],
            cwd=self.folder,
            env=variables,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
        )
        assert ran.returncode == 0, ran.stdout
        return ran.stdout


def commands(tool: str) -> list[str]:
    """The commands that the page shows for ``tool``; the last one removes what the others have made."""
    return _lines(tool)


def assert_answers(url: str) -> None:
    """That the URL answers GET and POST as HANDLER does."""
    got = requests.get(f"{url}orders/7", timeout=120)
    posted = requests.post(f"{url}orders", data="tea", headers={"Content-Type": "text/plain"}, timeout=120)
    answers: list[tuple[int, Any]] = [(each.status_code, each.json()) for each in (got, posted)]
    assert answers == [
        (200, {"method": "GET", "path": "/orders/7", "body": ""}),
        (200, {"method": "POST", "path": "/orders", "body": "tea"}),
    ]


def assert_gone(url: str) -> None:
    """That nothing answers at the URL, which has a port of its own."""
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=10)


def _lines(title: str) -> list[str]:
    [shown] = _OF_SHELL.findall(section(PAGE, title))
    return [line for line in str(shown).splitlines() if line]
