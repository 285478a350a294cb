"""Installation of function URLs in moto and in the HTTP clients of this process."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING

from ..control import backends
from ..moto_services import cloudwatch, event_rules, event_sources, permissions_boundaries, sessions
from ..moto_services.cloudformation import parser
from ..patching.tracebacks import trim
from . import unittest_results

if TYPE_CHECKING:
    from ..messages import Request, Response
    from ..state.scope import Scope


_logger = logging.getLogger("moto_lambda_urls")
_PACKAGE = __package__.rpartition(".")[0]


class Installation:
    """Function URLs in moto and in the HTTP clients of this process, for ``mine``: on from here to ``undo``.

    Unless moto is about to ``reset`` its data, functions of earlier mocks have their callables back.
    """

    def __init__(self, mine: Scope, *, reset: bool = True) -> None:
        self._keep = False
        self._mine = mine
        if not reset:
            mine.handlers = backends.kept_callables() | mine.handlers
        with ExitStack() as undo:
            backends.install(lambda theirs: _shared.late_parts(theirs).adoption)
            undo.callback(lambda: backends.uninstall(keep=self._keep))
            parser.install(lambda: _shared.late_parts().resources)
            undo.callback(parser.uninstall)
            for part in (cloudwatch, event_rules, event_sources, permissions_boundaries, sessions, unittest_results):
                part.install()
                undo.callback(part.uninstall)
            intercept = _shared.intercept()
            intercept.install(handle)
            undo.callback(intercept.uninstall)
            _shared.enter(mine)
            undo.callback(_shared.leave, mine)
            mine.serve = _serve
            undo.push(mine.at_end)
            self._undo = undo.pop_all()

    @property
    def alone(self) -> bool:
        """Whether there is no other one."""
        return _shared.scopes == [self._mine]

    def undo(self, *, keep: bool = False) -> None:
        """Put everything back that nobody else uses; ``keep`` as for ``backends.uninstall``."""
        self._keep = keep
        if keep:
            backends.keep_callables(self._mine.handlers)
        self._trim_raised()
        self._undo.close()

    def _trim_raised(self) -> None:
        """Trim what handlers raised in the program: it is on its way through a ``finally``, or kept to be shown later,
        as Python 3.10's unittest does until its cleanups have ended.
        """
        if self._mine.options.raise_handler_errors:
            for each in self._mine.invocations:
                if each.error is not None and each.error.exception is not None:
                    trim(each.error.exception)


def handle(request: Request, *, keeps_warned: bool = True) -> Response:
    """The answer of the function URL that ``request`` is for; ``keeps_warned`` as for the gateway's."""
    return _shared.late_parts().handle(request, keeps_warned=keeps_warned)


def _serve(mine: Scope) -> str | None:
    """Answer the API until ``mine`` ends; the URL to ask at, None where no server can run, which is logged."""
    try:
        # By name: the server is built upon mocks, and must not load with one.
        module = import_module(f"{_PACKAGE}.server.endpoint")
    except ImportError as error:
        _logger.warning("Functions in processes do not reach the mocked AWS: %s", error)
        return None
    return str(module.serve(mine))


class _LateParts:
    """The modules that answer the API and the URLs of functions, loaded with the first use of Lambda.

    They are imported in one step and hold each other, since ``patch.dict(sys.modules)`` around a first use takes
    them out of there again: modules of a later step would find others of their names, which know no URL.
    """

    def __init__(self) -> None:
        # First, and by these names: ``from ..runtime import patches`` would find one that is no longer in sys.modules.
        from ..runtime.patches import install, uninstall
        from ..state.scope import active, enter, leave

        # isort: split
        from moto.awslambda.models import LambdaBackend

        from ..control import adoption
        from ..gateway.pipeline import handle
        from ..moto_services.cloudformation.functions import RESOURCES

        self.adoption, self.handle, self.resources = adoption, handle, RESOURCES
        self._moto_class = LambdaBackend
        self._active, self._enter, self._leave = active, enter, leave
        self._install, self._uninstall = install, uninstall

    def extend(self, theirs: type) -> bool:
        """Whether our backends extend ``theirs``, of the module that moto uses now."""
        return issubclass(theirs, self._moto_class)

    def enter(self, mine: Scope) -> None:
        """Make ``mine`` the innermost scope of these modules, and add a user of the runtime's patches."""
        if mine not in self._active():  # by other parts, with the same module ``scope``
            self._enter(mine)
        self._install()

    def leave(self, mine: Scope) -> None:
        """Take back one ``enter``."""
        if mine in self._active():  # other parts, with the same module ``scope``, may have ended it
            self._leave(mine)
        self._uninstall()


class _Shared:
    """What the mocks and servers of a process share: the active scopes, outermost first, and what is loaded late."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self._late_parts: list[_LateParts] = []
        self._intercept: ModuleType | None = None
        self._lock = RLock()

    def intercept(self) -> ModuleType:
        """The package ``intercept``: the one in ``sys.modules`` when nobody uses it yet, then the same for everybody.

        It imports a part of its own with each client library that a test imports.
        """
        with self._lock:
            if self._intercept is None or not self.scopes:
                self._intercept = import_module(f"{_PACKAGE}.intercept")
            return self._intercept

    def late_parts(self, theirs: type | None = None) -> _LateParts:
        """The newest; those that extend ``theirs``, if that is given: moto's modules may have been imported anew."""
        with self._lock:
            newest = self._late_parts[-1] if self._late_parts else None
            if newest is not None and (theirs is None or newest.extend(theirs)):
                return newest
            parts = _LateParts()
            for each in self.scopes:
                parts.enter(each)
            self._late_parts.append(parts)
            return parts

    def enter(self, mine: Scope) -> None:
        """Make ``mine`` the innermost active scope."""
        with self._lock:
            self.scopes.append(mine)
            for parts in self._late_parts:
                parts.enter(mine)

    def leave(self, mine: Scope) -> None:
        """Take ``mine`` out, wherever it stands."""
        with self._lock:
            self.scopes.remove(mine)
            for parts in reversed(self._late_parts):  # whose patches are on top
                parts.leave(mine)
            if not self.scopes:
                del self._late_parts[:-1]


_shared = _Shared()
"""Of the process: moto's backends, the clients and the imports that it installs into are too."""
