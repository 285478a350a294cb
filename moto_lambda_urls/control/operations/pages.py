"""Pagination of lists, with markers that stay valid while items come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from typing import TypeVar

from ..exceptions import InvalidParameterValueException

MAX_ITEMS = 50
"""https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html#API_ListFunctions_RequestSyntax"""

T = TypeVar("T")
Position = tuple[int, ...] | tuple[str, ...]


def page(
    items: Iterable[T],
    position: Callable[[T], Position],
    *,
    marker: str | None,
    max_items: int | None,
    most: int = MAX_ITEMS,
) -> tuple[list[T], str | None]:
    """At most ``max_items``, and ``most``, of ``items`` after ``marker``, by ``position``; the marker of the next page.

    :raises InvalidParameterValueException: ``marker`` is none that a page of this list gave.
    """
    rest = sorted(items, key=position)
    if marker:
        after = _read(marker)
        try:
            rest = [item for item in rest if position(item) > after]
        except TypeError as another_list:
            raise _invalid_marker() from another_list
    most = min(max_items or most, most)
    return rest[:most], _write(position(rest[most - 1])) if len(rest) > most else None


def _write(position: Position) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _read(marker: str) -> tuple[object, ...]:
    try:
        position = json.loads(base64.urlsafe_b64decode(marker))
    except (binascii.Error, ValueError) as error:
        raise _invalid_marker() from error
    if not isinstance(position, list):
        raise _invalid_marker()
    return tuple(position)


def _invalid_marker() -> InvalidParameterValueException:
    # A decision: AWS's text is not public.
    return InvalidParameterValueException("The pagination token is invalid.")
