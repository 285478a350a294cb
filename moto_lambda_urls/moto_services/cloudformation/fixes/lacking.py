"""Resources that moto cannot create or change: it leaves them out, and its errors blame others or nothing for it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ....patching.patches import Method, Patches
from ..errors import validation_error

_NOTHING_ON_AWS = frozenset({"AWS::CDK::Metadata"})
_CUSTOM = {"AWS::CloudFormation::CustomResource": "Custom::Resource"}


def patch(parsing: Any, patches: Patches) -> None:
    """Let ``moto.cloudformation.parsing`` put a :class:`LackingResource` where it cannot create one.

    It cannot where it has no class for the type, where its class fails (an API by its OpenAPI document), and where one
    refers to another that is lacking. A template that needs an attribute of one is refused; an output goes without.
    """
    patches.method(parsing, "resource_class_from_type", partial(_or_lacking, parsing))
    patches.method(parsing, "parse_and_create_resource", partial(_created_or_lacking, parsing))
    patches.method(parsing, "parse_and_update_resource", _updated_or_kept)
    patches.method(parsing, "parse_output", _shown_or_left_out)


class LackingResource:
    """Stands for a resource that is not there: ``Ref`` is the name that it would have, and it has no attributes."""

    def __init__(self, name: str, logical_id: str, resource_type: str, why: str = "") -> None:
        self.physical_resource_id = name
        self.logical_resource_id = logical_id
        self.cf_resource_type = resource_type
        self.refusal: Exception | None = None
        self._described = f"{logical_id} ({resource_type})"
        if resource_type not in _NOTHING_ON_AWS:
            warnings.warn(f"moto cannot create {self._described}{why}: the stack goes without it", stacklevel=2)

    @classmethod
    def create_from_cloudformation_json(cls, name: str, *_: Any, **about: Any) -> LackingResource:
        return cls(name, about["LogicalId"], about["ResourceType"])

    @classmethod
    def has_cfn_attr(cls, _: str) -> bool:
        return True  # so that get_cfn_attribute is asked, which knows the resource's name

    def get_cfn_attribute(self, attribute_name: str) -> str:
        self.refusal = validation_error(
            f"moto cannot create {self._described}, so it has no {attribute_name} for Fn::GetAtt."
        )
        raise self.refusal

    def is_created(self) -> bool:
        return True

    def delete(self, account_id: str, region_name: str) -> None:
        """There is nothing to delete."""


def _or_lacking(parsing: Any, original: Method) -> Method:
    def resource_class_from_type(resource_type: str) -> Any:
        known = _CUSTOM.get(resource_type, resource_type)
        if known in parsing.NULL_MODELS or known.startswith("Custom::") or known in parsing.get_model_map():
            return original(known)
        return LackingResource

    return resource_class_from_type


def _created_or_lacking(parsing: Any, original: Method) -> Method:
    def parse_and_create_resource(
        logical_id: str, resource_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str
    ) -> Any:
        try:
            return original(logical_id, resource_json, resources_map, account_id, region_name)
        except Exception as error:
            why = _why(error, resource_json, resources_map)
            if why is None:
                raise
            resource_type = resource_json["Type"]
            name = parsing.generate_resource_name(resource_type, resources_map["AWS::StackName"], logical_id)
            return LackingResource(name, logical_id, resource_type, why)

    return parse_and_create_resource


def _why(error: Exception, resource_json: dict[str, Any], resources_map: Any) -> str | None:
    """Why the resource is to be lacking; None when the template is to be refused."""
    lacking = _lacking(resources_map)
    if resource_json["Type"].startswith("AWS::Lambda::") or any(error is each.refusal for each in lacking.values()):
        return None
    if needed := next((name for name in _references(resource_json) if name in lacking), None):
        return f", which needs {needed}"
    return f" ({type(error).__name__}: {error})" if isinstance(error, _FAILURES) else None


def _lacking(resources_map: Any) -> dict[str, LackingResource]:
    parsed = resources_map._parsed_resources
    return {name: each for name, each in parsed.items() if isinstance(each, LackingResource)}


_FAILURES = (AttributeError, LookupError, NotImplementedError, TypeError, ValueError)
"""What moto's classes raise for properties that they do not expect; a refusal is an exception of moto's own."""


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from [each] if key == "Ref" else _references(each)


def _updated_or_kept(original: Callable[..., Any]) -> Method:
    def parse_and_update_resource(logical_id: str, resource_json: Any, resources_map: Any, **place: Any) -> Any:
        present = resources_map[logical_id]
        if isinstance(present, LackingResource):
            return present
        updated = original(logical_id, resource_json, resources_map, **place)
        if updated is None and present is not None:
            described = f"{logical_id} ({resource_json['Type']})"
            warnings.warn(f"moto cannot change {described}: it stays as it was created", stacklevel=2)
        return updated or present

    return parse_and_update_resource


def _shown_or_left_out(original: Method) -> Method:
    def parse_output(output_logical_id: str, output_json: Any, resources_map: Any) -> Any:
        try:
            return original(output_logical_id, output_json, resources_map)
        except Exception as error:
            if any(error is each.refusal for each in _lacking(resources_map).values()):
                return None
            raise

    return parse_output
