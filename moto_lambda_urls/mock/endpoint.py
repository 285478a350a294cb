"""AWS's API of a mock for functions in processes of their own, where the server's dependencies are installed."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..state.scope import Scope

_logger = logging.getLogger("moto_lambda_urls")
_PACKAGE = __package__.rpartition(".")[0]


def serve(mine: Scope) -> str | None:
    """Answer the API until ``mine`` ends; the URL to ask at, None where no server can run, which is logged."""
    try:
        # By name: the server is built upon mocks, and must not load with one.
        module = import_module(f"{_PACKAGE}.server.endpoint")
    except ImportError as error:
        _logger.warning(
            "Functions in processes do not reach the mocked AWS (%s): pip install moto-lambda-urls[server]", error
        )
        return None
    return str(module.serve(mine))
