"""Patterns of a .gitignore, and the files that belong in no deployment package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NEVER_PACKAGED = (
    ".git",
    ".hg",
    ".svn",
    ".venv/",
    "__pycache__/",
    ".pytest_cache/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".hypothesis/",
    ".tox/",
    ".nox/",
    ".aws-sam/",
    ".serverless/",
    "cdk.out/",
    ".idea/",
    ".vscode/",
    ".DS_Store",
)
"""Version control, virtual environments, caches, editors' settings, and what tools build from templates."""

_TOKEN = re.compile(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^]]*\]|\\.|.", re.DOTALL)
_TRANSLATED = {"**/": "(?:.*/)?", "/**": "/.+", "?": "[^/]"}


@dataclass(frozen=True)
class _Rule:
    pattern: re.Pattern[str]
    folders_only: bool
    keeps: bool


class Exclusions:
    """What ``patterns`` leave out, each written as a line of a .gitignore; the last one that matches decides.

    https://git-scm.com/docs/gitignore#_pattern_format
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        lines = [pattern.strip() for pattern in patterns]
        self._rules = [_rule(line) for line in reversed(lines) if line and not line.startswith("#")]

    def leave_out(self, name: str, *, is_folder: bool) -> bool:
        """Whether ``name``, a path with slashes below the package's folder, is left out."""
        for rule in self._rules:
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(name):
                return not rule.keeps
        return False


def _rule(line: str) -> _Rule:
    keeps = line.startswith("!")
    body = line.removeprefix("!")
    name = body.rstrip("/")
    anywhere = "" if "/" in name else "(?:.*/)?"
    translated = "".join(map(_translated, _TOKEN.findall(name.removeprefix("/"))))
    return _Rule(re.compile(anywhere + translated, re.DOTALL), folders_only=body.endswith("/"), keeps=keeps)


def _translated(token: str) -> str:
    if token in _TRANSLATED:
        return _TRANSLATED[token]
    if token.startswith("*"):
        return "[^/]*"
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        members = token[1 + negated : -1].replace("\\", "\\\\").replace("[", "\\[")
        return f"(?!/)[{'^' if negated else ''}{members}]"
    return re.escape(token[-1])
