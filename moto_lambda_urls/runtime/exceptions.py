"""Exceptions that end an invocation.

BaseException
├── TimedOut                  the handler ran past its Timeout
└── Exited                    the handler ended its process with os._exit
Exception
├── DeadlinePassed            a call took longer than it may
└── Fault                     the runtime itself says why it failed, by awslambdaric's types
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable


class TimedOut(BaseException):
    """Raised inside a handler that is past its Timeout."""


class DeadlinePassed(Exception):  # noqa: N818 - as TimedOut
    """A call took longer than it may; ``__cause__`` shows where it was, when that is known."""


class Exited(BaseException):
    """``os._exit`` was called by a handler, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Fault(Exception):  # noqa: N818 - awslambdaric's name for it
    """An error that awslambdaric raises itself: ``error_type`` is ``Runtime.…``, ``trace`` its stack trace."""

    def __init__(self, error_type: str, message: str, *, trace: Sequence[str] = ()) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message
        self.trace = tuple(trace)


@runtime_checkable
class RuntimeFault(Protocol):
    """The interface of exceptions that name their own error type, as ``Fault`` and the loader's do."""

    error_type: str
    message: str
    trace: Sequence[str]
