"""Exceptions of handlers, carried past the except clauses of client libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from ..patching.tracebacks import trim

P = ParamSpec("P")
Result = TypeVar("Result")
_END: Any = object()
_unwraps: ContextVar[bool] = ContextVar("moto_lambda_urls.unwraps", default=False)
"""Whether a caller further up takes a ``Passing`` apart."""


class Passing(BaseException):
    """Carries ``error``, which a library would take for one of its own, up to the function that the user called."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def unwrapping(function: Callable[P, Result]) -> Callable[P, Result]:
    """Wrap a library's ``function`` so that a handler's exception comes out of it as it was raised."""

    @wraps(function)
    def unwrapped(*args: P.args, **kwargs: P.kwargs) -> Result:
        if _unwraps.get():
            return function(*args, **kwargs)
        token = _unwraps.set(True)
        try:
            return function(*args, **kwargs)
        except Passing as passing:
            error = passing.error
        finally:
            _unwraps.reset(token)
        trim(error)
        raise error

    return unwrapped


def unwrapping_each(function: Callable[P, Iterator[Result]]) -> Callable[P, Iterator[Result]]:
    """As ``unwrapping``, for a function that returns an iterator, which raises."""

    @wraps(function)
    def unwrapped(*args: P.args, **kwargs: P.kwargs) -> Iterator[Result]:
        return _each(unwrapping(partial(next, function(*args, **kwargs), _END)))

    return unwrapped


def wrapping(step: Callable[[], Result]) -> Result:
    """Call ``step``, which runs a handler: its exception is raised as a ``Passing`` where a caller unwraps those."""
    if not _unwraps.get():
        return step()
    token = _unwraps.set(False)  # the handler may send requests of its own
    try:
        return step()
    except Exception as error:
        raised = Passing(error)
    finally:
        _unwraps.reset(token)
    raise raised


def _each(following: Callable[[], Result]) -> Iterator[Result]:
    while (each := following()) is not _END:
        yield each
