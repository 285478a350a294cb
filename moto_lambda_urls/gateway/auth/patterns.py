"""Patterns in policies: ``*``, ``?``, and variables such as ``${aws:username}``."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping, Sequence
from fnmatch import translate
from functools import lru_cache

Context = Mapping[str, str | Sequence[str]]
"""What is known of a request: condition keys in lower case, each with its value or values."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html: the characters with a meaning.
_SPECIAL = {"*", "?", "$"}


class UnknownVariable(ValueError):  # noqa: N818 - says what it is
    """A policy variable that the request has no single value for."""


def matches(pattern: str, text: str, context: Context | None = None) -> bool:
    """Whether ``text`` matches ``pattern``, where ``*`` is any text and ``?`` any one character.

    Variables are replaced with their value in ``context``, which is taken literally; None leaves ``${…}`` as it is.

    :raises UnknownVariable: ``pattern`` names a variable that ``context`` lacks.
    """
    return _compiled(_as_glob(pattern, context)).match(text) is not None


def arn_matches(pattern: str, arn: str, context: Context | None = None) -> bool:
    """Like ``matches``, part by part: a wildcard does not reach over an ARN's first five colons.

    :raises UnknownVariable: ``pattern`` names a variable that ``context`` lacks.
    """
    wanted, given = _as_glob(pattern, context).split(":", 5), arn.split(":", 5)
    if len(wanted) != 6 or len(given) != 6:
        return False
    return all(_compiled(part).match(value) is not None for part, value in zip(wanted, given, strict=True))


def substitute(text: str, context: Context | None) -> str:
    """``text`` with its variables replaced with their value in ``context``; None leaves ``${…}`` as it is.

    :raises UnknownVariable: ``text`` names a variable that ``context`` lacks.
    """
    if context is None or "${" not in text:
        return text
    return "".join(piece for _, piece in _pieces(text, context))


def _as_glob(pattern: str, context: Context | None) -> str:
    """``pattern`` as fnmatch reads it, to which ``[`` is special too."""
    if context is None or "${" not in pattern:
        return pattern.replace("[", "[[]")
    pieces = _pieces(pattern, context)
    return "".join(glob.escape(piece) if is_value else piece.replace("[", "[[]") for is_value, piece in pieces)


# fnmatch's expressions cannot backtrack without end: each ``*`` but the last is matched once and for all.
@lru_cache(maxsize=1_024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))


def _pieces(text: str, context: Context) -> list[tuple[bool, str]]:
    """``text`` cut up into (is a value, piece)."""
    pieces: list[tuple[bool, str]] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        pieces.append((False, text[end : found.start()]))
        pieces.append((True, _value(found[1], context)))
        end = found.end()
    return [*pieces, (False, text[end:])]


def _value(variable: str, context: Context) -> str:
    if variable in _SPECIAL:
        return variable
    name, has_default, default = variable.partition(",")
    value = context.get(name.strip().lower())
    if isinstance(value, str):
        return value
    default = default.strip()
    if value is None and has_default and len(default) >= 2 and default[0] == default[-1] == "'":
        return default[1:-1]
    raise UnknownVariable(variable)
