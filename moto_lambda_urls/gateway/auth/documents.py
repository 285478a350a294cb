"""Policy documents of moto's IAM, parsed."""

from __future__ import annotations

import json
from functools import lru_cache

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User


def parsed(document: object) -> object:
    """The policy ``document``; None, which grants nothing, when it is none. CloudFormation's roles hold parsed ones."""
    return _parsed_text(document) if isinstance(document, str) else document


# Nobody may change what it gives: the same text gives the same object.
@lru_cache(maxsize=512)
def _parsed_text(document: str) -> object:
    try:
        found: object = json.loads(document)
    except (ValueError, RecursionError):
        return None
    return found


def managed(iam: IAMBackend, arn: str) -> object:
    """The managed policy ``arn``. One that moto does not have, such as AWS's own when not loaded, allows nothing."""
    policy = iam.managed_policies.get(arn)
    return None if policy is None else managed_document(policy)


def managed_document(policy: ManagedPolicy) -> object:
    """The default version of a managed policy."""
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            return parsed(version.document)
    return None


def boundary_arn(owner: User | Group | Role) -> str | None:
    """The permissions boundary of a user or role."""
    arn: str | None = getattr(owner, "permissions_boundary_arn", None)
    return arn
