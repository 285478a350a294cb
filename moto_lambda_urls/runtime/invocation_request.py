"""The request to invoke a function, and the outcome, wherever its handler runs; limits on results and log tails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .applications import Handler

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

MAX_RESULT_BYTES = 6_291_556
"""The payload of a buffered answer."""
MAX_STREAMED_BYTES = 200 * 1024 * 1024
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html"""
MAX_TAIL_BYTES = 4096
"""https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-LogType"""
PRELUDE_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
"""By which a function's runtime tells the URL that its stream begins with a prelude."""


class Loaded(Protocol):
    """A function's code, loaded: ``cold`` when this very invocation loaded it, in ``init_duration_ms``."""

    @property
    def handler(self) -> Handler: ...

    @property
    def cold(self) -> bool: ...

    @property
    def init_duration_ms(self) -> float: ...

    @property
    def is_packaged(self) -> bool:
        """Whether the handler is of the deployed package, and neither a callable nor a module of this process."""

    def run(self) -> AbstractContextManager[None]:
        """Inside the block the calling context imports modules as the function does."""

    def display_path(self, filename: str) -> str:
        """The path that AWS would show for ``filename``: under ``/var/task`` for the package's files."""


Credentials = Callable[["LambdaFunction"], Mapping[str, str]]
"""Gives the environment variables by which AWS's SDKs act as a function's role."""

Load = Callable[["LambdaFunction"], Loaded]
"""Finds a function's code; called inside the invocation, so that module code sees its environment and log."""


def _no_credentials(_function: LambdaFunction) -> Mapping[str, str]:
    return {}


@dataclass(slots=True, kw_only=True, eq=False)
class InvocationRequest:
    """A request to invoke a function, in variables named ``call``: ``request`` is an HTTP request.

    ``function`` is the version that runs, ``invoked_arn`` what was asked for.

    ``payload`` and ``client_context`` are JSON, ``trace_id`` is an X-Ray header. ``event`` is there in place of the
    payload where the caller has an object and gives it away: a handler in this process gets that very object.
    ``endpoint_url`` is where boto3 in the handler reaches AWS's API, None where the process decides. ``credentials``
    are asked for once in an environment. ``tenant_id`` is whose environment runs a function with a TenancyConfig.
    """

    function: LambdaFunction
    request_id: str
    invoked_arn: str
    load: Load
    payload: bytes = b""
    client_context: str | None = None
    trace_id: str | None = None
    event: dict[str, Any] | None = None
    endpoint_url: str | None = None
    credentials: Credentials = _no_credentials
    tenant_id: str | None = None

    def to_json(self) -> bytes:
        """The event as JSON, empty when there is none."""
        return self.payload if self.event is None else event_json(self.event)


def event_json(event: dict[str, Any]) -> bytes:
    """``event`` as compact JSON; a lone surrogate in it, of a path say, is encoded as json.loads decodes it."""
    return _encode(event).encode("utf-8", "surrogatepass")


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


@dataclass(frozen=True, kw_only=True)
class HandlerError:
    """Why an invocation failed, as Lambda names it (``type``, ``message``), with Python's traceback text.

    ``hint`` is a line for whoever deployed the function, which AWS does not have.
    """

    type: str
    message: str
    traceback: str = ""
    hint: str = ""
    exception: BaseException | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of an invocation: ``payload`` is JSON, Lambda's error object when there is an ``error``.

    ``logs`` is the whole text of its log, ``duration_ms`` the time in the handler in milliseconds.
    """

    payload: bytes
    error: HandlerError | None
    logs: str
    duration_ms: float

    @property
    def tail(self) -> bytes:
        """The last 4 KB of the log, as ``LogType=Tail`` answers them."""
        return self.logs.encode()[-MAX_TAIL_BYTES:]
