"""The site has every page and every public name, the repository one address, the changelog this version."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
from support.documentation import ROOT

import moto_lambda_urls

SITE = (ROOT / "mkdocs.yml").read_text()
REPOSITORY = re.compile(r"https://(?:github|raw\.githubusercontent)\.com/moto-lambda-urls/[^\s)\"'>#]*")


def address() -> str:
    """The repository's, as setup.cfg has it."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return setup["metadata"]["url"]


def test_navigation_has_every_page() -> None:
    named = re.findall(r"^ +- [^:]+: ([\w-]+\.md)$", SITE, re.MULTILINE)
    assert sorted(named) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))


def test_reference_has_every_public_name() -> None:
    shown = re.findall(r"^::: moto_lambda_urls\.(\w+)$", (ROOT / "docs/reference.md").read_text(), re.MULTILINE)
    assert sorted(shown) == moto_lambda_urls.__all__


def test_site_names_the_repository() -> None:
    assert re.findall(r"^repo_url: (.*)$", SITE, re.MULTILINE) == [address()]


def test_picture_is_taken_of_what_the_page_has() -> None:
    asked = re.findall(r"By\.ID, \"(\w+)\"|@id='(\w+)'", (ROOT / "docs/screenshot.py").read_text())
    page = (ROOT / "moto_lambda_urls/server/console/page.html").read_text()
    assert {"".join(each) for each in asked} == {"requests"} <= set(re.findall(r'id="(\w+)"', page))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "setup.cfg"])
def test_links_to_the_repository_lead_somewhere(name: str) -> None:
    raw = address().replace("https://github.com/", "https://raw.githubusercontent.com/")
    for link in REPOSITORY.findall((ROOT / name).read_text()):
        inside = re.sub(rf"^(?:{address()}/(?:blob|tree)|{raw})/main/", "", link)
        pages_of_github = re.fullmatch(rf"{address()}(?:/(?:issues|security|actions|compare|releases)\b.*|/?)", link)
        assert pages_of_github or Path(ROOT, inside).exists(), link


def test_newest_release_of_the_changelog_is_this_version() -> None:
    titles = re.findall(r"^## \[([^]]+)\]\((\S+)\)(?: - (\S+))?$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    version = moto_lambda_urls.__version__
    assert titles[0] == ("Unreleased", f"{address()}/compare/v{version}...main", "")
    assert titles[1][:2] == (version, f"{address()}/releases/tag/v{version}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", titles[1][2])
