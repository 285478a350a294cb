"""One invocation of a function version, whoever asks for it: counted against its concurrency, run here, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import runtime, scope
from .recorder import Invocation
from .runtime import Outcome
from .runtime.loader import Loaded, code

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is to be invoked: ``function`` is the version that runs, ``arn`` and ``qualifier`` what was asked for.

    ``payload`` and ``client_context`` are JSON, ``trace_header`` is X-Ray's.
    """

    function: LambdaFunction
    arn: str
    qualifier: str | None
    request_id: str
    payload: bytes
    reserved_concurrency: int | None
    client_context: str | None = None
    trace_header: str | None = None


def invoke(call: Call) -> Outcome:
    """Run ``call``; the handler's failure is part of the outcome.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    with runtime.reserve(call.function, call.reserved_concurrency):
        return runtime.invoke(
            call.function,
            call.payload,
            request_id=call.request_id,
            invoked_arn=call.arn,
            client_context=call.client_context,
            trace_id=call.trace_header,
            load=_load,
        )


def _load(function: LambdaFunction) -> Loaded:
    return code.load(function, environment=runtime.at_task_root)


def record(invocation: Invocation) -> None:
    """Show ``invocation`` to every active mock."""
    for each in scope.active():
        each.invocations.add(invocation)
