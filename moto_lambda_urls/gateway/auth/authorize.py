"""Authorization of a request: its signature, then the grants of whoever signed it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, MutableSet
from datetime import datetime
from typing import TYPE_CHECKING

from ...messages import Request
from ...patching import call_site
from ...state.record import Refusal
from ...state.scope import Authorization
from .. import refusals
from ..cures import INVOKE_FUNCTION, INVOKE_URL
from ..refusals import FunctionUrlPermissionWarning, Mismatch, Refused
from .evaluate import Decision
from .explanation import explained, shown_key
from .granting import limits_of, of_denied, of_missing
from .grants import (
    AccessRequest,
    Verdict,
    is_open,
    request_context,
)
from .identity import Caller, Callers, Identity, KnownKey, root_of
from .sigv4 import Signature, read_signature
from .verify import is_signed

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

_logger = logging.getLogger("moto_lambda_urls")


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
    URLs that a FunctionUrlPermissionWarning was given for, and the unknown keys that were told of: its owner decides
    how long they are remembered.

    :raises Refused: AWS's answer: the request is not signed as it must be, or lacks a grant.
    :raises FunctionUrlPermissionWarning: only where a warnings filter makes it an error.
    """
    if authorization == "off":
        return _caller_if_any(request, config, callers, now)
    if config.auth_type == "NONE" and is_open(config, resource_policy):
        return None
    identity, caller = None, None
    if config.auth_type != "NONE":
        try:
            identity, access_key = _authenticate(request, config, callers, now, is_strict=authorization == "strict")
        except Refused as refused:
            raise explained(refused, request, config, callers, now) from refused
        caller = identity.as_caller(access_key)
        if not identity.is_known:
            _tell_of_unknown_key(access_key, identity, warned)
    asked = AccessRequest(
        request=request,
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
        raise refusals.not_signed(_scheme(request))
    key = callers.find(signature.access_key)
    return _identify(request, signature, key, config, now, is_strict=is_strict), signature.access_key


def _identify(
    request: Request,
    signature: Signature,
    key: KnownKey | None,
    config: FunctionUrlConfig,
    now: datetime,
    *,
    is_strict: bool,
) -> Identity:
    if key is None and is_strict:
        raise refusals.unknown_key(f"nobody has the access key {shown_key(signature.access_key)}")
    if key is not None:
        _check_key(key, signature, now)
    signature.check_scope(config.region)
    signature.check_time(now)
    if key is None:
        # Its secret is not known, so there is nothing to compare the signature with.
        return root_of(config.account_id, config.function_arn.split(":")[1], is_known=False)
    if not is_signed(request, signature, key.secret):
        raise Mismatch
    return key.identify()


def _tell_of_unknown_key(access_key: str, identity: Identity, warned: MutableSet[str]) -> None:
    if access_key in warned:
        return
    warned.add(access_key)
    _logger.warning(
        "The access key %s is nobody's: its requests are taken for those of %s, unverified. AWS refuses them, as "
        'authorization="strict" does.',
        shown_key(access_key),
        identity.arn,
    )


def _scheme(request: Request) -> str | None:
    authorization = request.header("authorization")
    if authorization is None:
        return None
    scheme, space, _ = authorization.partition(" ")
    return scheme if space else ""  # a lone word is a secret, not a scheme


def _check_key(key: KnownKey, signature: Signature, now: datetime) -> None:
    if not key.is_active:
        raise refusals.unknown_key(f"the access key {shown_key(signature.access_key)} is inactive")
    if signature.session_token not in key.session_tokens:
        came = "no session token" if signature.session_token is None else "the session token of another key"
        raise refusals.unknown_key(f"the access key {shown_key(signature.access_key)} came with {came}")
    if key.expires is not None and key.expires <= now:
        raise refusals.expired_session(key.expires)


def _check(asked: AccessRequest, verdicts: list[Verdict], *, is_strict: bool, warned: MutableSet[str]) -> None:
    """Refuse the request or let it pass, and warn of the grants that are missing.

    In standard mode the second grant may be missing, but an explicit Deny of it holds.
    """
    decisions = [verdict.decision for verdict in verdicts]
    needed = decisions if is_strict else decisions[:1]
    is_denied = Decision.DENY in decisions
    is_refused = is_denied or Decision.NONE in needed
    missing = [verdict for verdict in verdicts if verdict.decision is Decision.NONE]
    # A server's log has each refusal whole, and its terminal shows warnings too.
    if missing and not is_denied and not (is_refused and asked.request.is_served):
        try:
            _warn(asked, missing, is_refused=is_refused, warned=warned)
        except FunctionUrlPermissionWarning as raised:
            raised.refusal = _not_granted(asked, missing)
            raise
    if is_denied:
        raise refusals.not_authorized(_denied(asked, verdicts))
    if is_refused:
        raise refusals.not_authorized(_not_granted(asked, missing))


def _warn(asked: AccessRequest, missing: list[Verdict], *, is_refused: bool, warned: MutableSet[str]) -> None:
    url = asked.config.url
    if url in warned:
        return
    warned.add(url)
    outcome = "The call was refused" if is_refused else "AWS refuses this since October 2025"
    who = "The public" if asked.identity is None else _name(asked)
    message = f"{who} {_lacks(missing)} for {url} (auth type {asked.config.auth_type}). "
    message += f"AWS wants both grants{_limits(asked, missing)}. {outcome}.\n"
    message += of_missing(asked, missing, title="Add what is missing:")
    made_at = call_site.line()
    if made_at is None:
        warnings.warn(message, FunctionUrlPermissionWarning, stacklevel=2)
    else:
        warnings.warn_explicit(message, FunctionUrlPermissionWarning, *made_at)


def _not_granted(asked: AccessRequest, missing: list[Verdict]) -> Refusal:
    return Refusal(
        reason=f"{_name(asked)} {_lacks(missing)}: AWS wants both{_limits(asked, missing)}",
        compared=_function_url(asked.config),
        cure=of_missing(asked, missing),
    )


def _denied(asked: AccessRequest, verdicts: list[Verdict]) -> Refusal:
    denied = [verdict.action for verdict in verdicts if verdict.decision is Decision.DENY]
    by, cure = of_denied(asked, denied)
    return Refusal(
        reason=f"{_name(asked)} is denied {' and '.join(denied)} by {by}",
        compared=_function_url(asked.config),
        cure=cure,
    )


def _function_url(config: FunctionUrlConfig) -> dict[str, str]:
    return {"function URL": f"{config.url} (auth type {config.auth_type}) of {config.function_arn}"}


def _name(asked: AccessRequest) -> str:
    return "the public" if asked.identity is None else asked.identity.session_arn or asked.identity.arn


def _limits(asked: AccessRequest, missing: list[Verdict]) -> str:
    if asked.identity is None or not any(verdict.is_limited for verdict in missing):
        return ""
    limits = limits_of(asked.identity)
    return f"; what its own policies grant is limited by {limits}" if limits else ""


def _lacks(missing: list[Verdict]) -> str:
    if len(missing) > 1:
        return f"has no grant of {INVOKE_URL} and none of {INVOKE_FUNCTION}"
    (lacking,) = missing
    other = INVOKE_URL if lacking.action == INVOKE_FUNCTION else INVOKE_FUNCTION
    return f"has no grant of {lacking.action}, but one of {other}"
