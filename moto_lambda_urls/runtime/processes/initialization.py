"""The Init phase of an environment."""

from __future__ import annotations

from contextvars import Context

from ..clocks import monotonic
from .environment import Environment


def start(environment: Environment) -> None:
    """Start the process of ``environment``, outside of the invocation that may have asked for it.

    :raises ProcessEnded, InvalidEntrypoint: as ``Environment.start``.
    """
    Context().run(environment.start)


def wait_until_ready(environment: Environment, seconds: float) -> None:
    """Wait until the runtime asks for an invocation, or has said why it cannot; at most ``seconds`` from its start.

    :raises DeadlinePassed, ProcessEnded, ResponseCut: as ``Environment.wait``.
    """

    def ready() -> bool:
        return environment.api.waiting or environment.api.init_error is not None

    environment.wait(ready, environment.started_at + seconds)
    environment.init_ms = (monotonic() - environment.started_at) * 1000
    environment.measure()
