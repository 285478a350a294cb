"""The active mocks (scopes): the options of each, its registered handlers, and what it has recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, TypeVar, get_args

from ..messages.addresses import Addressable, UrlStyle, function_url
from ..runtime.applications import Handler as Handler
from ..runtime.applications import HandlerOrApplication, as_handler
from .faults import Fault, Faults
from .recorder import Ran, Requests

T = TypeVar("T")

Authorization = Literal["standard", "strict", "off"]
FunctionStates = Literal["immediate", "pending"]
Processes = Literal["auto", "always", "never"]
Validate = Literal["aws", "moto"]
_CHOICES = {
    "authorization": get_args(Authorization),
    "url_style": get_args(UrlStyle),
    "function_states": get_args(FunctionStates),
    "processes": get_args(Processes),
    "validate": get_args(Validate),
}
DEFAULT_MAX_PROCESSES = 32
MAX_PROCESSES = 1_000
"""A decision: AWS's default of concurrent executions in an account."""
CHANGEABLE = ("authorization", "function_states")
"""The options that a server changes while it runs, for a test in another process."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of ``mock_lambda_urls``, of the pytest marker and of the server.

    ``endpoint_url`` is where a server answers AWS's API: handlers find it as ``AWS_ENDPOINT_URL``; None in process.
    ``url_style`` is the form of the ``FunctionUrl`` that the API answers to clients that do not ask at AWS's own names.
    ``function_states`` says whether functions are Active at once or, as on AWS, Pending first: the first read after a
    change still shows it in progress.
    ``processes`` says which deployment packages run in processes of their own: those that cannot run in this one
    ("auto"), all, or none; ``max_processes`` how many there may be at once, idle ones included.
    ``validate`` says who decides what CreateFunction takes: AWS, or plain moto, which takes any package and runtime.

    :raises ValueError: an option is none of those it may be.
    """

    authorization: Authorization = "standard"
    raise_handler_errors: bool = False
    endpoint_url: str | None = None
    url_style: UrlStyle = "path"
    function_states: FunctionStates = "immediate"
    processes: Processes = "auto"
    max_processes: int = DEFAULT_MAX_PROCESSES
    validate: Validate = "aws"

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                known = ", ".join(map(repr, choices))
                raise ValueError(f"{name}={value!r} is not one of {known}")
        number = self.max_processes
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MAX_PROCESSES:
            raise ValueError(f"max_processes={number!r} is not a whole number from 1 to {MAX_PROCESSES}")


@dataclass(eq=False, kw_only=True)
class Scope:
    """One active mock. ``handlers`` maps function names to callables that stand in for the deployed code; ``warned``
    holds the URLs that a permission warning was given for, and the keys that nobody knows; ``url_ports`` the
    ports of URL ids that have their own.

    ``serve`` starts what answers AWS's API over HTTP, for functions in processes of their own, and gives its URL, None
    where there can be none. What begins with a first use registers its end with ``at_end``.
    """

    options: Options = field(default_factory=Options)
    handlers: dict[str, Handler] = field(default_factory=dict)
    requests: Requests = field(default_factory=Requests)
    faults: Faults = field(default_factory=Faults)
    warned: set[str] = field(default_factory=set)
    url_ports: dict[str, int] = field(default_factory=dict)
    serve: Callable[[Scope], str | None] = lambda _: None
    at_end: ExitStack = field(default_factory=ExitStack)
    _made: dict[Callable[[Scope], Any], Any] = field(default_factory=dict, repr=False)
    _making: Lock = field(default_factory=Lock, repr=False)

    @property
    def invocations(self) -> Ran:
        """Those of ``requests`` that their function was called for."""
        return Ran(self.requests)

    def shown_url(self, config: Addressable, *, scheme: str, host: str) -> str:
        """The ``FunctionUrl`` for a client that reached the API as ``scheme://host``, in this mock's style."""
        own_port = self.url_ports.get(config.url_id)
        return function_url(config, style=self.options.url_style, scheme=scheme, host=host, own_port=own_port)

    def once(self, make: Callable[[Scope], T]) -> T:
        """What ``make`` gives for this mock: called the first time that somebody asks."""
        with self._making:
            if make not in self._made:
                self._made[make] = make(self)
            made: T = self._made[make]
            return made


# Of the process: moto's mocks are, and whichever thread asks sees those that are active.
_active: list[Scope] = []
_outside = Scope()


def enter(scope: Scope) -> None:
    """Make ``scope`` the innermost active one."""
    _active.append(scope)


def leave(scope: Scope) -> None:
    """Take ``scope`` out, wherever it stands.

    :raises ValueError: it is not active.
    """
    _active.remove(scope)


def active() -> tuple[Scope, ...]:
    """The active scopes, outermost first."""
    return tuple(_active)


def outermost() -> Scope:
    """The outermost active scope, one with the default options when there is none."""
    return next(iter(_active), _outside)


def innermost() -> Scope:
    """The innermost active scope, one with the default options when there is none."""
    return next(reversed(_active), _outside)


def options() -> Options:
    """The options of the innermost active scope, the defaults when there is none."""
    return innermost().options


def registered_handler(function_name: str) -> Handler | None:
    """The callable registered for ``function_name``, the innermost scope's first."""
    for scope in reversed(active()):
        if handler := scope.handlers.get(function_name):
            return handler
    return None


def warned() -> set[str]:
    """The URLs that somebody was warned of, for as long as the outermost mock lasts."""
    return outermost().warned


def next_fault(target: str, path: str | None = None) -> Fault | None:
    """What a test planned for this request to ``target``, a URL's id or an operation's name, at ``path``; None when
    nothing.

    The innermost scope's plans come first; asking uses the fault up, once.
    """
    for scope in reversed(active()):
        if fault := scope.faults.next_for(target, path):
            return fault
    return None


def handler_table(handlers: Mapping[str, HandlerOrApplication] | None) -> dict[str, Handler]:
    """A copy of ``handlers`` with each value checked, and web applications given a handler's form.

    :raises TypeError: a value is not callable.
    :raises ImportError: it is a web application, whose adapter is not installed.
    """
    for name, handler in (handlers or {}).items():
        if not callable(handler):
            raise TypeError(f"handlers[{name!r}] is {handler!r}, not a callable taking (event, context)")
    return {name: as_handler(handler) for name, handler in (handlers or {}).items()}
