"""Lambda function URLs for moto, answered by the deployed Python handler in this process."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .controller import FunctionUrl, LambdaUrls, Stack
    from .gateway.refusals import FunctionUrlPermissionWarning
    from .mock import mock_lambda_urls
    from .server import LambdaUrlsServer
    from .state.record import Invocation, Refusal

__version__ = "0.1.0"

__all__ = [
    "FunctionUrl",
    "FunctionUrlPermissionWarning",
    "Invocation",
    "LambdaUrls",
    "LambdaUrlsServer",
    "Refusal",
    "Stack",
    "__version__",
    "mock_lambda_urls",
]

_HOMES = {
    "FunctionUrl": "controller",
    "FunctionUrlPermissionWarning": "gateway.refusals",
    "Invocation": "state.record",
    "LambdaUrls": "controller",
    "LambdaUrlsServer": "server",
    "Refusal": "state.record",
    "Stack": "controller",
    "mock_lambda_urls": "mock",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
