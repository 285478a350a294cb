"""One invocation of a function version, whoever asks for it: counted against its concurrency, run here, recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import runtime
from ..runtime import Load, Outcome
from ..runtime.in_process.loading.loader import Loaded, code, runs_here
from ..state import scope
from ..state.recorded import Invocation
from ..state.scope import Scope
from . import foreign
from .asynchronous import Held

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def _load(function: LambdaFunction) -> Loaded:
    return code.load(function, environment=runtime.at_task_root)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(runtime.Call):
    """The call of a deployed function, ``qualifier`` as it was asked for; ``scopes`` are the mocks that see it."""

    load: Load = _load
    qualifier: str | None
    reserved_concurrency: int | None
    scopes: tuple[Scope, ...] = field(default_factory=scope.active)


def invoke(call: Call, held: Held) -> Outcome:
    """Run ``call``; the handler's failure is part of the outcome. The events that it sends are in ``held``.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    with held.active(), runtime.slot(call.function, call.reserved_concurrency):
        if not runs_here(call.function):
            return foreign.invoke(call.function, call.payload)
        return runtime.invoke(call)


def stream(call: Call) -> Stream:
    """Run ``call`` up to the first piece of its answer.

    :raises Throttled: the function's reserved concurrency is used up.
    """
    runtime.take(call.function, call.reserved_concurrency)
    try:
        return Stream(call)
    except BaseException:
        runtime.give_back(call.function)
        raise


class Stream(Iterator[bytes]):
    """The pieces of a streamed answer, made as they are asked for; to be read to the end or closed.

    ``prelude`` is what the handler said of status and headers, None if nothing; ``outcome`` is None until the handler
    has ended. ``at_end`` is then called with it, once, whichever way it ends.
    """

    def __init__(self, call: Call) -> None:
        self._ended = True  # there is nothing to close yet
        self._held = Held()
        self._pieces = self._begin(call)
        self._function = call.function
        self._ended = False
        self.at_end: Callable[[Outcome], None] = lambda _: None

    @property
    def prelude(self) -> dict[str, Any] | None:
        return self._pieces.prelude

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
        if self._ended:
            return
        self._ended = True
        try:
            with self._held.active():
                self._pieces.close()
        finally:
            runtime.give_back(self._function)
        try:
            if self._pieces.outcome is not None:
                self.at_end(self._pieces.outcome)
        finally:
            self._held.deliver_all()

    def _begin(self, call: Call) -> runtime.StreamedOutcome | foreign.Whole:
        with self._held.active():
            if not runs_here(call.function):
                return foreign.Whole(foreign.invoke(call.function, call.payload))
            return runtime.StreamedOutcome(call)

    def __del__(self) -> None:
        self.close()


def record(invocation: Invocation, scopes: tuple[Scope, ...], size: int | None = None) -> None:
    """Show ``invocation`` to the mocks that were active when it began: a stream may end under a later one.

    ``size`` is about how many bytes it holds, when the caller knows them.
    """
    for each in scopes:
        each.invocations.add(invocation, size)
