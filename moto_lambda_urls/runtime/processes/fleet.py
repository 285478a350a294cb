"""The environments of one revision of a function that wait for an invocation."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from .deployment import Deployment
from .environment import Environment

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


class Fleet:
    """``idle`` environments with the time since when they are, newest last; ``provisioned`` is how many of them stay.

    To be used under the lock of its pool, ``unzipping`` apart.
    """

    def __init__(self, function: LambdaFunction, revision: tuple[object, ...]) -> None:
        self.function = weakref.ref(function)
        self.revision = revision
        self.idle: list[tuple[float, Environment]] = []
        self.provisioned = 0
        self.deployment: Deployment | None = None
        self.unzipping = threading.Lock()

    @property
    def has_spare(self) -> bool:
        """Whether more are idle than were provisioned."""
        return len(self.idle) > self.provisioned

    def take_newest(self, tenant_id: str | None) -> Environment | None:
        """Take out the environment of this tenant that waits for the shortest time; None when there is none."""
        for at in reversed(range(len(self.idle))):
            if self.idle[at][1].sandbox.tenant_id == tenant_id:
                return self.idle.pop(at)[1]
        return None

    def take_ended(self, now: float, idle_seconds: float) -> list[Environment]:
        """Take out those that have ended, or were idle for longer than ``idle_seconds`` and are not provisioned."""
        alive = [(since, each) for since, each in self.idle if each.exit_status is None]
        staying = self.provisioned if self.function() is not None else 0
        spare = alive[: max(0, len(alive) - staying)]
        expired = [each for each in spare if each[0] < now - idle_seconds or self.function() is None]
        kept = [each for each in alive if each not in expired]
        taken = [environment for since, environment in self.idle if (since, environment) not in kept]
        self.idle[:] = kept
        return taken

    def take_asking(self) -> list[tuple[float, Environment]]:
        """Take out those whose runtime asks something although it is idle."""
        asking = [each for each in self.idle if each[1].is_asking]
        self.idle[:] = [each for each in self.idle if each not in asking]
        return asking
