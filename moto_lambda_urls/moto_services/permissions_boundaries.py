"""Permissions boundaries of IAM users, which moto does not keep."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches

_IAM = "moto.iam.responses"


def _patch(patches: Patches) -> None:
    patch_late([_IAM], lambda name: _patch_users(sys.modules[name], patches), patches)


def _patch_users(iam: Any, patches: Patches) -> None:
    patches.method(iam.IamResponse, "create_user", _bounded)
    for action in (put_user_permissions_boundary, delete_user_permissions_boundary):
        if not hasattr(iam.IamResponse, action.__name__):
            setattr(iam.IamResponse, action.__name__, action)
            patches.callback(partial(delattr, iam.IamResponse, action.__name__))


def _bounded(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_user(response: Any) -> Any:
        arn = response._get_param("PermissionsBoundary")
        if arn:
            _check(response, arn)
        answer = original(response)
        if arn:
            _bound(answer.result["User"], arn)
        return answer

    return create_user


def put_user_permissions_boundary(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html"""
    arn = response._get_param("PermissionsBoundary")
    user = response.backend.get_user(response._get_param("UserName"))
    _check(response, arn)
    _bound(user, arn)
    return EmptyResult()


def delete_user_permissions_boundary(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html"""
    user = response.backend.get_user(response._get_param("UserName"))
    if getattr(user, "permissions_boundary_arn", None) is not None:
        user.permissions_boundary_arn = user.permissions_boundary = None
    return EmptyResult()


def _check(response: Any, arn: str) -> None:
    # The answer to what is no policy's ARN is moto's own for roles: there it is checked before the role is looked for.
    if not response.backend.policy_arn_regex.match(arn):
        response.backend.put_role_permissions_boundary("", arn)


def _bound(user: Any, arn: str) -> None:
    """Keep the boundary where moto keeps that of a role; GetUser answers with ``permissions_boundary``."""
    user.permissions_boundary_arn = arn
    user.permissions_boundary = {
        "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
        "PermissionsBoundaryArn": arn,
    }


_counted = counted_patches(_patch)

install = _counted.install
uninstall = _counted.uninstall
