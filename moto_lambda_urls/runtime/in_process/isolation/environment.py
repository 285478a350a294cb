"""os.environ as each invocation sees it: its function's variables, over the process's where it may see those."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

from ....patching.patches import Method, Patches
from ...exceptions import Exited
from ...variables import PASSED_ON
from .running import Running, current, encoded

_MISSING = object()

_PASSED_ON = frozenset(map(encoded, PASSED_ON))
_OF_MOTO = tuple(map(encoded, ("MOTO_", "TEST_PROXY_MODE", "SF_EXECUTION_HISTORY_TYPE", "VALIDATE_LAMBDA_S3")))
"""How moto's settings begin: moto answers the handler's calls in the handler's own thread, and looks them up there."""


class _Layered(os._Environ[Any]):
    """What ``os.environ`` becomes while a mock is active: outside invocations it does what it always did.

    The object stays the same and only changes its class, since modules hold references to it.
    """

    def __getitem__(self, key: Any) -> Any:
        running = current()
        if running is None:
            return super().__getitem__(key)
        name = self.encodekey(key)
        value = _overlaid(running, name)
        if value is _MISSING and _shows(running, name):
            return super().__getitem__(key)
        if value is _MISSING or value is None:
            raise KeyError(key)
        return self.decodevalue(value)

    def get(self, key: Any, default: Any = None) -> Any:
        if current() is not None:
            return super().get(key, default)
        # requests looks for variables that few have set; the inherited method raises and catches a KeyError for each.
        value = self._data.get(self.encodekey(key))  # type: ignore[attr-defined]  # typeshed does not show it
        return default if value is None else self.decodevalue(value)

    def __setitem__(self, key: Any, value: Any) -> None:
        running = current()
        if running is None:
            super().__setitem__(key, value)
            return
        name, content = self.encodekey(key), self.encodevalue(value)
        layer = running.own if name in running.own else running.sandbox.variables
        layer[name] = content

    def __delitem__(self, key: Any) -> None:
        running = current()
        if running is None:
            super().__delitem__(key)
            return
        if key not in self:
            raise KeyError(key)
        name = self.encodekey(key)
        layer = running.own if name in running.own else running.sandbox.variables
        layer[name] = None

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[Any]:
        running = current()
        if running is None:
            return super().__iter__()
        of_process = map(self.encodekey, super().__iter__())
        names = dict.fromkeys([name for name in of_process if _shows(running, name)])
        layered = running.sandbox.variables | running.own
        names.update(dict.fromkeys(layered))
        return iter([self.decodekey(name) for name in names if layered.get(name, _MISSING) is not None])

    def __len__(self) -> int:
        return super().__len__() if current() is None else sum(1 for _ in self)

    def __repr__(self) -> str:
        return super().__repr__() if current() is None else f"environ({dict(self)!r})"


def _overlaid(running: Running, name: Any) -> Any:
    value = running.own.get(name, _MISSING)
    return running.sandbox.variables.get(name, _MISSING) if value is _MISSING else value


def _shows(running: Running, name: Any) -> bool:
    """Whether the invocation sees the process's variable ``name``."""
    return not running.packaged or name in _PASSED_ON or name.startswith(_OF_MOTO)


def patch_environment(patches: Patches) -> None:
    """Put the layers behind ``os.environ``, and make ``subprocess`` and ``os._exit`` keep to the invocation.

    ``os.putenv``, ``os.system``, ``multiprocessing`` where it spawns, and C libraries see the process's environment.
    """
    stores = [os.environ, os.environb] if os.supports_bytes_environ else [os.environ]
    for store in stores:
        if type(store) is os._Environ:
            patches.value(store, "__class__", _Layered)
    patches.method(subprocess.Popen, "__init__", _with_environment)
    patches.method(os, "_exit", _exit_of(os.getpid()))


_ENV_POSITION = 10
"""Where ``env`` stands among Popen's positional arguments."""


def _with_environment(original: Any) -> Any:
    def popen_init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) <= _ENV_POSITION and kwargs.get("env") is None and current() is not None:
            kwargs["env"] = dict(os.environ)
        original(self, *args, **kwargs)

    return popen_init


def _exit_of(process: int) -> Callable[[Method], Method]:
    def make(original: Method) -> Method:
        def leave_process(status: int) -> None:
            # A forked child is in the invocation's context too, and really ends.
            if current() is not None and os.getpid() == process:
                raise Exited(status)
            original(status)

        return leave_process

    return make
