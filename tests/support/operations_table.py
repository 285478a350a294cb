"""docs/operations.md: every operation of Lambda's API, and who handles it. Run this file to write it anew."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from moto.core.utils import camelcase_to_underscores

from moto_lambda_urls.control.responses import FunctionUrlResponse
from moto_lambda_urls.messages.service_model import service_model

PATH = Path(__file__).parents[2] / "docs" / "operations.md"
OURS, MOTOS, NOBODYS = "this package", "moto", "not implemented: a 501 says so"
HEADER = """\
# The operations of Lambda's API

Who handles each of them while `mock_lambda_urls` is active, by botocore {botocore} and moto {moto}.
Written by `python tests/support/operations_table.py`.

| operation | handled by |
| --- | --- |
"""


def handler_of(operation: str) -> str:
    """Who handles ``operation``."""
    action = camelcase_to_underscores(operation)
    for each in FunctionUrlResponse.__mro__:
        if action in vars(each):
            return OURS if each.__module__.startswith("moto_lambda_urls.") else MOTOS
    return NOBODYS


def header() -> str:
    return HEADER.format(botocore=version("botocore"), moto=version("moto"))


def rows() -> list[str]:
    """A row for each operation that the installed botocore knows."""
    return [f"| {operation} | {handler_of(operation)} |" for operation in sorted(service_model().operation_names)]


if __name__ == "__main__":
    PATH.write_text(header() + "\n".join(rows()) + "\n")
