"""Detection of web applications among handlers, and their conversion to handlers."""

from __future__ import annotations

import importlib
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Literal, cast

Handler = Callable[[Any, Any], Any]
"""A Lambda handler: called with the event (a JSON value) and the context."""
HandlerOrApplication = Handler | Callable[[Any, Any, Any], Any]
"""A Lambda handler or a WSGI application, which take two arguments, or an ASGI application, which takes three."""
Kind = Literal["asgi", "wsgi"]
_ADAPTERS = {"asgi": ("AsgiApplication", "Mangum"), "wsgi": ("WsgiApplication", "apig-wsgi")}
_ASGI_PARAMETERS = 3


class StreamingHandler(ABC):
    """A handler that answers a streamed invocation in another way than a buffered one."""

    @abstractmethod
    def __call__(self, event: Any, context: Any) -> Any:
        """The result for a buffered invocation."""

    @abstractmethod
    def stream(self, event: Any, context: Any) -> Any:
        """The result for a streamed one, as an iterator: a dict with status and headers, then the body's pieces."""


def streaming(handler: Handler) -> Handler:
    """What to call for a streamed invocation of ``handler``."""
    return handler.stream if isinstance(handler, StreamingHandler) else handler


def as_handler(given: HandlerOrApplication) -> Handler:
    """``given``, or the handler for it when it is an ASGI or WSGI application.

    An ASGI application takes (scope, receive, send), a WSGI one (environ, start_response): what hides its parameters is
    taken as a handler.

    :raises ImportError: the adapter is not installed; the message names the extra that brings it.
    """
    kind = kind_of(given)
    return cast("Handler", given) if kind is None else _adapted(given, kind)


def kind_of(given: Callable[..., Any]) -> Kind | None:
    """Which kind of web application ``given`` is; None for a handler, and for what cannot be told."""
    try:
        parameters = inspect.signature(given).parameters.values()
    except (TypeError, ValueError):
        return None
    names = [each.name for each in parameters if each.default is each.empty and each.kind <= each.POSITIONAL_OR_KEYWORD]
    if len(names) == _ASGI_PARAMETERS and (names[-1] == "send" or _is_coroutine_function(given)):
        return "asgi"
    return "wsgi" if names[1:] == ["start_response"] else None


def _is_coroutine_function(given: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(given) or inspect.iscoroutinefunction(type(given).__call__)


def _adapted(application: Callable[..., Any], kind: Kind) -> Handler:
    name, distribution = _ADAPTERS[kind]
    try:
        adapter = getattr(importlib.import_module(f".{kind}", __package__), name)
    except ImportError as error:
        raise ImportError(
            f"{application!r} is an {kind.upper()} application, which {distribution} turns into a handler: "
            f"pip install 'moto-lambda-urls[{kind}]'"
        ) from error
    handler: Handler = adapter(application)
    return handler
