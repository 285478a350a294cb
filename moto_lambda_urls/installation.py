"""Everything that an active mock or a running server changes in this process, on and off."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from . import intercept, runtime
from .control import backends
from .moto_services import cloudwatch, event_rules
from .moto_services.cloudformation import parser
from .patching.first_use import load
from .state import scope

if TYPE_CHECKING:
    from .messages import Request, Response
    from .state.scope import Scope


class Installation:
    """Function URLs in moto and in the HTTP clients of this process, for ``mine``: on from here to ``undo``."""

    def __init__(self, mine: Scope) -> None:
        self._keep = False
        with ExitStack() as undo:
            backends.install()
            undo.callback(lambda: backends.uninstall(keep=self._keep))
            for part in (parser, cloudwatch, event_rules, runtime):
                part.install()
                undo.callback(part.uninstall)
            intercept.install(_handle)
            undo.callback(intercept.uninstall)
            scope.enter(mine)
            undo.callback(scope.leave, mine)
            self._undo = undo.pop_all()

    def undo(self, *, keep: bool = False) -> None:
        """Put everything back that nobody else uses; ``keep`` as for ``backends.uninstall``."""
        self._keep = keep
        self._undo.close()


def _handle(request: Request) -> Response:
    response: Response = load("gateway.pipeline").handle(request)
    return response
