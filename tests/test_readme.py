"""What the documentation shows is so: its Python runs, its sessions print what they say, its links lead somewhere."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml
from support.documentation import NAME, PAGES, ROOT, blocks, environment, run_steps, steps, write_files

pytestmark = pytest.mark.in_process

PLUGIN = "moto_lambda_urls.pytest_plugin"
LOADED = [] if any(each.value == PLUGIN for each in entry_points(group="pytest11")) else ["-p", PLUGIN]
WARNINGS = ["-W", "error", "-W", "default::moto_lambda_urls.FunctionUrlPermissionWarning"]
# Mangum asks for an event loop, or makes one, when it is constructed, and never closes it.
WARNINGS += ["-W", "ignore::pytest.PytestUnraisableExceptionWarning"]
WARNINGS += ["-W", "ignore:There is no current event loop:DeprecationWarning:mangum.adapter"]
OPTIONS = ["-q", *WARNINGS, "-p", "no:cacheprovider", "-p", "no:asyncio", *LOADED]
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)")


def with_blocks(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def name_of(page: Path) -> str:
    return page.name


def test_python_blocks_run(tmp_path: Path) -> None:
    for page in PAGES:
        folder = tmp_path / page.stem
        folder.mkdir()
        write_files(page, folder)

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )

    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("page", with_blocks("console"), ids=name_of)
def test_sessions_print_what_they_show(page: Path, tmp_path: Path) -> None:
    write_files(page, tmp_path)
    shown = list(steps(page))

    printed = run_steps([step.command for step in shown], tmp_path)

    different = [
        f"$ {step.command}\n{output}\n-- but the page has:\n{step.expected}"
        for step, output in zip(shown, printed, strict=True)
        if not step.matches(output)
    ]
    assert not different, "\n".join(different)


@pytest.mark.parametrize("page", with_blocks("sh"), ids=name_of)
def test_shell_blocks_are_shell(page: Path) -> None:
    for block in blocks(page, "sh"):
        checked = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True)
        assert checked.returncode == 0, block + checked.stderr


@pytest.mark.parametrize("page", with_blocks("yaml"), ids=name_of)
def test_compose_files(page: Path) -> None:
    for block in (each for each in blocks(page, "yaml") if not NAME.match(each)):
        services = yaml.safe_load(block)["services"]
        assert all({"image", "build"} & set(service) for service in services.values())
        needed = {name for service in services.values() for name in service.get("depends_on", ())}
        assert needed <= set(services)


@pytest.mark.parametrize("page", with_blocks("ini"), ids=name_of)
def test_ini_files(page: Path) -> None:
    for block in blocks(page, "ini"):
        configparser.ConfigParser().read_string(block)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "examples" / "README.md"], ids=name_of)
def test_links(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        linked = page.parent / target if target else page
        assert linked.exists(), target
        if anchor:
            assert anchor[1:] in anchors(linked), anchor


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_blocks_are_of_known_kinds() -> None:
    known = {"python", "console", "sh", "yaml", "ini", "text", "json", "mermaid"}
    for page in PAGES:
        assert set(re.findall(r"^```(\w+)$", page.read_text(), re.MULTILINE)) <= known, page


def test_troubleshooting_quotes_texts_of_the_package() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text()
    known = [text for path in (ROOT / "moto_lambda_urls").rglob("*.py") for text in texts_of(path)]

    for quoted in re.findall(r"^### `(.*)`$", page, re.MULTILINE):
        pattern = re.compile(".*".join(map(re.escape, quoted.split("…"))), re.DOTALL)
        assert any(pattern.search(text) for text in known), quoted


def texts_of(path: Path) -> list[str]:
    """The strings in a source file, with what f-strings and % insert left empty."""
    tree = ast.parse(path.read_text())
    plain = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    formatted = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "" for part in node.values)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
    ]
    return [re.sub(r"%[\d.]*[a-z]", "", text) for text in [*plain, *formatted]]
