"""Installation of the AWS::Lambda resource classes in moto's CloudFormation, and access to its inner parts."""

from __future__ import annotations

import sys
from typing import Any

from ...patching.counted import Counted
from ...patching.first_use import load
from ...patching.late_imports import LateImports

_PARSING = "moto.cloudformation.parsing"


class _Parser:
    """moto's template parser, which takes a second to import: it is left alone until somebody uses CloudFormation."""

    def __init__(self) -> None:
        self._originals: dict[str, Any] = {}
        self._late_import = LateImports([_PARSING], lambda _: self._teach())

    def install(self) -> None:
        if _PARSING in sys.modules:
            self._teach()
        else:
            self._late_import.install()

    def uninstall(self) -> None:
        self._late_import.uninstall()
        while self._originals:
            setattr(sys.modules[_PARSING], *self._originals.popitem())

    def _teach(self) -> None:
        parsing: Any = sys.modules[_PARSING]
        resources = load("moto_services.cloudformation.types").RESOURCES
        class_of, create = parsing.resource_class_from_type, parsing.parse_and_create_resource

        def resource_class_from_type(resource_type: str) -> Any:
            return resources.get(resource_type) or class_of(resource_type)

        def parse_and_create_resource(logical_id: str, resource_json: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
            if resource_json["Type"] == "AWS::Lambda::Version":
                _update_function_of(resource_json, *args, **kwargs)
            return create(logical_id, resource_json, *args, **kwargs)

        for replacement in (resource_class_from_type, parse_and_create_resource):
            self._originals[replacement.__name__] = getattr(parsing, replacement.__name__)
            setattr(parsing, replacement.__name__, replacement)


def _update_function_of(version_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str) -> None:
    # moto makes a stack's new resources before it changes the others, but a new version is one of the changed function.
    named = version_json["Properties"]["FunctionName"]
    logical_id = (named.get("Ref") or named.get("Fn::GetAtt", [None])[0]) if isinstance(named, dict) else None
    if logical_id in resources_map._parsed_resources:
        function_json = resources_map._resource_json_map[logical_id]
        parsing: Any = sys.modules[_PARSING]
        updated = parsing.parse_and_update_resource(logical_id, function_json, resources_map, account_id, region_name)
        resources_map._parsed_resources[logical_id] = updated


def validation_error(message: str) -> Exception:
    """The refusal of a template, for whoever is called while moto parses one."""
    error: Exception = sys.modules["moto.cloudformation.exceptions"].ValidationError(message=message)
    return error


_parser = _Parser()
_taught = Counted(_parser.install, _parser.uninstall)
install = _taught.install
uninstall = _taught.uninstall
