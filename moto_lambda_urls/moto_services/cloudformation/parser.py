"""Installation of the AWS::Lambda resource classes in moto's CloudFormation, and access to its inner parts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ...patching.late_imports import patch_late
from ...patching.patches import Method, Patches, counted_patches

_PARSING = "moto.cloudformation.parsing"
_MODELS = "moto.cloudformation.models"
_RESPONSES = "moto.cloudformation.responses"

Resources = Callable[[], Mapping[str, Any]]
"""Loads the classes of our resources by type, with the first template and not with the mock."""


class _ParserPatches:
    """moto's template parser, patched once CloudFormation is used: importing it takes a second."""

    def __init__(self) -> None:
        self.resources: Resources

    def patch(self, patches: Patches) -> None:
        patch_late([_PARSING, _MODELS, _RESPONSES], lambda name: self._teach(name, patches), patches)

    def _teach(self, name: str, patches: Patches) -> None:
        from . import fixes  # takes time to load, so with CloudFormation and not with a mock

        module = sys.modules[name]
        if name == _MODELS:
            fixes.patch_models(module, sys.modules[_PARSING], patches)
        elif name == _RESPONSES:
            fixes.patch_responses(module, patches)
        else:
            fixes.patch_parsing(module, patches)
            self._teach_resources(module, patches)

    def _teach_resources(self, parsing: Any, patches: Patches) -> None:
        patches.method(parsing, "resource_class_from_type", self._class_from_type)
        patches.method(parsing, "parse_and_create_resource", partial(_updating_what_it_is_made_of, parsing))

    def _class_from_type(self, original: Method) -> Method:
        def resource_class_from_type(resource_type: str) -> Any:
            return self.resources().get(resource_type) or original(resource_type)

        return resource_class_from_type


_MADE_OF = {"AWS::Lambda::Version": "FunctionName", "AWS::Lambda::Alias": "FunctionVersion"}
"""Types whose new resources are made of another one as the stack's update leaves it, and the property that names it."""


def _updating_what_it_is_made_of(parsing: Any, original: Method) -> Method:
    def parse_and_create_resource(logical_id: str, resource_json: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        named = resource_json.get("Properties", {}).get(_MADE_OF.get(resource_json["Type"], ""))
        if isinstance(named, dict):
            _update(parsing, named.get("Ref") or named.get("Fn::GetAtt", [None])[0], *args, **kwargs)
        return original(logical_id, resource_json, *args, **kwargs)

    return parse_and_create_resource


def _update(parsing: Any, logical_id: str | None, resources_map: Any, account_id: str, region_name: str) -> None:
    # moto makes a stack's new resources before it changes the others.
    if logical_id in resources_map._parsed_resources:
        resource_json = resources_map._resource_json_map[logical_id]
        updated = parsing.parse_and_update_resource(
            logical_id, resource_json, resources_map, account_id=account_id, region_name=region_name
        )
        resources_map._parsed_resources[logical_id] = updated


_parser_patches = _ParserPatches()
_counted = counted_patches(_parser_patches.patch)
"""Of the process, as moto's parser is."""


def install(resources: Resources) -> None:
    """Let templates create ``resources``; each call needs an ``uninstall``."""
    _parser_patches.resources = resources
    _counted.install()


uninstall = _counted.uninstall
