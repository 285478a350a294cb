"""The current invocation of a thread, and warm environments (sandboxes) with variables, log groups, streams."""

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

from ...invocation_request import InvocationRequest
from ...revision import environment_revision
from ...variables import lambda_variables

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


@dataclass(eq=False)
class Sandbox:
    """A warm environment: what outlives an invocation of one version with one configuration.

    ``variables`` lie over the process's environment. ``levels`` and ``formatter`` are what the function set on loggers
    and on Lambda's logging handler; ``detached`` is True once it removed that handler. ``logs`` are those of the
    invocations in progress, ``loops`` the event loops by thread; None is a loop that was unset. ``disabled`` and
    ``propagate`` are what the function set on loggers, ``settings`` the values of ``process_state`` that it changed.
    ``peak_memory`` is in MB, 0 while it is not known; ``places`` are folders of this process, each with that of AWS
    which it stands for. ``tenant_id`` is whose it is, where a function has a TenancyConfig.
    """

    revision: tuple[object, ...]
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
    places: tuple[tuple[str, str], ...] = ()
    tenant_id: str | None = None

    def display(self, text: str) -> str:
        """``text`` with the paths that it would have on AWS."""
        for here, there in self.places:
            if here in text:
                text = text.replace(here, there)
        return text

    def __del__(self) -> None:
        for loop in self.loops.values():
            if loop is not None and not loop.is_running():
                loop.close()


@dataclass(eq=False)
class Running:
    """An invocation in progress; ``request_id`` is empty while the module is imported. ``own`` holds the variables that
    are this invocation's alone, ``thread`` is the one that runs its handler; an import may take ``init_seconds``. The
    code is ``packaged`` when it was deployed, and must not see the test's variables."""

    sandbox: Sandbox
    log: Log
    request_id: str = ""
    own: Variables = field(default_factory=dict)
    thread: int = field(default_factory=get_ident)
    init_seconds: float = float("inf")
    packaged: bool = False


_current: ContextVar[Running | None] = ContextVar("moto_lambda_urls.invocation", default=None)
current = _current.get
enter = _current.set
leave = _current.reset


def in_handler() -> bool:
    """Whether the calling thread is in an invocation."""
    return current() is not None


_sandboxes: WeakKeyDictionary[LambdaFunction, dict[str | None, Sandbox]] = WeakKeyDictionary()
_lock = Lock()
"""Of the process, as the runtime's patches are, which end with them: functions outlive a mock that keeps its data."""


def sandbox_of(call: InvocationRequest) -> Sandbox:
    """The warm environment of the function and tenant of ``call``: a new one after code or configuration changed."""
    revision = environment_revision(call)
    with _lock:
        by_tenant = _sandboxes.setdefault(call.function, {})
        sandbox = by_tenant.get(call.tenant_id)
        if sandbox is None or sandbox.revision != revision:
            sandbox = by_tenant[call.tenant_id] = new_sandbox(call, revision)
        return sandbox


def own_variables(trace_id: str | None) -> Variables:
    """The variables that differ between invocations of one environment."""
    return {_TRACE_ID: None if trace_id is None else encoded(trace_id)}


@contextmanager
def at_task_root(folder: Path | None, *, packaged: bool) -> Iterator[None]:
    """Module code of the current invocation finds its package's files in ``folder``, by ``LAMBDA_TASK_ROOT``.

    ``packaged`` says that the module is one of these files: then its HOME is an empty folder, where no SDK finds the
    developer's configuration.
    """
    running = current()
    if running is not None and folder is not None:
        variables = {"LAMBDA_TASK_ROOT": folder} | ({"HOME": folder.parent / "home"} if packaged else {})
        running.packaged = packaged
        running.sandbox.places = ((str(folder), "/var/task"), (str(folder.parent / "opt"), "/opt"))
        running.sandbox.variables.update({encoded(name): encoded(str(path)) for name, path in variables.items()})
    yield


def discard_all() -> None:
    """End every warm environment."""
    with _lock:
        _sandboxes.clear()


def new_sandbox(call: InvocationRequest, revision: tuple[object, ...] = ()) -> Sandbox:
    """An environment of the function of ``call`` that has run nothing yet, with a log stream of its own."""
    function = call.function
    logging_config = getattr(function, "logging_config", None) or {}
    log_group = logging_config.get("LogGroup") or function.logs_group_name
    log_stream = f"{datetime.now(timezone.utc):%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
    is_json = logging_config.get("LogFormat") == "JSON"
    level = (logging_config.get("ApplicationLogLevel") or "INFO") if is_json else None
    variables = {
        **({} if call.endpoint_url is None else {"AWS_ENDPOINT_URL": call.endpoint_url}),
        **lambda_variables(function, log_group=log_group, log_stream=log_stream, json_logs=level),
        **call.credentials(function),
    }
    return Sandbox(
        revision=revision,
        log_group=log_group,
        log_stream=log_stream,
        json_logs=is_json,
        variables={encoded(name): encoded(value) for name, value in variables.items()},
        tenant_id=call.tenant_id,
    )


def encoded(text: str) -> Any:
    """``text`` as ``os.environ``'s own store holds names and values: bytes, on Windows str."""
    return text if os.name == "nt" else os.fsencode(text)


_TRACE_ID = encoded("_X_AMZN_TRACE_ID")
