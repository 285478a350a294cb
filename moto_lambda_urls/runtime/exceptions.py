"""Exceptions that end an invocation.

BaseException
├── TimedOut                  the handler ran past its Timeout
└── Exited                    the handler ended its process with os._exit
Exception
├── DeadlinePassed            a call took longer than it may
└── FaultException            the runtime itself says why it failed, by awslambdaric's types
    └── LoadError             the handler cannot be loaded
"""

from __future__ import annotations

from collections.abc import Sequence


class TimedOut(BaseException):
    """Raised inside a handler that is past its Timeout."""


class DeadlinePassed(Exception):  # noqa: N818 - as TimedOut
    """A call took longer than it may; ``__cause__`` shows where it was, when that is known."""


class Exited(BaseException):
    """``os._exit`` was called by a handler, with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class FaultException(Exception):  # noqa: N818 - awslambdaric's name
    """An error that awslambdaric raises itself: ``error_type`` is ``Runtime.…``, ``trace`` its stack trace."""

    def __init__(self, error_type: str, message: str, *, trace: Sequence[str] = ()) -> None:
        super().__init__(f"{error_type}: {message}")
        self.error_type = error_type
        self.message = message
        self.trace = tuple(trace)


class LoadError(FaultException):
    """The handler cannot be loaded; ``hint`` says what was looked at, for whoever deployed the function."""

    def __init__(self, error_type: str, message: str, *, trace: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(error_type, message, trace=trace)
        self.hint = hint

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.hint})" if self.hint else super().__str__()
