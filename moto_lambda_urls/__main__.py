"""The command ``moto-lambda-urls``, also as ``python -m moto_lambda_urls``."""

from __future__ import annotations

import sys
from importlib import import_module

from . import __version__


def main() -> int:
    """Run the command with the process's arguments; its exit code, 2 when it cannot begin."""
    try:
        cli = import_module("moto_lambda_urls.server.cli")
    except ImportError as error:
        print(f"moto-lambda-urls: {error}", file=sys.stderr)
        return 2
    exit_code: int = cli.main(__version__)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
