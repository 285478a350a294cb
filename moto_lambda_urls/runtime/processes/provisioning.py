"""Provisioned environments: those that are started before their first invocation, and kept."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Protocol

from ..clocks import monotonic
from ..errors import Failure, report
from ..exceptions import DeadlinePassed
from ..in_process.isolation import logs
from ..invocation_request import InvocationRequest
from ..log_streams import put_log_events
from .environment import Environment
from .failures import ENDS, failure_of, reported
from .initialization import start, wait_until_ready
from .log import ProcessLog
from .session import Lender

PROVISIONED = "provisioned-concurrency"
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""
_LEAST_SECONDS = 130.0
"""That Init may take, or the Timeout where that is longer:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib"""


class Keeper(Lender, Protocol):
    """Who has the environments, and keeps some."""

    def keep(self, call: InvocationRequest, count: int) -> int:
        """Keep ``count`` idle ones; gives how many are to be made for that, each with one right to ``make``."""


def provision(keeper: Keeper, call: InvocationRequest, count: int) -> bool:
    """Have ``count`` environments of the function of ``call`` ready; False when the Init of one has failed."""
    with ExitStack() as at_end:
        made = [_Initialization(keeper, call) for _ in range(keeper.keep(call, count))]
        for each in made:
            at_end.callback(each.close)
        for each in made:  # at once, as each is a process
            each.begin()
        for each in made:
            each.finish()
        failed = [each.failure for each in made if each.failure is not None]
    if failed:
        report(failed[0], call.function.function_name)
        keeper.keep(call, 0)
    return not failed


class _Initialization:
    """One environment on its way; ``failure`` is why there is none."""

    def __init__(self, keeper: Keeper, call: InvocationRequest) -> None:
        self.failure: Failure | None = None
        self._keeper = keeper
        self._call = call
        self._environment: Environment | None = None
        self._log: ProcessLog | None = None
        self._is_ready = False

    def begin(self) -> None:
        """Start its process."""
        try:
            environment = self._environment = self._keeper.make(self._call, PROVISIONED)
            self._log = environment.log = ProcessLog(environment)
            start(environment)
        except ENDS as end:
            self._fail(failure_of(end, self._call))

    def finish(self) -> None:
        """Wait until it is ready, or has failed."""
        environment = self._environment
        if environment is None or self.failure is not None:
            return
        try:
            wait_until_ready(environment, max(_LEAST_SECONDS, float(self._call.function.timeout)))
            if environment.api.init_error is not None:
                self._fail(reported(environment.api.init_error, environment.deployment)[0])
        except DeadlinePassed as end:
            took = (monotonic() - environment.started_at) * 1000
            line = logs.init_timeout_line(took, json_logs=environment.sandbox.json_logs)
            self._fail(failure_of(end, self._call), line)
        except ENDS as end:
            self._fail(failure_of(end, self._call))
        self._is_ready = self.failure is None

    def close(self) -> None:
        """Put its log where logs go, and the environment to those that wait."""
        environment, log = self._environment, self._log
        try:
            if environment is not None and log is not None:
                environment.read_rest()
                log.close("")
                put_log_events(self._call.function, environment.sandbox, log.events)
        finally:
            if environment is not None:
                environment.log = None
            self._keeper.give_back(self._call, environment, warm=self._is_ready)

    def _fail(self, failure: Failure, log_line: str = "") -> None:
        self.failure = failure
        if self._log is not None and (line := log_line or failure.log_line):
            self._log.add(line)
