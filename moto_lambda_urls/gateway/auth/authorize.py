"""Authorization of a request: its signature, then the grants of whoever signed it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, MutableSet
from datetime import datetime
from typing import TYPE_CHECKING

from ...messages import Request
from ...state.scope import Authorization
from .. import refusals
from ..refusals import FunctionUrlPermissionWarning, Refused
from .evaluate import Decision
from .grants import INVOKE_FUNCTION, INVOKE_URL, AccessRequest, Verdict, is_open, missing_calls, request_context
from .identity import Caller, Callers, Identity, KnownKey, root_of
from .sigv4 import Signature, read_signature
from .verify import is_signed

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig


def authorize(
    request: Request,
    config: FunctionUrlConfig,
    *,
    resource_policy: Mapping[str, object] | None,
    authorization: Authorization,
    callers: Callers,
    now: datetime,
    warned: MutableSet[str],
) -> Caller | None:
    """Authorize ``request`` to call the URL of ``config``; returns who signed it, None where nobody has to.

    ``resource_policy`` is the policy of the URL's function or alias. ``now`` has its time zone. ``warned`` holds the
    URLs that a FunctionUrlPermissionWarning was given for: its owner decides how long they are remembered.

    :raises Refused: AWS's answer: the request is not signed as it must be, or lacks a grant.
    :raises FunctionUrlPermissionWarning: only where a warnings filter makes it an error.
    """
    if authorization == "off":
        return _caller_if_any(request, config, callers, now)
    if config.auth_type == "NONE" and is_open(config, resource_policy):
        return None
    identity, caller = None, None
    if config.auth_type != "NONE":
        identity, access_key = _authenticate(request, config, callers, now, is_strict=authorization == "strict")
        caller = identity.as_caller(access_key)
    asked = AccessRequest(
        config=config,
        resource_policy=resource_policy,
        identity=identity,
        context=request_context(request, config, identity, now),
    )
    verdicts = [asked.decide(INVOKE_URL), asked.decide(INVOKE_FUNCTION)]
    _check(asked, verdicts, is_strict=authorization == "strict", warned=warned)
    return caller


def _caller_if_any(request: Request, config: FunctionUrlConfig, callers: Callers, now: datetime) -> Caller | None:
    if config.auth_type == "NONE":
        return None
    try:
        identity, access_key = _authenticate(request, config, callers, now, is_strict=False)
    except Refused:
        return None
    return identity.as_caller(access_key)


def _authenticate(
    request: Request, config: FunctionUrlConfig, callers: Callers, now: datetime, *, is_strict: bool
) -> tuple[Identity, str]:
    """Whose signature it is, with the access key."""
    signature = read_signature(request)
    if signature is None:
        raise refusals.not_signed()
    key = callers.find(signature.access_key)
    if key is None and is_strict:
        raise refusals.unknown_key()
    if key is not None:
        _check_key(key, signature, now)
    signature.check_scope(config.region)
    signature.check_time(now)
    if key is None:
        # Its secret is not known, so there is nothing to compare the signature with.
        return root_of(config.account_id, config.function_arn.split(":")[1]), signature.access_key
    if not is_signed(request, signature, key.secret):
        raise refusals.bad_signature()
    return key.identify(), signature.access_key


def _check_key(key: KnownKey, signature: Signature, now: datetime) -> None:
    if not key.is_active or signature.session_token not in key.session_tokens:
        raise refusals.unknown_key()
    if key.expires is not None and key.expires <= now:
        raise refusals.expired_session()


def _check(asked: AccessRequest, verdicts: list[Verdict], *, is_strict: bool, warned: MutableSet[str]) -> None:
    """Refuse the call or let it pass, and warn of the grants that are missing.

    In standard mode the second grant may be missing, but an explicit Deny of it holds.
    """
    decisions = [verdict.decision for verdict in verdicts]
    needed = decisions if is_strict else decisions[:1]
    is_denied = Decision.DENY in decisions
    is_refused = is_denied or Decision.NONE in needed
    missing = [verdict for verdict in verdicts if verdict.decision is Decision.NONE]
    if missing and not is_denied:
        _warn(asked, missing, is_refused=is_refused, warned=warned)
    if is_refused:
        raise refusals.not_authorized()


def _warn(asked: AccessRequest, missing: list[Verdict], *, is_refused: bool, warned: MutableSet[str]) -> None:
    if asked.config.url in warned:
        return
    warned.add(asked.config.url)
    warnings.warn(_explain(asked, missing, is_refused=is_refused), FunctionUrlPermissionWarning, stacklevel=2)


def _explain(asked: AccessRequest, missing: list[Verdict], *, is_refused: bool) -> str:
    config, identity = asked.config, asked.identity
    who = "The public" if identity is None else identity.session_arn or identity.arn
    names = " and ".join(verdict.action for verdict in missing)
    outcome = "AWS refuses this since October 2025" if not is_refused else "The call was refused"
    lines = [f"{who} has no grant of {names} for {config.url} ({config.auth_type}). {outcome}."]
    by_resource = [verdict.action for verdict in missing if verdict.lacks_resource_grant]
    if by_resource:
        principal = "*" if identity is None else identity.arn
        lines += ["Add what is missing:", missing_calls(config, asked.resource_policy, principal, by_resource)]
    is_across = identity is not None and identity.account_id != config.account_id
    by_identity = [verdict.action for verdict in missing if verdict.lacks_identity_grant]
    if identity is not None and by_identity and (is_across or not by_resource):
        actions = " and ".join(by_identity)
        lines.append(
            f"The policies of {identity.arn}, and what limits them, must allow {actions} on {config.function_arn}."
        )
    return "\n".join(lines)
