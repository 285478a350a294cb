"""Event and result as JSON, by awslambdaric's rules."""

from __future__ import annotations

import json
import marshal as marshal_own
import math
from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from ..patching.tracebacks import is_raised_here
from .exceptions import FaultException

_ASCII_RUNTIMES = ("python3.11", "python3.10", "python3.9", "python3.8", "python3.7", "python3.6", "python2.7")
"""Those that escape what is not ASCII; later ones write UTF-8."""


def unmarshal(payload: bytes) -> Any:
    """The event; no payload is an empty object.

    :raises FaultException: ``Runtime.UnmarshalError``: it is no JSON.
    """
    try:
        return json.loads(payload or b"{}")
    except ValueError as error:
        raise FaultException("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def marshal(result: object, *, runtime: str | None) -> bytes:
    """The payload that ``result`` becomes: bytes as they are, all else as JSON.

    :raises FaultException: ``Runtime.MarshalError``: a value in it has no JSON form.
    """
    if isinstance(result, bytes):
        return result
    try:
        return to_json(result, runtime=runtime).encode()
    except Exception as error:  # whatever a value's own methods raise
        fault = FaultException("Runtime.MarshalError", f"Unable to marshal response: {error}")
        raise fault from (None if is_raised_here(error) else error)


def to_json(value: object, *, runtime: str | None) -> str:
    """JSON as simplejson writes it for awslambdaric: Decimals as numbers, bytes as text, named tuples as objects.

    :raises TypeError: a value has no JSON form.
    :raises ValueError: it contains itself, or bytes that are no UTF-8.
    """
    is_ascii = (runtime or "").startswith(_ASCII_RUNTIMES)
    try:
        marshal_own.dumps(value)  # type: ignore[arg-type]  # takes Python's own types, and refuses their subclasses
        return (_ascii if is_ascii else _unicode)(value)
    except (TypeError, ValueError, RecursionError):
        return _Writer(encode_basestring_ascii if is_ascii else _quote_unicode).written(value)


def error_payload(error: dict[str, object], *, runtime: str | None) -> bytes:
    """The payload of a failure; a lone surrogate, which UTF-8 has no bytes for, stays escaped."""
    return to_json(error, runtime=runtime).encode(errors="backslashreplace")


_ascii = json.JSONEncoder().encode
_unicode = json.JSONEncoder(ensure_ascii=False).encode


def _quote_unicode(text: str) -> str:
    return encode_basestring(text)


class _Writer:
    def __init__(self, quote: Callable[[str], str]) -> None:
        self._quote = quote
        self._open: set[int] = set()

    def written(self, value: Any) -> str:
        scalar = self._scalar(value)
        if scalar is not None:
            return scalar
        if id(value) in self._open:
            raise ValueError("Circular reference detected")
        self._open.add(id(value))
        if isinstance(value, dict):
            text = self._object(value)
        elif isinstance(value, list):
            text = self._array(value)
        elif isinstance(value, tuple):
            as_dict = getattr(value, "_asdict", None)
            text = self._object(as_dict()) if callable(as_dict) else self._array(value)
        else:
            raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
        self._open.remove(id(value))
        return text

    def _object(self, value: dict[Any, Any]) -> str:
        entries = [f"{self._quote(self._key(key))}: {self.written(content)}" for key, content in value.items()]
        return f"{{{', '.join(entries)}}}"

    def _array(self, value: list[Any] | tuple[Any, ...]) -> str:
        return f"[{', '.join([self.written(content) for content in value])}]"

    def _scalar(self, value: Any) -> str | None:
        if isinstance(value, str):
            return self._quote(value)
        if value is None or value is True or value is False:
            return _CONSTANTS[value]
        if isinstance(value, int):
            return int.__repr__(value)
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, bytes):
            return self._quote(value.decode())
        if isinstance(value, Decimal):
            return "NaN" if value.is_nan() else str(value)
        return None

    def _key(self, key: Any) -> str:
        if isinstance(key, str):
            return key
        if isinstance(key, bytes):
            return key.decode()
        if key is None or isinstance(key, int | float):
            return self._scalar(key) or ""
        raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


_CONSTANTS = {None: "null", True: "true", False: "false"}


def _float(value: float) -> str:
    if math.isfinite(value):
        return float.__repr__(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
