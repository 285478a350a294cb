"""Values of parameters: moto takes any value, no list as a default, no UsePreviousValue, and none that SSM lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....patching.patches import Method, Patches
from ..errors import validation_error


def patch_parsing(parsing: Any, patches: Patches) -> None:
    """Let ``moto.cloudformation.parsing`` read defaults as it reads given values."""
    patches.method(parsing.ResourceMap, "load_parameters", _with_defaults_as_given)
    patches.method(parsing.ResourceMap, "parse_ssm_parameter", _known_to_ssm)


def patch_models(models: Any, patches: Patches) -> None:
    """Let UsePreviousValue stand for the value as it was submitted, or for the default."""
    patches.value(models.Stack, "stack_parameters", property(_submitted))
    patches.method(models.CloudFormationBackend, "_resolve_update_parameters", _with_previous_values)


def _with_defaults_as_given(original: Method) -> Method:
    def load_parameters(resources: Any) -> None:
        given = resources.input_parameters
        resources.input_parameters = _complete(resources._template, given)
        _refuse_values_that_are_not_allowed(resources._template, resources.input_parameters)
        original(resources)

    return load_parameters


def _known_to_ssm(original: Method) -> Method:
    def parse_ssm_parameter(resources: Any, value: str, value_type: str) -> Any:
        try:
            return original(resources, value, value_type)
        except AttributeError as error:  # of None, which moto found
            message = f"Unable to fetch parameters [{value}] from parameter store for this account."
            raise validation_error(message) from error

    return parse_ssm_parameter


def _submitted(stack: Any) -> dict[str, Any]:
    return _complete(stack.template_dict, stack.parameters)


def _with_previous_values(original: Method) -> Method:
    def resolve(backend: Any, instance: Any, incoming_params: list[dict[str, Any]]) -> Any:
        previous = getattr(instance, "stack_parameters", None)  # a stack set has none
        if previous is None:
            return original(backend, instance, incoming_params)
        return {
            each["ParameterKey"]: previous[each["ParameterKey"]]
            if each.get("UsePreviousValue")
            else each["ParameterValue"]
            for each in incoming_params
        }

    return resolve


def _complete(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values ``given`` to what ``template`` declares, and the defaults of the others, as text."""
    declared = template.get("Parameters") or {}
    defaults = {name: _text(each["Default"]) for name, each in declared.items() if "Default" in each}
    return defaults | {name: value for name, value in given.items() if name in declared}


def _refuse_values_that_are_not_allowed(template: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    for name, declared in (template.get("Parameters") or {}).items():
        allowed = [_text(each) for each in declared.get("AllowedValues", [])]
        if allowed and name in values and not set(_each_value(declared, values[name])) <= set(allowed):
            raise validation_error(f"Parameter '{name}' must be one of AllowedValues")


def _each_value(declared: Mapping[str, Any], value: Any) -> list[str]:
    is_list = declared.get("Type") == "CommaDelimitedList"
    return [each.strip() for each in str(value).split(",")] if is_list else [_text(value)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
