"""``mock_lambda_urls``: mock_aws with function URLs, in each form that mock_aws has."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast, overload

from moto.core.decorator import mock_aws
from moto.core.models import MockAWS

from ..patching.tracebacks import trim
from ..state import scope

if TYPE_CHECKING:
    from moto.core.config import DefaultConfig

    from ..controller import LambdaUrls
    from ..controller.remote import ServerOptions
    from ..runtime.applications import HandlerOrApplication
    from .installation import Installation

__unittest = True  # unittest leaves the frames of such a module out, above a test's own
P = ParamSpec("P")
T = TypeVar("T")


class MockLambdaUrls(MockAWS):
    """A ``mock_aws`` whose Lambda has function URLs; ``with … as urls`` gives its ``LambdaUrls``.

    What moto does at start and stop is done by a ``mock_aws`` of its own, so that nesting counts with every other one;
    inherited is only how moto decorates functions and classes.
    """

    def __init__(
        self, *, options: scope.Options, handlers: dict[str, scope.Handler], config: DefaultConfig | None
    ) -> None:
        self._options = options
        self._handlers = handlers
        self._config = config
        self._started: list[tuple[MockAWS, Installation | ServerOptions]] = []

    def __enter__(self) -> LambdaUrls:  # type: ignore[override]  # more useful in a with statement than the mock itself
        self.start()
        return self.urls

    def __exit__(self, *raised: Any) -> None:
        if isinstance(raised[1], BaseException):
            trim(raised[1])
        self.stop()

    @property
    def urls(self) -> LambdaUrls:
        """The controller of the running mock.

        :raises RuntimeError: the mock was not started.
        """
        if not self._started:
            raise RuntimeError(
                "mock_lambda_urls is not started: use it as a decorator or in a with statement, or call start()"
            )
        return self._urls

    def start(self, reset: bool = True) -> None:
        """Begin to mock AWS, function URLs included; ``reset`` as in moto: begin without the data of earlier mocks."""
        # What a mock is made of is loaded with the first one, not with this module.
        from ..controller import LambdaUrls
        from ..controller.remote import RemoteLambdaUrls, ServerOptions, remote

        mine = scope.Scope(options=self._options, handlers=dict(self._handlers))
        moto = mock_aws(config=self._config)
        server = remote()
        installation = _installation()(mine, reset=reset) if server is None else ServerOptions(mine, server)
        try:
            moto.start(reset=reset)
        except BaseException:
            installation.undo()
            raise
        self._started.append((moto, installation))
        self._urls = LambdaUrls(mine) if server is None else RemoteLambdaUrls(mine, server)

    def stop(self, remove_data: bool = True) -> None:
        """End what ``start`` began; everything is as it was before, plain moto included if an outer mock_aws runs.

        ``remove_data`` as in moto: without, the next mock that starts with ``reset=False`` finds what this one made.

        :raises RuntimeError: there was no start.
        """
        if not self._started:
            raise RuntimeError("Called stop() before start().")
        moto, installation = self._started.pop()
        try:
            installation.undo(keep=not remove_data)
        finally:
            moto.stop(remove_data=remove_data)

    def _decorate_class(self, klass: type[T]) -> type[T]:
        if issubclass(klass, unittest.IsolatedAsyncioTestCase):
            _begin_in_set_up(klass)
        return super()._decorate_class(klass)

    def _decorate_callable(self, func: Callable[P, T], reset: bool, remove_data: bool) -> Callable[P, T]:
        @functools.wraps(func)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            self.start(reset=reset)
            try:
                return func(*args, **kwargs)
            except BaseException as error:
                _trim(error, args)
                raise
            finally:
                self.stop(remove_data=remove_data)

        @functools.wraps(func)
        async def awaiting(*args: P.args, **kwargs: P.kwargs) -> Any:
            self.start(reset=reset)
            try:
                return await cast("Awaitable[Any]", func(*args, **kwargs))
            except BaseException as error:
                _trim(error, args)
                raise
            finally:
                self.stop(remove_data=remove_data)

        return cast("Callable[P, T]", awaiting) if inspect.iscoroutinefunction(func) else wrapper


def _trim(error: BaseException, args: tuple[object, ...]) -> None:
    trim(error)
    if args and isinstance(args[0], unittest.IsolatedAsyncioTestCase):
        # Python 3.10's shows the decorator's own frames, too, but only after the cleanups.
        args[0].addCleanup(trim, error)


@functools.cache
def _installation() -> type[Installation]:
    # Kept: ``patch.dict(sys.modules)`` around the first start takes the module away, which knows who uses it.
    from .installation import Installation

    return Installation


def _begin_in_set_up(klass: type[unittest.IsolatedAsyncioTestCase]) -> None:
    """Give a class that has ``asyncSetUp`` alone a ``setUp``.

    moto begins without earlier data in ``setUp`` where a class has one, else in each test, which would then lose what
    ``asyncSetUp`` made.
    """
    plain = unittest.IsolatedAsyncioTestCase
    if klass.asyncSetUp is plain.asyncSetUp or klass.setUp is not plain.setUp:
        return

    @functools.wraps(plain.setUp)
    def set_up(case: unittest.IsolatedAsyncioTestCase) -> None:
        plain.setUp(case)

    klass.setUp = set_up  # type: ignore[method-assign, assignment]  # mypy knows no class that is changed


@overload
def mock_lambda_urls(func: Callable[P, T]) -> Callable[P, T]: ...


@overload
def mock_lambda_urls(
    func: None = None,
    *,
    handlers: Mapping[str, HandlerOrApplication] | None = None,
    authorization: scope.Authorization = "standard",
    raise_handler_errors: bool = False,
    function_states: scope.FunctionStates = "immediate",
    processes: scope.Processes = "auto",
    max_processes: int = scope.DEFAULT_MAX_PROCESSES,
    validate: scope.Validate = "aws",
    config: DefaultConfig | None = None,
) -> MockLambdaUrls: ...


def mock_lambda_urls(
    func: Callable[P, T] | None = None,
    *,
    handlers: Mapping[str, HandlerOrApplication] | None = None,
    authorization: scope.Authorization = "standard",
    raise_handler_errors: bool = False,
    function_states: scope.FunctionStates = "immediate",
    processes: scope.Processes = "auto",
    max_processes: int = scope.DEFAULT_MAX_PROCESSES,
    validate: scope.Validate = "aws",
    config: DefaultConfig | None = None,
) -> MockLambdaUrls | Callable[P, T]:
    """Mock AWS with moto, with Lambda's function URLs answered by the deployed handlers in this process.

    Used like ``moto.mock_aws``: as a decorator of functions, coroutine functions and classes, bare or called; as a
    context manager; by ``start()`` and ``stop()``. With TEST_SERVER_MODE or TEST_PROXY_MODE set, AWS is moto's server
    or proxy with function URLs, in another process, as for ``mock_aws``; ``handlers``, ``raise_handler_errors``,
    ``processes``, ``max_processes`` and ``validate`` are a RuntimeError at the start then.

    :param handlers: function names → callables or web applications that stand in for the deployed code.
    :param authorization: "standard" asks a NONE URL for its grant and verifies signatures of known keys; "strict" is
        AWS today; "off" lets every URL answer.
    :param raise_handler_errors: an exception of a handler reaches the caller instead of becoming a 502.
    :param function_states: "immediate" makes functions Active at once; with "pending" the first read of a new or
        changed function still shows it Pending or InProgress, as on AWS, so that waiters are exercised.
    :param processes: "auto" runs a deployment package in processes of its own when it bundles a distribution that this
        environment lacks or has in another version, or a C extension of its own, or is of Node.js or a custom runtime;
        "always" runs every package so, "never" none. Callables, and handlers that are imported, stay in this process.
    :param max_processes: how many processes of functions there may be at once, idle ones included; an invocation that
        needs one more waits.
    :param validate: "aws" checks what CreateFunction is given as AWS does; with "moto" it takes what plain moto takes:
        any bytes for a package, any runtime, values beyond Lambda's limits. A function whose package cannot run
        answers by its callable in ``handlers``, and without one fails when it is called.
    :param config: passed to ``mock_aws`` as it is.
    :raises ValueError: an option is none of those named here.
    :raises TypeError: a value of ``handlers`` is not callable; ImportError: it is a web application, whose adapter is
        not installed.
    """
    options = scope.Options(
        authorization=authorization,
        raise_handler_errors=raise_handler_errors,
        function_states=function_states,
        processes=processes,
        max_processes=max_processes,
        validate=validate,
    )
    mock = MockLambdaUrls(options=options, handlers=scope.handler_table(handlers), config=config)
    return mock if func is None else mock(func)
