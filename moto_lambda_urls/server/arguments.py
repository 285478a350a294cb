"""Values of the commands' arguments, read from their text."""

from __future__ import annotations

import argparse
import json
import re
from typing import Any


def named_value(text: str) -> tuple[str, str]:
    """The name and the value in ``NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def host(text: str) -> str:
    """An address or a host name."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither an address nor a host name")
    return text


def number(least: int, most: int, text: str) -> int:
    """A number from ``least`` to ``most``."""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
    return int(text)


def cors(values: list[str] | None) -> Any:
    """The Cors configuration that the values of ``--cors`` say: origins, or the whole as JSON."""
    if not values:
        return None
    if values[0].startswith("{"):
        return json.loads(values[0])
    return {"AllowOrigins": values, "AllowMethods": ["*"], "AllowHeaders": ["*"]}
