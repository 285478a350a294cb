"""Cures of a caller who lacks grants or is denied: the calls that add the ones, and take the denying policies away."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .. import cures
from .grants import AccessRequest, Verdict, statement_ids
from .identity import AttachedPolicy, Identity

_POLICY = "FunctionURLAllowAccess"
_SESSION = "moto-lambda-urls"


def of_missing(asked: AccessRequest, missing: list[Verdict], *, title: str = "") -> str:
    """The calls that grant what is ``missing``, under ``title``: by the function's policy, which in the caller's own
    account is enough, and across accounts by the caller's too.
    """
    config, identity = asked.config, asked.identity
    is_across = identity is not None and identity.account_id != config.account_id
    is_limited = any(verdict.is_limited for verdict in missing)
    by_resource = [
        verdict.action for verdict in missing if verdict.lacks_resource_grant or (is_limited and not is_across)
    ]
    lines = [] if not title else [title]
    if by_resource:
        lines += _permissions(asked, _principal(identity, is_direct=is_limited and not is_across), by_resource)
    if identity is not None and is_across:
        lines += _across(asked, identity, missing)
    return "\n".join(lines)


def limits_of(identity: Identity) -> str:
    """What limits the policies of ``identity``, for a sentence: its boundary, and the policies of its session."""
    names = [each.name for each in _boundaries(identity)]
    if identity.session_policies:
        names.append(f"the policies that the session {identity.requester_arn} was made with")
    return " and ".join(names)


def of_denied(asked: AccessRequest, denied: list[str]) -> tuple[str, str]:
    """Which statements deny the actions ``denied``, as a clause, and the calls that take them away."""
    found = dict.fromkeys(pair for action in denied for pair in asked.denying(action))
    calls = list(dict.fromkeys(call for _, call in found if call))
    lines = (
        [cures.client(asked.request, asked.config.region)] if any(each.startswith("client.") for each in calls) else []
    )
    if asked.identity is not None and any(each.startswith("iam.") for each in calls):
        lines += _iam(asked, asked.identity)
    lines += calls
    lines += [f"# {where} denies it, and no call takes that away" for where, call in found if not call]
    return " and ".join(dict.fromkeys(where for where, _ in found)) or "an explicit Deny", "\n".join(lines)


def _permissions(asked: AccessRequest, principal: str, actions: list[str]) -> list[str]:
    config = asked.config
    sids = statement_ids(asked.resource_policy, principal, actions)
    calls = cures.grants(cures.target(config), config.auth_type, principal, sids)
    return [cures.client(asked.request, config.region), *calls]


def _boundaries(identity: Identity) -> list[AttachedPolicy]:
    return [each for each in identity.attached() if each.is_boundary]


def _principal(identity: Identity | None, *, is_direct: bool) -> str:
    """Whom to grant: who makes the request, where that is to be held back by nothing, else the user or role."""
    if identity is None:
        return "*"
    return identity.requester_arn if is_direct else identity.arn


def _across(asked: AccessRequest, identity: Identity, missing: list[Verdict]) -> Iterator[str]:
    """What the caller's account must allow."""
    lacking = [verdict.action for verdict in missing if verdict.lacks_identity_grant]
    is_limited = any(verdict.is_limited for verdict in missing)
    bounds = _boundaries(identity) if is_limited else []
    calls = [f"iam.{each.detach}  # {each.name} does not allow it" for each in bounds]
    if lacking and identity.kind in ("User", "AssumedRole"):
        kind = "User" if identity.kind == "User" else "Role"
        calls.append(
            f"iam.put_{kind.lower()}_policy({kind}Name={identity.arn.rpartition('/')[2]!r}, PolicyName={_POLICY!r}, "
            f"PolicyDocument={_document(lacking, asked.config.function_arn)!r})"
        )
    if calls:
        yield from _iam(asked, identity)
        yield from calls
    if is_limited and (identity.session_policies or identity.kind == "FederatedUser"):
        yield f"# the policies that the session {identity.requester_arn} was made with must allow it too: make it anew"
    elif lacking and identity.kind == "FederatedUser":
        yield f"# the policies of {identity.arn} must allow it too"


def _document(actions: list[str], arn: str) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _iam(asked: AccessRequest, identity: Identity) -> Iterator[str]:
    """The lines that define ``iam``, a client in the account of ``identity``."""
    region = asked.config.region
    made = cures.client(asked.request, region, service="iam", name="iam")
    if identity.account_id != asked.config.account_id:
        arn = f"arn:{identity.arn.split(':')[1]}:iam::{identity.account_id}:role/admin"
        yield cures.client(asked.request, region, service="sts", name="sts")
        yield f"key = sts.assume_role(RoleArn={arn!r}, RoleSessionName={_SESSION!r})['Credentials']  # of that account"
        made = (
            f"{made[:-1]}, aws_access_key_id=key['AccessKeyId'], aws_secret_access_key=key['SecretAccessKey'], "
            "aws_session_token=key['SessionToken'])"
        )
    yield made
