"""Conditions: moto lists what they leave out, and an update in which one changes neither adds, changes nor deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ....patching.patches import Method, Patches


def patch_parsing(parsing: Any, patches: Patches) -> None:
    """Let ``ResourceMap.update`` of ``moto.cloudformation.parsing`` follow the values of conditions."""
    patches.method(parsing.ResourceMap, "build_resource_diff", partial(_by_conditions, parsing))
    patches.method(parsing.ResourceMap, "load_conditions", _without_what_they_took_away)


def patch_models(models: Any, patches: Patches) -> None:
    """Let stacks of ``moto.cloudformation.models`` list the resources that they have."""
    patches.value(models.Stack, "stack_resources", property(_created))


def _created(stack: Any) -> list[Any]:
    return [each for each in stack.resource_map.values() if each is not None]


def _by_conditions(parsing: Any, original: Method) -> Method:
    def build_resource_diff(
        resources: Any, other_template: dict[str, Any], parameters: dict[str, Any] | None = None
    ) -> dict[str, list[str]]:
        actions: dict[str, list[str]] = original(resources, other_template, parameters)
        if parameters is None:  # the changes that a change set lists: moto does not pass on the values it was given
            return actions
        old, new = resources._resource_json_map, other_template["Resources"]
        before = resources.lazy_condition_map
        after = _conditions(parsing, resources, other_template, parameters)
        was, will_be = set(_wanted(old, before)), set(_wanted(new, after))
        changed = {name for name in before.keys() & after.keys() if bool(before[name]) != bool(after[name])}
        modified = {name for name in new if changed.intersection(_conditions_of_values(new[name]))}
        modified.update(actions["Modify"])
        return {
            "Add": [name for name in new if name in will_be - was],
            "Modify": [name for name in new if name in will_be & was & modified],
            "Remove": [name for name in old if name in was - will_be],
        }

    return build_resource_diff


def _conditions(
    parsing: Any, resources: Any, template: dict[str, Any], parameters: dict[str, Any] | None
) -> Mapping[str, bool]:
    """The values that the conditions of ``template`` will have, by their names."""
    future = parsing.ResourceMap(
        stack_id=resources.stack_id,
        stack_name=resources["AWS::StackName"],
        parameters=parameters or resources.input_parameters,
        tags={},
        region_name=resources._region_name,
        account_id=resources._account_id,
        template=template,
        cross_stack_resources=resources.cross_stack_resources,
    )
    future.load_mapping()
    future.load_parameters()
    future.load_conditions()
    conditions: Mapping[str, bool] = future.lazy_condition_map
    return conditions


def _wanted(declared: Mapping[str, Any], conditions: Mapping[str, bool]) -> Iterator[str]:
    for name, each in declared.items():
        if "Condition" not in each or conditions[each["Condition"]]:
            yield name


def _conditions_of_values(value: Any) -> Iterator[str]:
    """The conditions that ``Fn::If`` asks for in ``value``."""
    if isinstance(value, list):
        for each in value:
            yield from _conditions_of_values(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "Fn::If":
                yield each[0]
            yield from _conditions_of_values(each)


def _without_what_they_took_away(original: Callable[[Any], None]) -> Method:
    def load_conditions(resources: Any) -> None:
        original(resources)
        declared = resources._template.get("Resources") or {}
        for name in declared.keys() - set(_wanted(declared, resources.lazy_condition_map)):
            resources._parsed_resources.pop(name, None)  # update has deleted it

    return load_conditions
