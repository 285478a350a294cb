"""Pool of all functions' processes: started when needed, reused while warm, ended when idle."""

from __future__ import annotations

import math
import os
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context
from typing import TYPE_CHECKING

from ..clocks import monotonic
from ..in_process.isolation.running import new_sandbox
from ..invocation_request import InvocationRequest, Outcome
from ..revision import environment_revision
from . import at_exit
from .deployment import Deployment
from .environment import Environment
from .fleet import Fleet
from .provisioning import provision
from .reaper import ProcessReaper
from .session import ProcessSession
from .shortage import Shortage
from .streaming import StreamedFromProcess

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

IDLE_SECONDS = 300.0
"""A decision: AWS states no time; five minutes are the least that people see."""
_TEND_SECONDS = 1.0


class Environments:
    """Runs functions in processes of their own; safe from any thread.

    :param max_processes: at most so many at once, idle ones included; who needs one more waits.
    :param layers: gives the zips of a function's layers.
    :param variables: gives what a function's environment holds besides, such as the way to AWS.
    :param idle_seconds: how long a process waits for its next invocation before it is ended.
    """

    def __init__(
        self,
        *,
        max_processes: int,
        layers: Callable[[LambdaFunction], Sequence[bytes]] = lambda _: (),
        variables: Callable[[LambdaFunction], Mapping[str, str]] = lambda _: {},
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._layers_of = layers
        self._variables = variables
        self._most = max_processes
        self._idle_seconds = idle_seconds
        self._reaper = ProcessReaper()
        self.generation = 0
        self._tender: threading.Thread | None = None
        self._begin_empty()
        at_exit.register(self)

    def invoke(self, call: InvocationRequest) -> Outcome:
        """Run ``call`` in a process; its failure is part of the outcome.

        :raises NoInterpreter: nothing on this machine runs functions of this runtime.
        """
        session = ProcessSession(call, self)
        session.begin()
        session.wait(lambda: False)
        return session.finish(b"".join(session.response.pieces))

    def stream(self, call: InvocationRequest) -> StreamedFromProcess:
        """Run ``call`` up to the first piece of its answer.

        :raises NoInterpreter: as ``invoke``.
        """
        return StreamedFromProcess(call, self)

    def provision(self, call: InvocationRequest, count: int) -> bool:
        """Have ``count`` environments of the function of ``call`` ready, and keep so many; False when Init fails.

        At most half of ``max_processes`` are made so.

        :raises NoInterpreter: as ``invoke``.
        """
        return provision(self, call, count)

    def close(self) -> None:
        """End all processes, those in the middle of an invocation too; afterwards it can be used again."""
        with self._changed:
            for fleet in self._current:
                self._retire(fleet)
            self._fleets.clear()
            self.generation += 1
            for environment in self._busy:
                environment.retire()
            tender, self._tender = self._tender, None
            self._stop_tending.set()
            self._changed.notify_all()
        self._end_doomed()
        if tender is not None and tender is not threading.current_thread():
            tender.join()
        self._reaper.stop()

    def pids(self) -> list[int]:
        """The processes that run now."""
        with self._changed:
            idle = [environment for fleet in self._current for _, environment in fleet.idle]
            return [each.pid for each in (*idle, *self._busy) if each.pid is not None]

    def take(self, call: InvocationRequest, generation: int) -> Environment | None:
        """A warm environment for ``call``; None is leave to ``make`` one. Waits while ``max_processes`` are busy.

        It does not wait for one of a ``generation`` that has ended.
        """
        since = monotonic()
        try:
            with self._changed:
                while True:
                    fleet = self._fleet(call)
                    if environment := self._newest_alive(fleet, call.tenant_id):
                        self._busy.add(environment)
                        return environment
                    if generation != self.generation or self._count < self._most or self._doom_oldest():
                        self._count += 1
                        return None
                    self._shortage.wait(self._changed, since, call.function.function_name, self._busy)
        finally:
            self._end_doomed()

    @property
    def shortage(self) -> str:
        """What all processes are busy with while invocations wait for one; empty when none does."""
        with self._changed:
            return self._shortage.hint(self._busy)

    def keep(self, call: InvocationRequest, count: int) -> int:
        """Keep ``count`` idle environments of the function of ``call``; how many ``make`` shall make for that."""
        with self._changed:
            fleet = self._fleet(call)
            others = sum(each.provisioned for each in self._current if each is not fleet)
            fleet.provisioned = max(0, min(count, self._most // 2 - others))
            there = len(fleet.idle) + sum(each.deployment is fleet.deployment for each in self._busy)
            wanted = max(0, min(fleet.provisioned - there, self._most - self._count))
            self._count += wanted
            return wanted

    def make(self, call: InvocationRequest, initialization: str = "on-demand") -> Environment:
        """A new environment for ``call``, not started yet; its package is unzipped by the first.

        ``initialization`` is why it is made, as AWS_LAMBDA_INITIALIZATION_TYPE says it.

        :raises PackageRefused: AWS would not take the package.
        :raises InvalidEntrypoint: it is a custom runtime's, and has no bootstrap.
        :raises NoInterpreter: nothing on this machine runs functions of this runtime.
        """
        function = call.function
        with self._changed:
            fleet = self._fleet(call)
        self._end_doomed()
        with fleet.unzipping:
            if fleet.deployment is None:
                fleet.deployment = Deployment(function, self._layers_of(function))
        sandbox = new_sandbox(call)
        variables = {os.fsdecode(name): os.fsdecode(value or "") for name, value in sandbox.variables.items()}
        variables |= {**self._variables(function), "AWS_LAMBDA_INITIALIZATION_TYPE": initialization}
        environment = Environment(fleet.deployment, sandbox, variables, self._reaper)
        with self._changed:
            self._busy.add(environment)
            self._start_tending()
        return environment

    def give_back(self, call: InvocationRequest, environment: Environment | None, *, warm: bool) -> None:
        """The end of one ``take``; what is not ``warm``, or of an older revision, is ended."""
        with self._changed:
            fleet = self._fleets.get(call.function)
            if environment is not None:
                self._busy.discard(environment)
            if environment is not None and warm and fleet is not None and fleet.deployment is environment.deployment:
                self._put_back(fleet, monotonic(), environment)
            else:
                self._doom(environment)
                self._changed.notify()
        self._end_doomed()

    def abandon(self) -> None:
        """In a forked child: the processes are the parent's."""
        for environment in (*self._busy, *self._doomed, *(each for fleet in self._current for _, each in fleet.idle)):
            environment.abandon()
        self._reaper.abandon()
        self._begin_empty()

    def _begin_empty(self) -> None:
        self._changed = threading.Condition()  # reentrant: an abandoned stream may be collected in any call
        self._fleets: weakref.WeakKeyDictionary[LambdaFunction, Fleet] = weakref.WeakKeyDictionary()
        self._current: list[Fleet] = []
        self._busy: set[Environment] = set()
        self._shortage = Shortage(self._most)
        self._doomed: list[Environment] = []
        self._count = 0
        self._tender = None
        self._stop_tending = threading.Event()

    def _fleet(self, call: InvocationRequest) -> Fleet:
        function, revision = call.function, environment_revision(call)
        fleet = self._fleets.get(function)
        if fleet is None or fleet.revision != revision:
            if fleet is not None:
                self._retire(fleet)
            fleet = self._fleets[function] = Fleet(function, revision)
            self._current.append(fleet)
        return fleet

    def _retire(self, fleet: Fleet) -> None:
        """End the environments of ``fleet``: the idle ones now, the others when they are given back."""
        self._current = [each for each in self._current if each is not fleet]
        while fleet.idle:
            self._doom(fleet.idle.pop()[1])

    def _newest_alive(self, fleet: Fleet, tenant_id: str | None) -> Environment | None:
        while environment := fleet.take_newest(tenant_id):
            if environment.exit_status is None:
                return environment
            self._doom(environment)
        return None

    def _doom_oldest(self) -> bool:
        """Give up the environment that was idle for the longest, of any function; False when there is none."""
        idle = [fleet for fleet in self._current if fleet.idle]
        fleets = [fleet for fleet in idle if fleet.has_spare] or idle  # what was provisioned goes last
        if fleets:
            self._doom(min(fleets, key=lambda fleet: fleet.idle[0][0]).idle.pop(0)[1])
        return bool(fleets)

    def _doom(self, environment: Environment | None) -> None:
        self._count -= 1
        if environment is not None:
            self._doomed.append(environment)

    def _end_doomed(self) -> None:
        """End, without the lock, what was given up with it."""
        while self._doomed:
            try:
                environment = self._doomed.pop()
            except IndexError:  # another thread was faster
                return
            environment.end()

    def _start_tending(self) -> None:
        if self._tender is None:
            self._stop_tending = threading.Event()
            target, stop = self._tend, self._stop_tending
            self._tender = threading.Thread(target=target, args=(stop,), name="moto-lambda-urls-processes", daemon=True)
            Context().run(self._tender.start)

    def _tend(self, stop: threading.Event) -> None:
        """Answer what runtimes ask between invocations, and end those that are idle for long, or gone."""
        while not stop.wait(_TEND_SECONDS):
            with self._changed:
                self._end_overdue(monotonic())
                asking = [(fleet, *each) for fleet in self._current for each in fleet.take_asking()]
                self._busy.update(environment for _, _, environment in asking)
            for fleet, since, environment in asking:
                environment.serve(0)  # without the lock: a runtime that does not read its answer takes seconds
                with self._changed:
                    self._busy.discard(environment)
                    self._put_back(fleet, since, environment)
            self._end_doomed()
            self._reaper.check()

    def _end_overdue(self, now: float) -> None:
        for environment in self._busy:
            if environment.deadline < now - _TEND_SECONDS:  # nobody takes its stream
                environment.kill()
        for fleet in self._current:
            for environment in fleet.take_ended(now, self._idle_seconds):
                self._doom(environment)
        self._current = [each for each in self._current if each.idle or each.function() is not None]

    def _put_back(self, fleet: Fleet, since: float, environment: Environment) -> None:
        if any(each is fleet for each in self._current):
            environment.deadline = math.inf
            fleet.idle.append((since, environment))
            fleet.idle.sort(key=lambda each: each[0])
        else:
            self._doom(environment)
        self._changed.notify()
