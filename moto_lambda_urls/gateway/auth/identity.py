"""Identities, access keys and the caller in the event: the values that authorization works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .evaluate import Principal

# What moto puts into the environment (moto.core.models.MockAWS).
MOTO_KEY, MOTO_SECRET = "FOOBARKEY", "FOOBARSECRET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """``requestContext.authorizer.iam`` of an AWS_IAM call."""

    access_key: str
    account_id: str
    caller_id: str
    user_arn: str
    user_id: str
    principal_org_id: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedPolicy:
    """A policy of a user, of a group, or of a role, or what bounds one: ``name`` says which in a clause, ``detach`` is
    the call of IAM's API that takes it away, as Python.
    """

    document: object
    name: str
    detach: str
    is_boundary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An account's root, a user, or a session of a role or a federated user, with its policies as parsed documents.

    ``arn`` is the ARN that policies are written for: the root's, the user's, the role's, that of the user who
    federates; ``session_arn`` the session's. ``policies`` None means that nothing holds the identity back, as with an
    account's root. In each of ``limits`` (a permissions boundary, a session's policies) a document must allow what
    ``policies`` allow. ``is_known`` is False when nobody knows the key. ``is_obtainable`` says whether AWS's API gives
    further credentials of the user or role to whoever asks it with the mock's own key. ``session_policies`` are those
    of ``limits`` that the session was made with; ``attached`` finds the other policies where they are kept.
    """

    kind: str
    account_id: str
    arn: str
    user_id: str
    session_arn: str | None = None
    user_name: str | None = None
    policies: tuple[object, ...] | None = None
    limits: tuple[tuple[object, ...], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    organization_id: str | None = None
    is_known: bool = True
    is_obtainable: bool = False
    session_policies: tuple[object, ...] = field(default=(), compare=False)
    attached: Callable[[], Iterable[AttachedPolicy]] = field(default=tuple, repr=False, compare=False)

    @property
    def principal(self) -> Principal:
        """The identity as resource policies name it."""
        arns = (self.arn,) if self.session_arn is None else (self.arn, self.session_arn)
        # A role's own id stands for all its sessions.
        unique_ids = (self.user_id, self.user_id.partition(":")[0])
        return Principal(account_id=self.account_id, arns=arns, unique_ids=unique_ids)

    @property
    def requester_arn(self) -> str:
        """The ARN of who makes the request: a grant to it is direct, which nothing limits.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
        """
        return self.session_arn or self.arn

    def as_caller(self, access_key: str) -> Caller:
        """The identity as the function sees it."""
        return Caller(
            access_key=access_key,
            account_id=self.account_id,
            caller_id=self.user_id,
            user_arn=self.requester_arn,
            user_id=self.user_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """An access key with its secret, and whose it is.

    ``session_tokens`` are those that may come with it, None for coming without one. ``expires`` is in UTC.
    """

    secret: str = field(repr=False)
    session_tokens: tuple[str | None, ...] = field(default=(None,), repr=False)
    expires: datetime | None = None
    is_active: bool = True
    identify: Callable[[], Identity]


class Callers(Protocol):
    """The lookup of access keys."""

    def find(self, access_key: str) -> KnownKey | None:
        """The access key ``access_key`` and whose it is; None when it is unknown."""


def root_of(account_id: str, partition: str, organization_id: str | None = None, *, is_known: bool = True) -> Identity:
    """The root of an account."""
    return Identity(
        kind="Account",
        account_id=account_id,
        arn=f"arn:{partition}:iam::{account_id}:root",
        user_id=account_id,
        organization_id=organization_id,
        is_known=is_known,
    )
