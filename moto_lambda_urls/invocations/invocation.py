"""One invocation of a version, whole or streamed: counted, run where it belongs, recorded at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from ..runtime.in_process.isolation.running import at_task_root
from ..runtime.in_process.loading.loader import LoadedHandler, code
from ..runtime.in_process.timeouts.deadline import within_init
from ..runtime.invocation_request import Credentials, InvocationRequest, Load, Outcome
from ..runtime.invoke import invoke as invoke_here
from ..runtime.streaming import StreamedOutcome
from ..state import scope
from ..state.invocation_metrics import CountedInvocation, InvocationMetrics
from ..state.metrics import Target
from ..state.record import Invocation, Placement
from ..state.scope import Scope
from . import credentials, foreign
from .asynchronous import Held
from .layers import layer_archives
from .placement import placement_of
from .pools import pool_of

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def _load(function: LambdaFunction, tenant_id: str | None = None) -> LoadedHandler:
    registered = scope.registered_handler(function.function_name)
    return code.load(
        function,
        registered=registered,
        layers=layer_archives,
        environment=at_task_root,
        within=within_init,
        tenant_id=tenant_id,
    )


@dataclass(slots=True, kw_only=True, eq=False)
class ScopedInvocationRequest(InvocationRequest):
    """A request to a deployed function, ``qualifier`` as it was asked for; ``scopes`` are the mocks that see it,
    ``metrics`` count it, ``placement`` is where it runs."""

    load: Load = _load
    endpoint_url: str | None = field(default_factory=lambda: scope.options().endpoint_url)
    credentials: Credentials = credentials.of_role
    qualifier: str | None
    reserved_concurrency: int | None
    scopes: tuple[Scope, ...] = field(default_factory=scope.active)
    metrics: InvocationMetrics = field(default_factory=InvocationMetrics)
    placement: Placement = field(init=False)

    def __post_init__(self) -> None:
        self.placement = placement_of(self.function)
        if self.tenant_id is not None:
            self.load = partial(_load, tenant_id=self.tenant_id)


def invoke(call: ScopedInvocationRequest, held: Held) -> Outcome:
    """Run ``call``; the handler's failure is part of the outcome. The events that it sends are in ``held``.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    with held.active(), _begin(call) as counted:
        outcome = _run(call)
        counted.end(failed=outcome.error is not None, duration_ms=outcome.duration_ms)
    return outcome


def _run(call: ScopedInvocationRequest) -> Outcome:
    if call.placement.place == "here":
        return invoke_here(call)
    if call.placement.place == "process":
        return pool_of(scope.innermost()).invoke(call)
    return foreign.invoke(call.function, call.to_json(), call.placement)


def stream(call: ScopedInvocationRequest) -> ResponseStream:
    """Run ``call`` up to the first piece of its answer.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    return ResponseStream(call)


class _Pieces(Iterator[bytes], Protocol):
    """A streamed answer, wherever it is made."""

    @property
    def prelude(self) -> dict[str, Any] | None: ...
    @property
    def content_type(self) -> str: ...
    @property
    def outcome(self) -> Outcome | None: ...
    def close(self) -> None: ...


class ResponseStream(Iterator[bytes]):
    """The pieces of a streamed answer, made as they are asked for; to be read to the end or closed.

    ``prelude`` is what the handler said of status and headers, None if nothing; ``outcome`` is None until the handler
    has ended. ``at_end`` is then called with it, once, whichever way it ends.
    """

    def __init__(self, call: ScopedInvocationRequest) -> None:
        self.at_end: Callable[[Outcome], None] = lambda _: None
        self._held = Held()
        self._is_ended = True  # there is nothing to close yet
        with ExitStack() as begun:
            self._counted = begun.enter_context(_begin(call))
            self._pieces = self._begin(call)
            begun.pop_all()
        self._is_ended = False

    @property
    def prelude(self) -> dict[str, Any] | None:
        return self._pieces.prelude

    @property
    def content_type(self) -> str:
        """The stream's own, which a prelude may outweigh."""
        return self._pieces.content_type

    @property
    def outcome(self) -> Outcome | None:
        return self._pieces.outcome

    def __next__(self) -> bytes:
        try:
            with self._held.active():
                return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the handler where it stands, if it has not ended."""
        if self._is_ended:
            return
        self._is_ended = True
        with ExitStack() as end:  # last in, first out
            end.callback(self._held.deliver_all)
            end.callback(self._report)
            end.callback(self._counted.release)
            end.callback(self._close_pieces)

    def _begin(self, call: ScopedInvocationRequest) -> _Pieces:
        with self._held.active():
            if call.placement.place == "here":
                return StreamedOutcome(call)
            if call.placement.place == "process":
                return pool_of(scope.innermost()).stream(call)
            return foreign.Whole(foreign.invoke(call.function, call.to_json(), call.placement))

    def _close_pieces(self) -> None:
        with self._held.active():
            self._pieces.close()

    def _report(self) -> None:
        outcome = self.outcome
        if outcome is not None:
            self._counted.end(failed=outcome.error is not None, duration_ms=outcome.duration_ms)
            self.at_end(outcome)

    def __del__(self) -> None:
        self.close()


def record(invocation: Invocation, scopes: tuple[Scope, ...], size: int | None = None) -> None:
    """Show ``invocation`` to the mocks that were active when it began: a stream may end under a later one.

    ``size`` is about how many bytes it holds, when the caller knows them.
    """
    for each in scopes:
        each.requests.add(invocation, size)


def _begin(call: ScopedInvocationRequest) -> CountedInvocation:
    """Count ``call`` as an invocation in progress.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    function = call.function
    target = Target(function.function_name, call.qualifier, str(function.version))
    return call.metrics.begin(target, call.reserved_concurrency)
