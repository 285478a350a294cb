"""Replaced versions: moto's update leaves what names a replaced version of a function or layer as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....patching.patches import Method, Patches

_REPLACED = frozenset({"AWS::Lambda::LayerVersion", "AWS::Lambda::Version"})


def patch(parsing: Any, patches: Patches) -> None:
    """Let ``ResourceMap.update`` of ``moto.cloudformation.parsing`` change what names a version that it changes."""
    patches.method(parsing.ResourceMap, "build_resource_diff", _with_what_names_them)


def _with_what_names_them(original: Method) -> Method:
    def build_resource_diff(resources: Any, other_template: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        actions: dict[str, list[str]] = original(resources, other_template, *args, **kwargs)
        declared = other_template["Resources"]
        replaced = {name for name in actions["Modify"] if declared[name].get("Type") in _REPLACED}
        others = declared.keys() - {*actions["Add"], *actions["Modify"]}
        naming = [name for name in declared if name in others and replaced.intersection(_named(declared[name]))]
        return {**actions, "Modify": [*actions["Modify"], *naming]} if naming else actions

    return build_resource_diff


def _named(value: Any) -> Iterator[str]:
    """The logical ids that ``Ref`` and ``Fn::GetAtt`` in ``value`` name."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key == "Ref" and isinstance(each, str):
                yield each
            elif key == "Fn::GetAtt":
                yield str(each[0] if isinstance(each, list) else each).partition(".")[0]
            else:
                yield from _named(each)
