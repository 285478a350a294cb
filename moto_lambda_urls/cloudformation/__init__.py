"""Lambda's resources in moto's CloudFormation: AWS::Lambda::Url, and the rest of a function's template made whole."""

from __future__ import annotations

import sys
from threading import Lock
from typing import Any

from ..late_import import OnImport
from .functions import AliasResource, FunctionResource, VersionResource
from .resources import PermissionResource, UrlResource

RESOURCES = {
    "AWS::Lambda::Alias": AliasResource,
    "AWS::Lambda::Function": FunctionResource,
    "AWS::Lambda::Permission": PermissionResource,
    "AWS::Lambda::Url": UrlResource,
    "AWS::Lambda::Version": VersionResource,
}
_PARSING = "moto.cloudformation.parsing"
_lock = Lock()
_users = 0


def install() -> None:
    """Let templates have these resources; each call wants an ``uninstall``."""
    global _users
    with _lock:
        _users += 1
        if _users == 1:
            _parsing.install()


def uninstall() -> None:
    """Give moto its own resources back when the last user leaves.

    :raises RuntimeError: there is no ``install`` to undo.
    """
    global _users
    with _lock:
        if _users == 0:
            raise RuntimeError("uninstall() without install()")
        _users -= 1
        if _users == 0:
            _parsing.uninstall()


class _Parsing(OnImport):
    """moto's template parser, which takes a second to import: it is left alone until a test uses CloudFormation."""

    def apply(self) -> None:
        parsing: Any = sys.modules[_PARSING]
        self._class_of = parsing.resource_class_from_type
        self._create = parsing.parse_and_create_resource

        def resource_class_from_type(resource_type: str) -> Any:
            return RESOURCES.get(resource_type) or self._class_of(resource_type)

        def parse_and_create_resource(logical_id: str, resource_json: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
            if resource_json["Type"] == "AWS::Lambda::Version":
                _update_function_of(resource_json, *args, **kwargs)
            return self._create(logical_id, resource_json, *args, **kwargs)

        parsing.resource_class_from_type = resource_class_from_type
        parsing.parse_and_create_resource = parse_and_create_resource

    def undo(self) -> None:
        parsing: Any = sys.modules[_PARSING]
        parsing.resource_class_from_type = self._class_of
        parsing.parse_and_create_resource = self._create


def _update_function_of(version_json: dict[str, Any], resources_map: Any, account_id: str, region_name: str) -> None:
    # moto makes a stack's new resources before it changes the others, but a new version is one of the changed function.
    named = version_json["Properties"]["FunctionName"]
    logical_id = (named.get("Ref") or named.get("Fn::GetAtt", [None])[0]) if isinstance(named, dict) else None
    if logical_id in resources_map._parsed_resources:
        function_json = resources_map._resource_json_map[logical_id]
        parsing: Any = sys.modules[_PARSING]
        updated = parsing.parse_and_update_resource(logical_id, function_json, resources_map, account_id, region_name)
        resources_map._parsed_resources[logical_id] = updated


_parsing = _Parsing(_PARSING)
