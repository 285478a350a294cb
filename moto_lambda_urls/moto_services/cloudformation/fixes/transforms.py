"""Transforms of templates: moto ignores them, and creates a stack without what they stand for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ....messages.templates import check_sections, read_template
from ....patching.patches import Method, Patches
from .. import sam
from ..errors import validation_error

_OF_SAM = "AWS::Serverless::"
_EXTENSIONS = "AWS::LanguageExtensions"
_NOT_OF_MOTO = ("Fn::ForEach::", "Fn::Length")
"""What moto does not evaluate of the language extensions; it does Fn::ToJsonString."""


def patch_models(models: Any, patches: Patches) -> None:
    """Let stacks and change sets of ``moto.cloudformation.models`` hold their templates as the transforms leave them.

    What was submitted stays their ``template``.
    """
    patches.method(models.Stack, "__init__", _known_before_its_template)
    patches.method(models.Stack, "_parse_template", _of_stack)
    patches.method(models.Stack, "parse_template", lambda _: _read)
    patches.method(models.Stack, "has_template", _comparing_what_was_submitted)
    patches.method(models.Stack, "update", _with_its_new_parameters)
    patches.method(models.ChangeSet, "_parse_template", _of_change_set)


def patch_responses(responses: Any, patches: Patches) -> None:
    """Let GetTemplate show what the transforms made, and what was submitted with TemplateStage Original."""
    patches.method(responses.CloudFormationResponse, "get_template", _at_its_stage)


def _known_before_its_template(original: Method) -> Method:
    def init(stack: Any, *, parameters: Any, region_name: str, **given: Any) -> None:
        stack.parameters, stack.region_name = parameters, region_name
        original(stack, parameters=parameters, region_name=region_name, **given)

    return init


def _of_stack(_: Method) -> Method:
    def parse_template(stack: Any) -> None:
        stack.template_dict = processed(_read(stack.template), stack.parameters, stack.region_name)

    return parse_template


def _of_change_set(_: Method) -> Method:
    def parse_template(change_set: Any) -> None:
        submitted = _read(change_set.template)
        change_set.template_dict = processed(submitted, change_set.parameters, change_set.stack.region_name)

    return parse_template


def _comparing_what_was_submitted(_: Method) -> Method:
    def has_template(stack: Any, other_template: str) -> bool:
        return _read(stack.template) == _read(other_template)

    return has_template


def _with_its_new_parameters(original: Method) -> Method:
    def update(stack: Any, template: str, role_arn: Any = None, parameters: Any = None, tags: Any = None) -> None:
        before = stack.template, stack.template_dict, stack.parameters
        stack.parameters = parameters or stack.parameters
        try:
            original(stack, template, role_arn, parameters=parameters, tags=tags)
        except Exception:
            stack.template, stack.template_dict, stack.parameters = before
            raise

    return update


def _at_its_stage(original: Method) -> Method:
    def get_template(response: Any) -> Any:
        answer = original(response)
        stack = response.cloudformation_backend.get_stack(response._get_param("StackName"))
        answer.result["StagesAvailable"] = ["Original", "Processed"]
        if _transforms(_read(stack.template)) and response._get_param("TemplateStage") != "Original":
            answer.result["TemplateBody"] = json.dumps(stack.template_dict)
        return answer

    return get_template


def _read(template: str) -> dict[str, Any]:
    try:
        return read_template(template)
    except ValueError as error:
        raise validation_error(f"Template format error: {error}") from error


def processed(template: dict[str, Any], parameters: Mapping[str, Any], region_name: str) -> dict[str, Any]:
    """``template`` with its transforms applied.

    :raises Exception: moto's ValidationError, a transform is not one that can be applied, or it is no template.
    """
    _refuse_extensions(template)
    for name in _transforms(template):
        if name == sam.TRANSFORM:
            template = _translated(_checked(template), parameters, region_name)
        elif name != _EXTENSIONS:
            raise validation_error(
                f"The template's Transform {name} cannot be applied: of CloudFormation's macros, {sam.TRANSFORM} alone "
                "is. Deploy what the macro makes of the template."
            )
    _refuse_inner_transforms(template)
    _refuse_what_a_transform_would_make(template)
    return _checked(template)


def _checked(template: dict[str, Any]) -> dict[str, Any]:
    try:
        check_sections(template)
    except ValueError as error:
        raise validation_error(f"Template format error: {error}") from error
    return template


def _transforms(template: Mapping[str, Any]) -> list[str]:
    declared = template.get("Transform") or []
    each_declared = declared if isinstance(declared, list) else [declared]
    return [str(each.get("Name")) if isinstance(each, dict) else str(each) for each in each_declared]


def _translated(template: dict[str, Any], parameters: Mapping[str, Any], region_name: str) -> dict[str, Any]:
    try:
        return sam.translate(template, parameters, region_name)
    except sam.TransformError as error:
        raise validation_error(str(error)) from error


def _refuse_extensions(template: dict[str, Any]) -> None:
    for key, path in _keys(template):
        if key.startswith(_NOT_OF_MOTO):
            raise validation_error(f"{key} of {_EXTENSIONS}, at {path}, is not evaluated: write out what it makes.")


def _refuse_inner_transforms(template: dict[str, Any]) -> None:
    for key, path in _keys(template):
        if key == "Fn::Transform" and not path.startswith("Mappings/"):  # there moto includes files itself
            raise validation_error(f"Fn::Transform at {path} cannot be applied: write out what the macro makes.")


def _refuse_what_a_transform_would_make(template: dict[str, Any]) -> None:
    types = sorted({each["Type"] for each in (template.get("Resources") or {}).values()})
    if of_sam := [each for each in types if each.startswith(_OF_SAM)]:
        raise validation_error(
            f"Template format error: Unrecognized resource types: [{', '.join(of_sam)}]. They are SAM's, and need the "
            f"line Transform: {sam.TRANSFORM}"
        )


def _keys(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each key of a mapping in ``value``, and the path of what holds it."""
    if isinstance(value, list):
        for position, each in enumerate(value):
            yield from _keys(each, f"{path}/{position}")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key), path.lstrip("/")
            yield from _keys(each, f"{path}/{key}")
