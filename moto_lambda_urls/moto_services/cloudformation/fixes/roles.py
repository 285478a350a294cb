"""Policies of roles: moto ignores a template's managed policies, and what an update changes of a role's policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ....patching.patches import Method, Patches


def patch(iam: Any, patches: Patches) -> None:
    """Let ``moto.iam.models`` give the roles of templates their policies, AWS's managed ones included."""
    patches.method(iam.Role, "create_from_cloudformation_json", _with_policies)
    patches.method(iam.Role, "update_from_cloudformation_json", _with_changed_policies)
    patches.method(iam.Role, "delete_from_cloudformation_json", _without_policies)


def _with_policies(original: Method) -> Method:
    def create(cls: Any, resource_name: str, cloudformation_json: Any, *place: Any, **kwargs: Any) -> Any:
        role = original(cls, resource_name, cloudformation_json, *place, **kwargs)
        try:
            _give(role, cloudformation_json["Properties"])
        except Exception:
            _give(role, {})
            iam_backend(role.account_id, role.partition).delete_role(role.name)
            raise
        return role

    return create


def _with_changed_policies(original: Method) -> Method:
    def update(cls: Any, original_resource: Any, new_resource_name: str, cloudformation_json: Any, **place: Any) -> Any:
        properties = cloudformation_json["Properties"]
        role = original(cls, original_resource, new_resource_name, cloudformation_json, **place)
        role.assume_role_policy_document = _text(properties["AssumeRolePolicyDocument"])
        _give(role, properties)
        return role

    return update


def _without_policies(original: Method) -> Method:
    def delete(cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> None:
        for role in iam_backend(account_id, region_name).roles.values():
            if role.name == resource_name:
                _give(role, {})
        original(cls, resource_name, cloudformation_json, account_id, region_name)

    return delete


def _give(role: Any, properties: Mapping[str, Any]) -> None:
    backend = iam_backend(role.account_id, role.partition)
    role.policies = {
        each["PolicyName"]: _text(each["PolicyDocument"]) for each in properties.get("Policies") or [] if each
    }
    for policy in list(role.managed_policies.values()):
        policy.detach_from(role)
    for arn in properties.get("ManagedPolicyArns") or []:
        _make_if_of_aws(backend, arn)
        backend.attach_role_policy(arn, role.name)


def _make_if_of_aws(backend: Any, arn: str) -> None:
    # moto has AWS's own policies only where a test asks for all of them, which takes a second.
    name = arn.rpartition("/")[2]
    if ":iam::aws:policy/" in arn and arn not in backend.managed_policies and name in _of_aws():
        # At each use: a test may have taken moto's modules out of sys.modules since.
        from moto.iam.models import AWSManagedPolicy

        backend.managed_policies[arn] = AWSManagedPolicy.from_data(
            name, backend.account_id, backend.region_name, _of_aws()[name]
        )


@cache
def _of_aws() -> dict[str, Any]:
    # Five megabytes, loaded with moto's IAM only.
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document, default=str)


def iam_backend(account_id: str, region_name: str) -> Any:
    """moto's IAM of an account; ``region_name`` may be a partition."""
    # At each use: a test may have taken moto's modules out of sys.modules since.
    from moto.iam.models import iam_backends
    from moto.utilities.utils import get_partition

    backends = iam_backends[account_id]
    return backends[region_name if region_name in backends else get_partition(region_name)]
