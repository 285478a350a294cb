"""Filter criteria of event source mappings: which records reach the function."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from ..exceptions import InvalidParameterValueException
from . import patterns

Record = Mapping[str, Any]
"""A record in the form in which the function gets it."""


def check_criteria(criteria: Any) -> None:
    """Check the FilterCriteria of a request, None for none.

    :raises InvalidParameterValueException: a pattern is no JSON, or no event pattern.
    """
    for pattern in _patterns(criteria):
        try:
            is_valid = patterns.is_pattern(json.loads(pattern))
        except (ValueError, RecursionError):  # of json.loads
            is_valid = False
        if not is_valid:
            raise InvalidParameterValueException("Invalid filter pattern definition.")


def is_wanted(record: Record, criteria: Any) -> bool:
    """Whether one of the filters of ``criteria`` accepts ``record``; without filters every record is."""
    filters = [_read(pattern) for pattern in _patterns(criteria)]
    return not filters or any(_matches(each, record) for each in filters)


_read = lru_cache(json.loads)


def _patterns(criteria: Any) -> Iterable[str]:
    return [each.get("Pattern") or "" for each in (criteria or {}).get("Filters") or []]


def _matches(pattern: Mapping[str, Any], record: Record) -> bool:
    return _SOURCES[record["eventSource"]](pattern, record)


def _matches_message(pattern: Mapping[str, Any], record: Record) -> bool:
    return _matches_data(pattern, record, "body", record["body"])


def _matches_stream_data(pattern: Mapping[str, Any], record: Record) -> bool:
    data = base64.b64decode(record["kinesis"]["data"]).decode(errors="replace")
    return _matches_data(pattern, {**record, **record["kinesis"]}, "data", data)


def _matches_data(pattern: Mapping[str, Any], record: Record, name: str, text: str) -> bool:
    """Match with ``text`` as the value ``name``.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html: a pattern for JSON drops text, and a pattern
    for text drops JSON. A decision: JSON is an object or an array, anything else is text.
    """
    rules = pattern.get(name)
    if rules is None:
        return patterns.matches(pattern, record)
    value = _json_of(text)
    if isinstance(rules, Mapping) == (value is None):
        return False
    return patterns.matches(pattern, {**record, name: text if value is None else value})


def _json_of(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


_SOURCES: Mapping[str, Callable[[Mapping[str, Any], Record], bool]] = {
    "aws:sqs": _matches_message,
    "aws:kinesis": _matches_stream_data,
    "aws:dynamodb": patterns.matches,
}
