"""Lookup of access keys: in moto's IAM and STS, in the environment, among moto's own."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator, Mapping
from contextvars import Context
from dataclasses import replace
from datetime import timezone
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import AccessKey, Group, IAMBackend, Role, User, iam_backends

from .attached import attached_to
from .documents import boundary_arn, managed, managed_document, parsed
from .identity import MOTO_KEY, MOTO_SECRET, Identity, KnownKey, root_of

if TYPE_CHECKING:
    from moto.sts.models import AssumedRole

_MAX_ACCESS_KEYS = 2  # of a user: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html


class MotoCallers:
    """Looks access keys up in moto's IAM and STS of every account, then in ``environment`` (by default the process's),
    then among moto's own. The latter two are the root of moto's default account.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment

    def find(self, access_key: str) -> KnownKey | None:
        """The access key ``access_key`` and whose it is; None when it is unknown."""
        for iam in _iam_backends():
            key = iam.access_keys.get(access_key)
            if key is not None:
                return _known(iam, key)
        return Context().run(self._from_environment, access_key)  # a handler has its role's key in its environment

    def _from_environment(self, access_key: str) -> KnownKey | None:
        environment = self._environment
        secrets = {MOTO_KEY: MOTO_SECRET}
        if environment.get("AWS_ACCESS_KEY_ID"):
            secrets[environment["AWS_ACCESS_KEY_ID"]] = environment.get("AWS_SECRET_ACCESS_KEY", "")
        if access_key not in secrets:
            return None
        account_id = environment.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)
        # moto replaces the key and the secret but leaves a token, so that one may come with them or not.
        token = environment.get("AWS_SESSION_TOKEN") or None
        return KnownKey(
            secret=secrets[access_key],
            session_tokens=(None, token),
            identify=partial(_root, account_id),
        )


def _iam_backends() -> Iterator[IAMBackend]:
    # Lists: other threads may add accounts meanwhile. A backend that nobody asked for yet has no keys.
    for account in list(iam_backends.values()):
        yield from list(account.values())


def _is_home(iam: IAMBackend) -> bool:
    """Whether moto takes those for callers of this account who ask with its own key."""
    return iam.account_id == Context().run(os.environ.get, "MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)


def _root(account_id: str) -> Identity:
    return root_of(account_id, "aws", _organization_of(account_id))


def _known(iam: IAMBackend, key: AccessKey) -> KnownKey | None:
    if key.user_name is not None:
        user = iam.users.get(key.user_name)
        if user is None:
            return None
        is_active = key.status == "Active"
        return KnownKey(secret=key.secret_access_key, is_active=is_active, identify=partial(_user, iam, user))
    if getattr(key, "federated_user_arn", None) is not None:
        return _federated_key(iam, key)
    session = _session(iam, key.access_key_id)
    if session is None:
        return None
    return KnownKey(
        secret=key.secret_access_key,
        session_tokens=(session.session_token,),
        expires=session.expiration.replace(tzinfo=timezone.utc),
        identify=partial(_role_session, iam, session),
    )


def _federated_key(iam: IAMBackend, key: Any) -> KnownKey:
    return KnownKey(
        secret=key.secret_access_key,
        session_tokens=(key.session_token,),
        expires=key.expiration.replace(tzinfo=timezone.utc),
        identify=partial(_federated_user, iam, key),
    )


def _session(iam: IAMBackend, access_key: str) -> AssumedRole | None:
    """The session of a temporary key. It stands in the role's account, or with SAML in that of whoever asked for it."""
    sts_backends = get_backend("sts")
    accounts = [sts_backends[iam.account_id], *list(sts_backends.values())]
    for account in accounts:
        for sts in list(account.values()):
            session: AssumedRole | None
            for session in reversed(sts.assumed_roles):
                if session.access_key_id == access_key:
                    return session
    return None


def _user(iam: IAMBackend, user: User) -> Identity:
    groups = [group for group in list(iam.groups.values()) if user in group.users]
    owners: list[User | Group] = [user, *groups]
    policies = [policy for owner in owners for policy in _policies(owner)]
    return Identity(
        kind="User",
        account_id=iam.account_id,
        arn=user.arn,
        user_id=user.id,
        user_name=user.name,
        policies=tuple(policies),
        limits=tuple(_boundary(iam, user)),
        tags=_tags(user.tags),
        organization_id=_organization_of(iam.account_id),
        is_obtainable=_is_home(iam) and len(user.access_keys) < _MAX_ACCESS_KEYS,
        attached=partial(attached_to, iam, owners),
    )


def _federated_user(iam: IAMBackend, key: Any) -> Identity:
    """A session of GetFederationToken: what its user may do and its policies allow, nothing without a policy.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
    """
    if key.federated_by is None:
        owner = _root(iam.account_id)
    elif key.federated_by in iam.users:
        owner = _user(iam, iam.users[key.federated_by])
    else:  # whoever federated is gone, and with it what the session may do
        owner = replace(_root(iam.account_id), policies=())
    session_policies = tuple(_session_policies(iam, key)) or (None,)
    name = key.federated_user_arn.rpartition("/")[2]
    return replace(
        owner,
        kind="FederatedUser",
        session_arn=key.federated_user_arn,
        user_id=f"{iam.account_id}:{name}",
        user_name=None,
        limits=(session_policies, *owner.limits),
        tags={},
        is_obtainable=False,
        session_policies=session_policies,
    )


def _session_policies(iam: IAMBackend, session: Any) -> Iterator[object]:
    """The policies that a session was made with, in its Policy and by PolicyArns: together they are one limit."""
    if session.policy is not None:
        yield parsed(session.policy)
    for arn in getattr(session, "policy_arns", ()):
        yield managed(iam, arn)


def _boundary(iam: IAMBackend, owner: User | Role) -> Iterator[tuple[object, ...]]:
    arn = boundary_arn(owner)
    if arn:
        yield (managed(iam, arn),)


def _role_session(iam: IAMBackend, session: AssumedRole) -> Identity:
    role = next((role for role in list(iam.roles.values()) if role.arn == session.role_arn), None)
    session_policies = tuple(_session_policies(iam, session))
    limits = [session_policies] if session_policies else []
    if role is not None:
        limits += _boundary(iam, role)
    return Identity(
        kind="AssumedRole",
        account_id=iam.account_id,
        arn=session.role_arn,
        session_arn=session.arn,
        user_id=f"{_role_id(session.role_arn) if role is None else role.id}:{session.session_name}",
        # moto lets anybody assume a role that does not exist, its way to reach another account: nothing holds it back.
        policies=None if role is None else tuple(_policies(role)),
        limits=tuple(limits),
        tags={} if role is None else _tags(role.tags),
        organization_id=_organization_of(iam.account_id),
        is_obtainable=_is_home(iam) and role is not None,
        session_policies=session_policies,
        attached=partial(attached_to, iam, [] if role is None else [role]),
    )


def _role_id(role_arn: str) -> str:
    """An id for a role that does not exist: moto itself makes up another one each time."""
    return f"AROA{base64.b32encode(sha256(role_arn.encode()).digest()).decode()[:17]}"


def _policies(owner: User | Group | Role) -> Iterator[object]:
    for document in list(owner.policies.values()):
        yield parsed(document)
    for policy in list(owner.managed_policies.values()):
        yield managed_document(policy)


def _tags(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


def _organization_of(account_id: str) -> str | None:
    """The id of the organization that the account leads or belongs to."""
    organizations_backends: Any = get_backend("organizations")
    master_id, _ = organizations_backends.master_accounts.get(account_id, (account_id, None))
    if master_id not in organizations_backends:
        return None
    for backend in list(organizations_backends[master_id].values()):
        if backend.org is not None:
            organization_id: str = backend.org.id
            return organization_id
    return None
