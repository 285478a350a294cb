from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.controller.exclusions import Exclusions

NAMES = ["app.py", "a.md", "lib/a.md", "lib/tests/x.py", "tests/x.py", "b/lib/c/d.txt", "[x].py", "x]y", "a b", "lib/b"]
PATTERNS = [
    "*.md",
    "/*.md",
    "lib/*.md",
    "tests",
    "/tests/",
    "lib/**",
    "**/d.txt",
    "b/**/d.txt",
    "*",
    "a?b",
    "[ab].md",
    "[!a].md",
    "\\[x\\].py",
    "[x].py",
    "lib",
    "lib/",
    "app.py/",
    "# app.py",
    "",
    "x]y",
    "[]x]]y",
    "[a-c].md",
]


def left_out(patterns: list[str]) -> set[str]:
    """The files of NAMES that ``patterns`` leave out, folders first as a walk does."""
    exclusions = Exclusions(patterns)

    def out(name: str) -> bool:
        folders = [str(parent) for parent in reversed(Path(name).parents) if str(parent) != "."]
        return any(exclusions.leave_out(folder, is_folder=True) for folder in folders) or exclusions.leave_out(
            name, is_folder=False
        )

    return {name for name in NAMES if out(name)}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("there is no git")
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def ignored(repository: Path, patterns: list[str]) -> set[str]:
    (repository / ".gitignore").write_text("\n".join([*patterns, "!.gitignore"]) + "\n", encoding="utf-8")
    command = ["git", "-C", str(repository), "ls-files", "--others", "--ignored", "--exclude-standard", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return {name for name in listed if name}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_as_git_reads_it(repository: Path, pattern: str) -> None:
    assert left_out([pattern]) == ignored(repository, [pattern])


@pytest.mark.parametrize("patterns", [["*.md", "!a.md"], ["!a.md", "*.md"], ["*.md", "!lib/a.md"], ["lib/", "!lib/b"]])
def test_the_last_one_decides(repository: Path, patterns: list[str]) -> None:
    assert left_out(patterns) == ignored(repository, patterns)


@given(st.text(), st.text())
def test_any_pattern_is_taken(pattern: str, name: str) -> None:
    assert Exclusions([pattern]).leave_out(name, is_folder=True) in (True, False)
