"""Validation of a request's parameters against the service model, with AWS's messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ..messages.service_model import operation_model
from .exceptions import SerializationException, ValidationException
from .functions.runtimes import known_runtimes, listed_runtimes

_ENUM_ORDER = {
    "EventSourcePosition": ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"),
    "InvokeMode": ("RESPONSE_STREAM", "BUFFERED"),
}
"""Enumerations that AWS's message lists in another order than the model."""

_CLAMPED = frozenset({"MaxItems"})
"""Shapes whose maximum AWS applies to the answer instead of refusing the request."""

_SMALLER = {"EphemeralStorageSize": 10_240, "MemorySize": 10_240, "Timeout": 900}
"""Shapes with a smaller maximum than the model's for functions that run on no capacity provider, as all do here.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_ENUM_ELSEWHERE = frozenset({"Runtime"})
"""Members whose enumeration AWS checks later and tells of in other words."""

_NULLS_UNSAID = frozenset({"CompatibleArchitectures"})
"""Lists of whose members AWS does not say that they must not be null."""

_CHECKED_FIRST = {"PublishLayerVersionRequest": "CompatibleRuntimes"}
"""Members that AWS tells of before the others of their structure."""

_UNICODE_CATEGORIES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
"""Java's categories that the model's patterns use, for Python's ``re``. All of those patterns allow ``_`` as well."""

_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "blob": (str, bytes),
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "list": list,
    "map": Mapping,
    "structure": Mapping,
}

_NOT_NULL = "Member must not be null"


def validate(operation: str, parameters: Mapping[str, Any]) -> None:
    """Check ``parameters`` of the operation ``operation``, both in AWS's spelling: ``CreateFunctionUrlConfig``.

    :raises ValidationException: with AWS's sentence for each constraint that is broken, in the model's order.
    :raises SerializationException: a value is of another type than the model's.
    """
    violations = list(_operation_check(operation).violations(parameters, ""))
    if violations:
        raise ValidationException(violations)


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A rule for one value; ``text`` is AWS's sentence for it."""

    text: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class _Check:
    """What a shape demands of a value, and of its parts: ``members``, ``element``, ``key`` and ``value``."""

    type_name: str
    sensitive: bool
    constraints: tuple[_Constraint, ...]
    members: Mapping[str, _Check] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    element: _Check | None = None
    says_not_null: bool = True
    key: _Check | None = None
    value: _Check | None = None

    def violations(self, value: Any, path: str) -> Iterator[str]:
        """AWS's sentence for each rule that ``value``, found at ``path``, breaks."""
        for text in self._broken(value):
            # AWS does not repeat what it would not log either.
            shown = "Value" if self.sensitive else f"Value {self._shown(value)}"
            yield f"{shown} at '{path}' failed to satisfy constraint: {text}"
        if self.element is not None and self.element.members:
            for position, element in enumerate(value, 1):
                yield from self.element.violations(element, f"{path}.{position}.member")
        for name, check in self.members.items():
            member_path = f"{path}.{_lower(name)}" if path else _lower(name)
            if value.get(name) is not None:
                yield from check.violations(value[name], member_path)
            elif name in self.required:
                yield f"Value null at '{member_path}' failed to satisfy constraint: {_NOT_NULL}"

    def _broken(self, value: Any) -> Iterator[str]:
        """The rules that ``value`` breaks itself, and those that plain parts of it break, told of the whole by AWS."""
        _require_type(value, self.type_name)
        yield from (each.text for each in self.constraints if not each.holds(value))
        if self.element is not None and not self.element.members:
            yield from self.element.demand("Member", value, says_not_null=self.says_not_null)
        if self.key is not None and self.value is not None:
            yield from self.key.demand("Map keys", value.keys())
            yield from self.value.demand("Map value", value.values())

    def demand(self, subject: str, parts: Iterable[Any], *, says_not_null: bool = True) -> Iterator[str]:
        """What AWS demands of all ``parts`` at once, when one of them is null or breaks a rule."""
        if any(part is None or any(self._broken(part)) for part in parts):
            yield f"{subject} must satisfy constraint: [{', '.join(self._texts(says_not_null=says_not_null))}]"

    def _texts(self, *, says_not_null: bool = True) -> Iterator[str]:
        yield from (each.text for each in self.constraints)
        if self.element is not None:
            yield f"Member must satisfy constraint: [{', '.join(self.element._texts())}]"
        if says_not_null:
            yield _NOT_NULL

    def _shown(self, value: Any) -> str:
        shown = self._java(value)
        return f"'{shown}'"

    def _java(self, value: Any) -> str:
        """``value`` as Java's toString gives it."""
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if self.element is not None:
            return f"[{', '.join(map(self.element._java, value))}]"
        if self.value is not None:
            return f"{{{', '.join(f'{key}={self.value._java(each)}' for key, each in value.items())}}}"
        return str(float(value)) if self.type_name in ("float", "double") else str(value)


@lru_cache
def _operation_check(operation: str) -> _Check:
    shape = operation_model(operation).input_shape
    assert shape is not None
    return _compiled(shape, operation)


def _compiled(shape: Shape, member_name: str) -> _Check:
    """``member_name`` is the name of the member, or of the shape where a list or a map has it."""
    sensitive, constraints = bool(shape.metadata.get("sensitive")), tuple(_constraints(shape, member_name))
    if isinstance(shape, StructureShape):
        members = {name: _compiled(member, name) for name, member in shape.members.items()}
        first = _CHECKED_FIRST.get(shape.name)
        members = {first: members[first], **members} if first else members
        return _Check("structure", sensitive, constraints, members, frozenset(shape.required_members))
    if isinstance(shape, ListShape):
        element = _compiled(shape.member, shape.member.name)
        says_not_null = shape.name not in _NULLS_UNSAID
        return _Check("list", sensitive, constraints, element=element, says_not_null=says_not_null)
    if isinstance(shape, MapShape):
        key, value = _compiled(shape.key, shape.key.name), _compiled(shape.value, shape.value.name)
        return _Check("map", sensitive, constraints, key=key, value=value)
    return _Check(shape.type_name, sensitive, constraints)


def _constraints(shape: Shape, member_name: str) -> Iterator[_Constraint]:
    """The rules of ``shape``, in the order in which AWS lists those of a list's members."""
    metadata = shape.metadata
    least, most, pattern, values = (metadata.get(name) for name in ("min", "max", "pattern", "enum"))
    if shape.name == "CompatibleRuntimes":
        # AWS tells of the whole list, and takes runtimes that it does not list, too.
        yield _Constraint(f"Member must satisfy enum value set: {listed_runtimes()}", set(known_runtimes()).issuperset)
    if values and member_name not in _ENUM_ELSEWHERE:
        order = _ENUM_ORDER.get(shape.name, values)
        yield _Constraint(f"Member must satisfy enum value set: [{', '.join(order)}]", frozenset(values).__contains__)
    most = _SMALLER.get(shape.name, most)
    is_number = shape.type_name in ("integer", "long", "float", "double")
    measured, measure = ("value", _same) if is_number else ("length", len)
    if most is not None and shape.name not in _CLAMPED:
        yield _Constraint(f"Member must have {measured} less than or equal to {most}", lambda v: measure(v) <= most)
    if least is not None:
        yield _Constraint(
            f"Member must have {measured} greater than or equal to {least}", lambda v: measure(v) >= least
        )
    if pattern:
        matches = _python_pattern(pattern).fullmatch
        yield _Constraint(f"Member must satisfy regular expression pattern: {pattern}", lambda v: bool(matches(v)))


def _same(value: float) -> float:
    return value


def _python_pattern(pattern: str) -> re.Pattern[str]:
    if r"\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    for category, characters in _UNICODE_CATEGORIES.items():
        pattern = pattern.replace(category, characters)
    return re.compile(pattern)


def _require_type(value: Any, type_name: str) -> None:
    expected = _JSON_TYPES.get(type_name, object)
    is_number_for_bool = isinstance(value, bool) and type_name != "boolean"
    if not isinstance(value, expected) or is_number_for_bool:
        # A decision: AWS's text for this differs from type to type.
        raise SerializationException(f"{type(value).__name__} can not be converted to {_article(type_name)}")


def _article(type_name: str) -> str:
    return f"an {type_name}" if type_name == "integer" else f"a {type_name}"


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
