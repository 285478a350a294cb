"""Invocations that moto runs in Docker: of container images, and of runtimes that have no interpreter here."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, cast

from moto.core.config import default_user_config

from ..runtime.clocks import monotonic
from ..runtime.in_process.loading.loader import UnsupportedRuntime
from ..runtime.invocation_request import HandlerError, Outcome
from ..runtime.streaming import STREAM_CONTENT_TYPE

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from ..state.record import Placement

_logger = logging.getLogger("moto_lambda_urls")


class _InDocker(Protocol):
    """A function of our backend: moto's own have no public method that only runs them."""

    def run_in_docker(self, event: Any) -> tuple[str, bool, str]:
        """What it printed last, whether it failed, and its log."""


class Whole(Iterator[bytes]):
    """A complete answer with the interface of a streamed one."""

    prelude: dict[str, Any] | None = None
    content_type = STREAM_CONTENT_TYPE

    def __init__(self, outcome: Outcome) -> None:
        self.outcome: Outcome | None = outcome
        self._pieces = iter([outcome.payload] if outcome.error is None else [])

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Do nothing: the answer is complete."""


def invoke(function: LambdaFunction, payload: bytes, placement: Placement) -> Outcome:
    """Run ``function`` with the JSON ``payload`` as moto does: in Docker, or with ``use_docker: False`` not at all.

    ``placement`` says why it has no process.

    A decision: without Docker the invocation fails, as one of a function that does not start; the error, an
    :class:`UnsupportedRuntime`, says what to do.
    """
    if default_user_config.get("lambda", {}).get("use_docker", True) is False:
        return Outcome(payload=payload, error=None, logs="", duration_ms=0.0)  # as moto's "simple" Lambda
    if function.run_time and _docker_answers(function):
        return _in_docker(function, payload)
    unsupported = UnsupportedRuntime(function, placement.reason)
    _logger.error("%s", unsupported)
    error = HandlerError(type="Runtime.Unsupported", message=str(unsupported), exception=unsupported)
    return Outcome(payload=_error_object(error), error=error, logs="", duration_ms=0.0)


def _docker_answers(function: LambdaFunction) -> bool:
    try:
        function.docker_client.ping()
    except Exception:  # not installed, not running, not allowed
        return False
    return True


def _in_docker(function: LambdaFunction, payload: bytes) -> Outcome:
    started = monotonic()
    text, failed, logs = cast("_InDocker", function).run_in_docker(json.loads(payload))
    duration_ms = (monotonic() - started) * 1000
    try:
        value, payload = json.loads(text), text.encode()
        error = _error_of(value, text) if failed else None
    except ValueError:
        error = _error_of(text, text) if failed else None
        payload = _error_object(error) if error else json.dumps(text).encode()
    return Outcome(payload=payload, error=error, logs=logs, duration_ms=duration_ms)


def _error_of(value: object, text: str) -> HandlerError:
    if not isinstance(value, dict):
        return HandlerError(type="Runtime.ExitError", message=text)
    return HandlerError(type=str(value.get("errorType", "Error")), message=str(value.get("errorMessage", "")))


def _error_object(error: HandlerError) -> bytes:
    return json.dumps({"errorType": error.type, "errorMessage": error.message}).encode()
