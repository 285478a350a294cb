"""Conversion of a resource's properties to parameters of Lambda's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from ...messages.service_model import operation_model

_CONVERT: Mapping[str, Any] = {
    "boolean": lambda value: value if isinstance(value, bool) else str(value).lower() == "true",
    "double": float,
    "integer": int,
    "long": int,
    "string": lambda value: str(value).lower() if isinstance(value, bool) else str(value),
}


def parameters(operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The ``properties`` that ``operation`` has as parameters, converted to the types of its model.

    As in CloudFormation, numbers and booleans may be given as text, and text as numbers and booleans.
    """
    shape = operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    converted: dict[str, Any] = _converted(properties, shape)
    return converted


def tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """The Tags of a resource's ``properties`` as Lambda's API has them."""
    return {str(each["Key"]): str(each.get("Value", "")) for each in properties.get("Tags") or []}


def _converted(value: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {name: _converted(value[name], member) for name, member in shape.members.items() if name in value}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_converted(each, shape.member) for each in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {str(key): _converted(each, shape.value) for key, each in value.items()}
    convert = _CONVERT.get(shape.type_name)
    try:
        return convert(value) if convert and not isinstance(value, (Mapping, list)) else value
    except ValueError:
        return value
