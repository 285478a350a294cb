"""Functions and loaded code for the runtime's tests, without a mock's API calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from moto.core.base_backend import BackendDict
from moto.logs.models import LogsBackend

from moto_lambda_urls.runtime.invocation_request import InvocationRequest, Outcome
from moto_lambda_urls.runtime.invoke import invoke

ACCOUNT = "123456789012"
REQUEST_ID = "6f1a3b52-0000-4000-8000-000000000001"


class Function:
    """The attributes of moto's LambdaFunction that the runtime reads."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


def make_function(
    *,
    name: str = "orders",
    timeout: int | float = 3,
    environment: dict[str, str] | None = None,
    runtime: str = "python3.12",
    version: str | int = "$LATEST",
    logging_config: dict[str, str] | None = None,
) -> Any:
    """A function in a CloudWatch Logs of its own."""
    return Function(
        function_name=name,
        handler="app.handler",
        run_time=runtime,
        version=version,
        timeout=timeout,
        memory_size=128,
        environment_vars=environment or {},
        region="us-east-1",
        account_id=ACCOUNT,
        logs_group_name=f"/aws/lambda/{name}",
        logs_backend=BackendDict(LogsBackend, "logs")[ACCOUNT]["us-east-1"],
        layers=[],
        code_sha_256="sha",
        **({"logging_config": logging_config} if logging_config else {}),
    )


class Loaded:
    """A handler as if from a package in ``folder``; cold the first time that it is loaded."""

    def __init__(self, handler: Callable[[Any, Any], Any], *, folder: str = "/nowhere") -> None:
        self.handler = handler
        self.init_duration_ms = 12.345
        self.cold = False
        self.is_packaged = False
        self._folder = folder
        self._loads = 0

    def __call__(self, _function: Any) -> Loaded:
        self._loads += 1
        self.cold = self._loads == 1
        return self

    def run(self) -> AbstractContextManager[None]:
        return nullcontext()

    def display_path(self, filename: str) -> str:
        return filename.replace(self._folder, "/var/task")


def run(
    handler: Callable[[Any, Any], Any] | Loaded, function: Any = None, payload: bytes = b"{}", **options: Any
) -> Outcome:
    """One invocation of ``handler``."""
    function = function or make_function()
    load = handler if isinstance(handler, Loaded) else Loaded(handler)
    return invoke(make_call(load, function, payload=payload, **options))


def make_call(load: Any, function: Any = None, **fields: Any) -> InvocationRequest:
    """A call of ``function``, whose code ``load`` finds."""
    function = function or make_function()
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function.function_name}"
    defaults = {"payload": b"{}", "request_id": REQUEST_ID, "invoked_arn": arn}
    return InvocationRequest(function=function, load=load, **{**defaults, **fields})


__all__ = ["ACCOUNT", "REQUEST_ID", "Loaded", "make_call", "make_function", "run"]
