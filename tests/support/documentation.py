"""The blocks of a Markdown page, and the terminal sessions among them, run for real."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"# ([\w/]+\.\w+)\n")
_SERVES = re.compile(r"moto-lambda-urls (server|serve|proxy)\b")
PORTS = {"server": "5000", "serve": "8000", "proxy": "5005"}
"""The default ports, which the pages show; free ones stand in for them."""
_SECONDS = 900
_MARK = "::::"


def blocks(page: Path, language: str) -> list[str]:
    """The page's blocks of one language, in order."""
    return [text for found, text in _BLOCK.findall(page.read_text()) if found == language]


def section(page: str, title: str) -> str:
    """What the page, named from the repository's root, says below the heading ``title``, up to the next heading."""
    _, _, rest = (ROOT / page).read_text().partition(f"# {title}\n")
    return rest.partition("\n#")[0]


def write_files(page: Path, folder: Path) -> None:
    """Write the Python blocks into ``folder``: as the file that the first line names, or else as a test module.

    Blocks of YAML are written where they name a file.
    """
    for block in blocks(page, "yaml"):
        if named := NAME.match(block):
            (folder / named[1]).write_text(block)
    stem = page.stem.replace("-", "_").lower()
    found = blocks(page, "python")
    has_tests = any("def test_" in block for block in found)
    for number, block in enumerate(found):
        if named := NAME.match(block):
            (folder / named[1]).parent.mkdir(exist_ok=True)
            (folder / named[1]).write_text(block)
            block = f"import {Path(named[1]).stem}\n" if not has_tests else ""
        if "def test_" not in block:
            block += "\n\ndef test_block():\n    pass\n"
        (folder / f"test_{stem}_{number}.py").write_text(block)


@dataclass(frozen=True)
class Step:
    """A command of a session, ``$ command``, and the output that the page shows for it."""

    command: str
    expected: str

    def matches(self, output: str) -> bool:
        """Whether ``output`` is what the page shows, where ``...`` stands for anything."""
        pattern = ".*".join(map(re.escape, self.expected.strip().split("...")))
        return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def steps(page: Path) -> Iterator[Step]:
    """The commands of all sessions of a page."""
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.split("\n")
            length = 1 + next(number for number, line in enumerate(lines) if not line.endswith("\\"))
            yield Step("\n".join(lines[:length]), "\n".join(lines[length:]))


def run_steps(commands: list[str], folder: Path) -> list[str]:
    """What each command prints, in one shell; those that serve go on in the background till the end."""
    ports = {shown: free_port() for shown in PORTS.values()}
    script = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT", "exec 2>&1"]
    for number, command in enumerate(commands):
        if serves := _SERVES.search(command):
            command = _with_port(command.rstrip(" &"), PORTS[serves[1]])
        for shown, real in ports.items():
            command = command.replace(shown, str(real))
        script += [f"echo; echo {_MARK}", _in_background(command, f"out.{number}") if serves else command]
    finished = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    output = finished.stdout
    for shown, real in ports.items():
        output = output.replace(str(real), shown)
    return output.split(f"\n{_MARK}\n")[1:]


def environment(folder: Path) -> dict[str, str]:
    """That of a user who has the package installed, with its commands on the PATH."""
    commands = folder / ".bin"
    commands.mkdir(exist_ok=True)
    for name, module in (("moto-lambda-urls", "moto_lambda_urls"), ("pytest", "pytest -p no:asyncio")):
        (commands / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (commands / name).chmod(0o755)
    (commands / ".curlrc").write_text("silent\nshow-error\n")  # as in a terminal, which shows no progress either
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_", "PYTEST_", "TEST_"))
    }
    return {**kept, "PATH": path, "CURL_HOME": str(commands), "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _with_port(command: str, port: str) -> str:
    return command if " -p " in command else f"{command} -p {port}"


def _in_background(command: str, output: str) -> str:
    until_ready = f"for _ in $(seq 1200); do grep -qs Ctrl-C {output} && break; sleep 0.1; done"
    return f"{command} > {output} 2>&1 &\n{until_ready}; cat {output}"
