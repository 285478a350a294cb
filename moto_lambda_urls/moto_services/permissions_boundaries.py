"""Permissions boundaries: moto does not keep those of IAM users, and takes any policy's ARN for those of roles."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches

_IAM = "moto.iam.responses"


def _patch(patches: Patches) -> None:
    patch_late([_IAM], lambda name: _patch_responses(sys.modules[name], patches), patches)


def _patch_responses(iam: Any, patches: Patches) -> None:
    patches.method(iam.IamResponse, "create_user", _bounded)
    for name in ("create_role", "put_role_permissions_boundary"):
        patches.method(iam.IamResponse, name, _checked)
    for action in (put_user_permissions_boundary, delete_user_permissions_boundary):
        if not hasattr(iam.IamResponse, action.__name__):
            patches.added(iam.IamResponse, action.__name__, action)


def _bounded(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_user(response: Any) -> Any:
        arn = response._get_param("PermissionsBoundary")
        check(response.backend, arn)
        answer = original(response)
        bound(answer.result["User"], arn)
        return answer

    return create_user


def _checked(original: Callable[..., Any]) -> Callable[..., Any]:
    def method(response: Any) -> Any:
        check(response.backend, response._get_param("PermissionsBoundary"))
        return original(response)

    return method


def put_user_permissions_boundary(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html"""
    arn = response._get_param("PermissionsBoundary")
    user = response.backend.get_user(response._get_param("UserName"))
    check(response.backend, arn)
    bound(user, arn)
    return EmptyResult()


def delete_user_permissions_boundary(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html"""
    bound(response.backend.get_user(response._get_param("UserName")), None)
    return EmptyResult()


def check(backend: Any, arn: str | None) -> None:
    """Check the boundary ``arn`` of a user or role in moto's IAM ``backend``; None is no boundary.

    :raises IAMException: it is no policy's ARN, or that of a policy which is not there. AWS's own policies are taken
        to be there.
    """
    if not arn:
        return
    # The answer to what is no policy's ARN is moto's own for roles: there it is checked before the role is looked for.
    if not backend.policy_arn_regex.match(arn):
        backend.put_role_permissions_boundary("", arn)
    is_of_aws = arn.split(":")[4] == "aws"  # moto has them only if asked to
    if arn not in backend.managed_policies and not is_of_aws:
        # At each use: a test may have taken moto's modules out of sys.modules since.
        from moto.iam.exceptions import NoSuchEntity

        # AWS's answer is in https://github.com/hashicorp/boundary/pull/4255.
        raise NoSuchEntity(f"Scope ARN: {arn} does not exist or is not attachable.")


def bound(user: Any, arn: str | None) -> None:
    """Keep the boundary ``arn`` where moto keeps that of a role, or None; GetUser answers with
    ``permissions_boundary``."""
    if arn:
        shown = {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn}
        user.permissions_boundary_arn, user.permissions_boundary = arn, shown
    elif getattr(user, "permissions_boundary_arn", None):
        user.permissions_boundary_arn = user.permissions_boundary = None


# Of the process, as the backends' classes are.
_counted = counted_patches(_patch)

install = _counted.install
uninstall = _counted.uninstall
