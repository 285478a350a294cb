"""Exceptions of the gateway, past clients that take some for a broken connection: they wrap them, or try again."""

from __future__ import annotations


class Passing(BaseException):
    """Carries ``error`` through a client's own handlers, to be raised above them."""

    def __init__(self, error: Exception) -> None:
        self.error = error
