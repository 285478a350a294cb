"""Permissions boundaries: moto ignores those of a template's users, and what an update changes of a role's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....patching.patches import Method, Patches
from ...permissions_boundaries import bound, check
from .roles import iam_backend


def patch(iam: Any, patches: Patches) -> None:
    """Let ``moto.iam.models`` give the users and roles of templates their permissions boundaries."""
    patches.method(iam.User, "create_from_cloudformation_json", _with_boundary)
    patches.method(iam.User, "update_from_cloudformation_json", _with_changed_boundary)
    patches.method(iam.Role, "create_from_cloudformation_json", _with_boundary_of_role)
    patches.method(iam.Role, "update_from_cloudformation_json", _with_changed_boundary_of_role)


def _with_boundary(original: Method) -> Method:
    def create(cls: Any, name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> Any:
        arn = _boundary(cloudformation_json)
        check(iam_backend(account_id, region_name), arn)
        user = original(cls, name, cloudformation_json, account_id, region_name, **kwargs)
        bound(user, arn)
        return user

    return create


def _with_changed_boundary(original: Method) -> Method:
    def update(cls: Any, original_resource: Any, new_resource_name: str, cloudformation_json: Any, **place: Any) -> Any:
        arn = _boundary(cloudformation_json)
        check(iam_backend(**place), arn)
        # moto replaces each user that has a name, and the new one would have that of the old one.
        template = _without_name(cloudformation_json, original_resource.name)
        user = original(cls, original_resource, new_resource_name, template, **place)
        bound(user, arn)
        return user

    return update


def _with_boundary_of_role(original: Method) -> Method:
    def create(cls: Any, name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> Any:
        check(iam_backend(account_id, region_name), _boundary(cloudformation_json))
        return original(cls, name, cloudformation_json, account_id, region_name, **kwargs)

    return create


def _with_changed_boundary_of_role(original: Method) -> Method:
    def update(cls: Any, original_resource: Any, new_resource_name: str, cloudformation_json: Any, **place: Any) -> Any:
        arn = _boundary(cloudformation_json)
        check(iam_backend(**place), arn)
        role = original(cls, original_resource, new_resource_name, cloudformation_json, **place)
        role.permissions_boundary_arn = arn
        return role

    return update


def _boundary(cloudformation_json: Mapping[str, Any]) -> str | None:
    return cloudformation_json.get("Properties", {}).get("PermissionsBoundary") or None


def _without_name(cloudformation_json: Mapping[str, Any], name: str) -> dict[str, Any]:
    properties = cloudformation_json.get("Properties", {})
    others = {key: value for key, value in properties.items() if (key, value) != ("UserName", name)}
    return {**cloudformation_json, "Properties": others}
