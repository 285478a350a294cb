"""Where the policies of a user or role are kept in moto's IAM, and the calls that take them away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from moto.iam.models import Group, IAMBackend, Role, User

from .documents import boundary_arn, managed, managed_document, parsed
from .identity import AttachedPolicy


def attached_to(iam: IAMBackend, owners: Iterable[User | Group | Role]) -> Iterator[AttachedPolicy]:
    """The policies of ``owners``: a user with its groups, or a role."""
    for owner in owners:
        kind = type(owner).__name__
        whose, named = f"{kind.lower()} {owner.name}", f"{kind}Name={owner.name!r}"
        for name, document in list(owner.policies.items()):
            yield AttachedPolicy(
                document=parsed(document),
                name=f"the policy {name} of {whose}",
                detach=f"delete_{kind.lower()}_policy({named}, PolicyName={name!r})",
            )
        for policy in list(owner.managed_policies.values()):
            yield AttachedPolicy(
                document=managed_document(policy),
                name=f"the policy {policy.arn} of {whose}",
                detach=f"detach_{kind.lower()}_policy({named}, PolicyArn={policy.arn!r})",
            )
        arn = boundary_arn(owner)
        if arn:
            yield AttachedPolicy(
                document=managed(iam, arn),
                name=f"the permissions boundary {arn} of {whose}",
                detach=f"delete_{kind.lower()}_permissions_boundary({named})",
                is_boundary=True,
            )
