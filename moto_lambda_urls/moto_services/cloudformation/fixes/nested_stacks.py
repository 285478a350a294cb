"""Nested stacks: moto does not read their outputs, and makes a new one for each change of the outer stack."""

from __future__ import annotations

from functools import partial
from typing import Any

from ....patching.patches import Method, Patches
from ..errors import validation_error


def patch_parsing(parsing: Any, patches: Patches) -> None:
    """Let ``Fn::GetAtt`` and ``Fn::Sub`` read the outputs of nested stacks."""
    patches.method(parsing, "clean_json", _with_outputs)


def patch_models(models: Any, patches: Patches) -> None:
    """Let an update of the outer stack update the inner one."""
    patches.method(models.Stack, "update_from_cloudformation_json", partial(_in_its_place, models))


def _with_outputs(original: Method) -> Method:
    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        wanted = resource_json.get("Fn::GetAtt") if isinstance(resource_json, dict) else None
        if isinstance(wanted, list) and str(wanted[1]).startswith("Outputs"):
            name, *attribute = wanted  # Fn::Sub gives each part for itself
            resource = resources_map.get(name)
            if getattr(resource, "cf_resource_type", None) == "AWS::CloudFormation::Stack":
                return _output_of(resource, ".".join(attribute).removeprefix("Outputs."))
        return original(resource_json, resources_map)

    return clean_json


def _output_of(stack: Any, name: str) -> str:
    found: dict[str, str] = {each["OutputKey"]: each["OutputValue"] for each in stack.outputs or []}
    if name not in found:
        known = ", ".join(found) or "none"
        raise validation_error(f"The nested stack {stack.logical_resource_id} has no output {name}; it has {known}")
    return found[name]


def _in_its_place(models: Any, _: Method) -> Method:
    def update(
        _: Any, *, original_resource: Any, cloudformation_json: Any, account_id: str, region_name: str, **__: Any
    ) -> Any:
        properties = cloudformation_json["Properties"]
        template = models.get_stack_from_s3_url(
            properties["TemplateURL"], account_id=account_id, partition=models.get_partition(region_name)
        )
        given = properties.get("Parameters", {})
        return models.cloudformation_backends[account_id][region_name].update_stack(
            name=original_resource.name,
            template=template,
            role_arn=None,
            parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            tags=None,
        )

    return update
