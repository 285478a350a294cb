"""Exceptions of the gateway, past clients that take some for a broken connection: they wrap them, or try again."""

from __future__ import annotations

from http.client import HTTPException

from urllib3.exceptions import HTTPError

_MISTAKEN = (OSError, HTTPException, HTTPError, ValueError)
"""What urllib3 catches; http.client takes a ValueError for a chunk whose size cannot be read."""


class Passing(BaseException):
    """Carries ``error`` through a client's own handlers."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def shield(error: Exception) -> BaseException:
    """What to raise under a client, so that ``error`` can be raised above it."""
    return Passing(error) if isinstance(error, _MISTAKEN) else error
