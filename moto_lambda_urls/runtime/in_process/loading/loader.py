"""Which code a function's handler comes from (registered, package and layers, or sys.path), kept warm."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Protocol

from ...applications import Handler
from ...clocks import monotonic
from ...exceptions import DeadlinePassed, LoadError
from ...revision import revision_of
from .code import FunctionCode
from .handlers import find_handler, module_of
from .imports import open_code
from .packages import PackageRefused, check_contents, is_zip, unpack
from .search_path import running

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

__all__ = ["CodeCache", "InitEnvironment", "Layers", "LoadedHandler", "UnsupportedRuntime"]

Layers = Callable[["LambdaFunction"], Sequence[bytes]]
"""Gives the zips of a function's layers, in the order of its configuration; it may raise LoadError."""


class InitEnvironment(Protocol):
    """Gives the context in which module code runs: ``folder`` stands for /var/task, ``packaged`` code is in there."""

    def __call__(self, folder: Path | None, *, packaged: bool) -> AbstractContextManager[object]: ...


Within = Callable[[Callable[[], Handler]], Handler]
"""Calls the function that imports the handler; it may raise DeadlinePassed, while the import still goes on."""


class UnsupportedRuntime(Exception):  # noqa: N818 - a matter for moto's Docker way
    """The function is an image or of another language: only a registered callable or moto's Docker way can run it.

    ``why_no_process`` is a clause.
    """

    def __init__(self, function: LambdaFunction, why_no_process: str = "") -> None:
        image = function.package_type == "Image"
        kind = "a container image" if image else f"of runtime {function.run_time!r}"
        other = "deploy it as a Python package" if image else "start Docker, where moto runs it"
        name = function.function_name
        why = f" It has no process of its own: {why_no_process}." if why_no_process else ""
        super().__init__(
            f"Function {name!r} is {kind}, which cannot run in this process. Either register a Python callable in its "
            f"place, mock_lambda_urls(handlers={{{name!r}: my_handler}}), or {other}.{why}"
        )


def is_python(function: LambdaFunction) -> bool:
    """Whether the deployed code of ``function`` can run in this process: it is a Python package."""
    return function.package_type != "Image" and (function.run_time or "python").startswith("python")


@dataclass(frozen=True)
class LoadedHandler:
    """A handler ready to be called, ``with loaded.run():``.

    ``task_root`` is the folder that stands for /var/task, None when no package was unzipped. ``cold`` says that this
    load ran the module code, in ``init_duration_ms``; ``is_packaged`` that this code was deployed.
    """

    handler: Handler
    code: FunctionCode | None = None
    cold: bool = False
    init_duration_ms: float = 0.0
    is_packaged: bool = False

    @property
    def task_root(self) -> Path | None:
        return None if self.code is None else self.code.task_root

    def run(self) -> AbstractContextManager[None]:
        """While this lasts, this context (and threads that copy it) imports and sees sys.path as the function does."""
        return _Outside() if self.code is None else self.code.run()

    def display_path(self, filename: str) -> str:
        """``filename`` as AWS has it: under /var/task, or /opt for layers."""
        return self.display_text(filename)

    def display_text(self, text: str) -> str:
        """``text`` (a message, a traceback) with this process's folders and module names put as AWS has them."""
        return text if self.code is None else self.code.display_text(text)


class _Outside(AbstractContextManager[None]):
    def __enter__(self) -> None:
        self._token = running.set(None)

    def __exit__(self, *_: object) -> None:
        running.reset(self._token)


class _CachedCode:
    """What there is of one function version: the unzipped ``code`` of ``revision``, ``loaded`` once it was imported."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.revision: tuple[object, ...] = ()
        self.code: FunctionCode | None = None
        self.loaded: LoadedHandler | None = None


class CodeCache:
    """The loaded code of a backend's functions, once per version, tenant, code and configuration.

    Code that was replaced stays until the invocations that run it are done; ``close`` takes away everything at once.
    """

    def __init__(self) -> None:
        self._entries: weakref.WeakKeyDictionary[LambdaFunction, dict[str | None, _CachedCode]]
        self._entries = weakref.WeakKeyDictionary()
        self._codes: weakref.WeakSet[FunctionCode] = weakref.WeakSet()
        self._lock = Lock()

    def load(
        self,
        function: LambdaFunction,
        *,
        registered: Handler | None = None,
        layers: Layers = lambda _: (),
        environment: InitEnvironment = lambda _, packaged: nullcontext(),  # noqa: ARG005 - a Protocol's name
        within: Within = lambda step: step(),
        tenant_id: str | None = None,
    ) -> LoadedHandler:
        """The handler of ``function``, a version of moto's: the ``registered`` callable, else its package's, else the
        module of that name on ``sys.path``.

        Module code runs once for each ``tenant_id``, inside ``environment(...)``, whichever thread comes first. An
        exception of module code other than ImportError and SyntaxError comes through; ``imports.without_own_frames``
        makes its traceback AWS's.

        :raises LoadError: there is no such handler, or it cannot be imported, or the package is refused.
        :raises UnsupportedRuntime: not Python, and nothing registered.
        :raises DeadlinePassed: the import took longer than ``within`` allows.
        """
        if registered is not None:
            return LoadedHandler(registered)
        if not is_python(function):
            raise UnsupportedRuntime(function)
        cached = self._cached(function, tenant_id)
        with cached.lock:
            revision = revision_of(function)
            if cached.revision != revision:
                cached.revision, cached.code, cached.loaded = revision, None, None
            if cached.loaded is not None:
                return cached.loaded
            loaded = self._load(function, cached, layers, environment, within)
            cached.loaded = replace(loaded, cold=False, init_duration_ms=0.0)
            return loaded

    def close(self) -> None:
        """Take away modules, folders and import patches of all that was loaded; the cache may be used again."""
        with self._lock:
            codes = list(self._codes)
            self._entries.clear()
            self._codes.clear()
        for code in codes:
            code.close()

    def _load(
        self,
        function: LambdaFunction,
        cached: _CachedCode,
        layers: Layers,
        environment: InitEnvironment,
        within: Within,
    ) -> LoadedHandler:
        token = running.set(None)  # another function may be calling this one
        try:
            start = monotonic()
            if cached.code is None:
                cached.code = _unpacked(function, layers, self._codes.add)
            else:
                cached.code.forget_modules()
            name, code = str(function.handler), cached.code
            packaged = code is not None and code.holds(module_of(name))
            with environment(None if code is None else code.task_root, packaged=packaged):
                handler = within(partial(find_handler, name, code))
            took_ms = (monotonic() - start) * 1000
            return LoadedHandler(handler, code, cold=True, init_duration_ms=took_ms, is_packaged=packaged)
        except DeadlinePassed:
            cached.code = None  # an import that cannot be interrupted goes on in those folders
            raise
        finally:
            running.reset(token)

    def _cached(self, function: LambdaFunction, tenant_id: str | None) -> _CachedCode:
        with self._lock:
            return self._entries.setdefault(function, {}).setdefault(tenant_id, _CachedCode())


code = CodeCache()
"""The code of all functions that are warm; of the process, as the modules and import patches are that it brings."""


def _unpacked(function: LambdaFunction, layers: Layers, opened: Callable[[FunctionCode], None]) -> FunctionCode | None:
    archives = [archive for archive in layers(function) if is_zip(archive)]
    package = getattr(function, "code_bytes", b"")
    if not is_zip(package):
        if not archives:
            return None
        package = b""
    try:
        check_contents([*([package] if package else []), *archives])
        code = open_code(
            function.function_name,
            runtime=function.run_time,
            python_path=function.environment_vars.get("PYTHONPATH", ""),
        )
        opened(code)
        for archive in archives:
            unpack(archive, code.layers_root)
        if package:
            unpack(package, code.task_root)
    except PackageRefused as error:
        raise LoadError(error.code, error.message, hint=str(error)) from error
    return code
