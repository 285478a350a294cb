"""The invocation that the calling thread is in, and the warm environment that it runs in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import logging
    from asyncio import AbstractEventLoop

    from moto.awslambda.models import LambdaFunction

Variables = dict[bytes | str, bytes | str | None]
"""Environment variables in the encoding of ``os.environ``'s own store; None is a variable that was deleted."""


class Log(Protocol):
    """The log of an invocation; safe from any thread."""

    def write(self, text: str) -> bool:
        """Add ``text`` as a stream: each line becomes an event once it is complete. Gives whether it shall show."""

    def add(self, message: str) -> bool:
        """Add ``message`` as one event. Gives whether it shall show."""


_KEY = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclass(eq=False)
class Sandbox:
    """A warm environment: what outlives an invocation of one version with one configuration.

    ``variables`` lie over the process's environment. ``levels`` and ``formatter`` are what the function set on loggers
    and on Lambda's logging handler; ``detached`` is True once it removed that handler. ``logs`` are those of the
    invocations in progress, ``loops`` the event loops by thread; None is a loop that was unset. ``disabled`` and
    ``propagate`` are what the function set on loggers, ``settings`` the values of ``process_state`` that it changed.
    ``peak_memory`` is in MB, 0 while it is not known.
    """

    fingerprint: tuple[object, ...]
    log_group: str
    log_stream: str
    json_logs: bool
    variables: Variables
    levels: dict[logging.Logger, int] = field(default_factory=dict)
    formatter: logging.Formatter | None = None
    detached: bool = False
    logs: list[Log] = field(default_factory=list)
    loops: dict[int, AbstractEventLoop | None] = field(default_factory=dict)
    disabled: dict[logging.Logger, bool] = field(default_factory=dict)
    propagate: dict[logging.Logger, bool] = field(default_factory=dict)
    settings: dict[int, Any] = field(default_factory=dict)
    peak_memory: int = 0

    def __del__(self) -> None:
        for loop in self.loops.values():
            if loop is not None and not loop.is_running():
                loop.close()


@dataclass(eq=False)
class Running:
    """An invocation in progress; ``request_id`` is empty while the module is imported. ``own`` holds the variables that
    are this invocation's alone, ``thread`` is the one that runs its handler; an import may take ``init_seconds``."""

    sandbox: Sandbox
    log: Log
    request_id: str = ""
    own: Variables = field(default_factory=dict)
    thread: int = field(default_factory=get_ident)
    init_seconds: float = float("inf")


_current: ContextVar[Running | None] = ContextVar("moto_lambda_urls_running", default=None)
current = _current.get
enter = _current.set
leave = _current.reset


def in_handler() -> bool:
    """Whether the calling thread is in an invocation."""
    return current() is not None


_sandboxes: WeakKeyDictionary[LambdaFunction, Sandbox] = WeakKeyDictionary()
_lock = Lock()
"""Of the process, as the runtime's patches are, which end with them: functions outlive a mock that keeps its data."""


def sandbox_of(function: LambdaFunction, endpoint_url: str | None = None) -> Sandbox:
    """The warm environment of ``function``: a new one after its code or configuration changed.

    Its ``AWS_ENDPOINT_URL`` is ``endpoint_url``, where AWS's API is answered; None is the process's own.
    """
    fingerprint = fingerprint_of(function, endpoint_url)
    with _lock:
        sandbox = _sandboxes.get(function)
        if sandbox is None or sandbox.fingerprint != fingerprint:
            sandbox = _sandboxes[function] = new_sandbox(function, endpoint_url)
        return sandbox


def own_variables(trace_id: str | None) -> Variables:
    """The variables that differ between invocations of one environment."""
    return {_TRACE_ID: None if trace_id is None else _encoded(trace_id)}


@contextmanager
def at_task_root(folder: Path | None) -> Iterator[None]:
    """Module code of the current invocation finds its package's files in ``folder``, by ``LAMBDA_TASK_ROOT``."""
    running = current()
    if running is not None and folder is not None:
        running.sandbox.variables[_encoded("LAMBDA_TASK_ROOT")] = _encoded(str(folder))
    yield


def discard_all() -> None:
    """End every warm environment."""
    with _lock:
        _sandboxes.clear()


def fingerprint_of(function: LambdaFunction, endpoint_url: str | None) -> tuple[object, ...]:
    """What makes a warm environment of ``function`` another one when it changes."""
    return (
        getattr(function, "code_sha_256", None),
        function.handler,
        function.run_time,
        function.timeout,
        function.memory_size,
        str(function.version),
        tuple(function.environment_vars.items()),
        tuple([layer["Arn"] for layer in function.layers]),
        tuple((getattr(function, "logging_config", None) or {}).items()),
        endpoint_url,
    )


def new_sandbox(function: LambdaFunction, endpoint_url: str | None) -> Sandbox:
    """An environment of ``function`` that has run nothing yet, with a log stream of its own."""
    logging_config = getattr(function, "logging_config", None) or {}
    log_group = logging_config.get("LogGroup") or function.logs_group_name
    log_stream = f"{datetime.now(timezone.utc):%Y/%m/%d}/[{_version(function)}]{uuid.uuid4().hex}"
    json_logs = logging_config.get("LogFormat") == "JSON"
    variables = _way_to_the_server(endpoint_url) | _variables(function, log_group, log_stream)
    if json_logs:
        level = logging_config.get("ApplicationLogLevel") or "INFO"
        variables |= {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
    return Sandbox(
        fingerprint=fingerprint_of(function, endpoint_url),
        log_group=log_group,
        log_stream=log_stream,
        json_logs=json_logs,
        variables={_encoded(name): _encoded(value) for name, value in variables.items()},
    )


def _way_to_the_server(endpoint_url: str | None) -> dict[str, str]:
    """What boto3 in a handler needs to reach the server that it runs in, with a key if the process has none."""
    if endpoint_url is None:
        return {}
    key = {} if "AWS_ACCESS_KEY_ID" in os.environ else _KEY
    return {"AWS_ENDPOINT_URL": endpoint_url, **key}


def _variables(function: LambdaFunction, log_group: str, log_stream: str) -> dict[str, str]:
    """Lambda's defaults, the function's own, and the reserved ones, which win.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime. Credentials
    stay the process's, and the addresses of the runtime API and the X-Ray daemon are left out: nothing listens there.
    """
    return {
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **{name: str(value) for name, value in function.environment_vars.items()},
        "_HANDLER": function.handler or "",
        "AWS_DEFAULT_REGION": function.region,
        "AWS_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": _version(function),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
    }


def _version(function: LambdaFunction) -> str:
    return str(function.version)


def _encoded(text: str) -> bytes | str:
    return text if os.name == "nt" else os.fsencode(text)


_TRACE_ID = _encoded("_X_AMZN_TRACE_ID")
