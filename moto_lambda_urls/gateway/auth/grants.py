"""The two grants that a request to a function URL needs, decided over all policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from ...control.resource_policies import PolicyDocument
from ...messages import Request
from .. import cures
from ..cures import INVOKE_FUNCTION, INVOKE_URL, PUBLIC_SIDS
from .evaluate import ANONYMOUS, Decision, Principal, evaluate, statements
from .identity import Identity

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all policies together say of one action, and which needed grant is not there: the resource's, or that of the
    identity's own policies. ``is_limited``: what limits these, a boundary or a session's policies, does not allow it.
    """

    action: str
    decision: Decision
    lacks_resource_grant: bool = False
    lacks_identity_grant: bool = False
    is_limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """A request that is to be decided: to ``config``'s URL, by ``identity``, None for anybody."""

    request: Request
    config: FunctionUrlConfig
    resource_policy: Mapping[str, object] | None
    identity: Identity | None
    context: Mapping[str, str]

    def decide(self, action: str) -> Verdict:
        """What the policies say of ``action``: an explicit Deny first; in the same account the resource's policy or
        the identity's own must grant it, across accounts both.

        A resource policy that names a whole account leaves it to that account's policies who of it may call:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
        """
        context = {**self.context, **_action_keys(action, self.config)}
        identity = self.identity
        principal = ANONYMOUS if identity is None else identity.principal
        arn = self.config.function_arn
        resource = evaluate(self.resource_policy, action=action, resource=arn, principal=principal, context=context)
        if identity is None:
            return Verdict(action=action, decision=resource, lacks_resource_grant=resource is Decision.NONE)
        own = [_decide(policy, action, arn, context) for policy in identity.policies or ()]
        limits = [_decide_together(policies, action, arn, context) for policies in identity.limits]
        if Decision.DENY in (resource, *own, *limits):
            return Verdict(action=action, decision=Decision.DENY)
        is_within = all(limit is Decision.ALLOW for limit in limits)
        is_allowed = identity.policies is None or Decision.ALLOW in own
        own_grant = is_allowed and is_within
        resource_grant = resource is Decision.ALLOW
        if identity.account_id != self.config.account_id:
            granted = own_grant and resource_grant
        else:
            resource_grant = resource_grant and self._is_named(identity, action, context)
            granted = own_grant or (
                resource_grant and (is_within or _is_directly_granted(self, identity, action, context))
            )
        return Verdict(
            action=action,
            decision=Decision.ALLOW if granted else Decision.NONE,
            lacks_resource_grant=not resource_grant,
            lacks_identity_grant=not is_allowed,
            is_limited=not is_within,
        )

    def denying(self, action: str) -> Iterator[tuple[str, str]]:
        """The statements that deny ``action``, each with the policy that it is in, and the call that takes it away:
        empty where only the session can be made anew.
        """
        identity, config = self.identity, self.config
        principal = ANONYMOUS if identity is None else identity.principal
        for sid in self._denying(self.resource_policy, action, principal):
            call = f"client.remove_permission({cures.target(config)}, StatementId={sid!r})" if sid else ""
            yield f"{_statement(sid)} of the function's policy", call
        if identity is None:
            return
        for attached in identity.attached():
            for sid in self._denying(attached.document, action, None):
                yield f"{_statement(sid)} of {attached.name}", f"iam.{attached.detach}"
        for policy in identity.session_policies:
            for sid in self._denying(policy, action, None):
                yield f"{_statement(sid)} of the session's own policies", ""

    def _denying(self, policy: object, action: str, principal: Principal | None) -> Iterator[str]:
        """The ids of the statements of ``policy`` that deny ``action``, empty for one without."""
        context = {**self.context, **_action_keys(action, self.config)}
        arn = self.config.function_arn
        for statement in statements(policy):
            alone = {**cast("Mapping[str, object]", policy), "Statement": statement}
            if evaluate(alone, action=action, resource=arn, principal=principal, context=context) is Decision.DENY:
                yield str(statement.get("Sid") or "")

    def _is_named(self, identity: Identity, action: str, context: Mapping[str, str]) -> bool:
        """Whether the resource's policy grants the action to ``identity`` itself, not only to its account."""
        naming = [_without_account(each, identity.account_id) for each in statements(self.resource_policy)]
        policy = {**(self.resource_policy or {}), "Statement": naming}
        arn = self.config.function_arn
        found = evaluate(policy, action=action, resource=arn, principal=identity.principal, context=context)
        return found is Decision.ALLOW


def _statement(sid: str) -> str:
    return f"the statement {sid!r}" if sid else "a statement without a Sid"


def is_open(config: FunctionUrlConfig, resource_policy: Mapping[str, object] | None) -> bool:
    """Whether ``resource_policy`` gives both grants of a URL without authentication to every request there can be.

    Told once for a PolicyDocument, and only when its conditions read nothing but what the URL itself decides: a policy
    that reads anything of the request is asked anew each time.
    """
    if not isinstance(resource_policy, PolicyDocument):
        return False
    arn = config.function_arn
    return resource_policy.remember(
        ("open", arn, config.auth_type),
        lambda: resource_policy.reads_only(_URL_KEYS) and _grants_all(config, resource_policy, arn),
    )


def _grants_all(config: FunctionUrlConfig, policy: PolicyDocument, arn: str) -> bool:
    return all(
        evaluate(policy, action=action, resource=arn, principal=ANONYMOUS, context=_action_keys(action, config))
        is Decision.ALLOW
        for action in (INVOKE_URL, INVOKE_FUNCTION)
    )


def _without_account(statement: Mapping[str, object], account_id: str) -> Mapping[str, object]:
    principal = statement.get("Principal")
    if not isinstance(principal, Mapping) or "AWS" not in principal:
        return statement
    names = principal["AWS"] if isinstance(principal["AWS"], list) else [principal["AWS"]]
    kept = [name for name in names if name != account_id and not str(name).endswith(f":iam::{account_id}:root")]
    return {**statement, "Principal": {**principal, "AWS": kept}}


def _is_directly_granted(asked: AccessRequest, identity: Identity, action: str, context: Mapping[str, str]) -> bool:
    """Whether the resource's policy names the user or the session itself, or anybody: then nothing limits the grant.

    A role's ARN, and that of a user who federates, stand for sessions, whose limits hold. AWS says of ``*`` that limits
    do not hold where the statement has a condition on aws:PrincipalArn; that they do not without one is a decision.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """
    policy = asked.resource_policy
    if not isinstance(policy, Mapping):
        return False
    arn = identity.requester_arn
    naming = [each for each in statements(policy) if _names(each.get("Principal"), arn)]
    decision = evaluate(
        {**policy, "Statement": naming},
        action=action,
        resource=asked.config.function_arn,
        principal=identity.principal,
        context=context,
    )
    return decision is Decision.ALLOW


def _decide_together(policies: Iterable[object], action: str, arn: str, context: Mapping[str, str]) -> Decision:
    """What the policies of one kind say: a Deny of one denies, an Allow of one allows."""
    found = [_decide(policy, action, arn, context) for policy in policies]
    return next((each for each in (Decision.DENY, Decision.ALLOW) if each in found), Decision.NONE)


def _decide(policy: object, action: str, arn: str, context: Mapping[str, str]) -> Decision:
    return evaluate(policy, action=action, resource=arn, principal=None, context=context)


def _names(principal: object, arn: str) -> bool:
    names = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return not {arn, "*"}.isdisjoint(names if isinstance(names, list) else [names])


_URL_KEYS = frozenset({"lambda:invokedviafunctionurl", "lambda:functionurlauthtype"})
"""The condition keys below."""


def _action_keys(action: str, config: FunctionUrlConfig) -> dict[str, str]:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    if action == INVOKE_FUNCTION:
        return {"lambda:invokedviafunctionurl": "true"}
    return {"lambda:functionurlauthtype": config.auth_type}


def request_context(
    request: Request, config: FunctionUrlConfig, identity: Identity | None, now: datetime
) -> dict[str, str]:
    """The condition keys that every request to a function URL has, in lower case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    context = {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now.timestamp())),
        "aws:principalisawsservice": "false",
        "aws:principaltype": "Anonymous" if identity is None else identity.kind,
        "aws:requestedregion": config.region,
        "aws:resourceaccount": config.account_id,
        # A function URL is always reached by HTTPS, whatever a local server speaks.
        "aws:securetransport": "true",
        "aws:sourceip": request.source_ip,
        "aws:userid": "anonymous" if identity is None else identity.user_id,
        "aws:viaawsservice": "false",
    }
    optional = {"aws:useragent": request.header("user-agent"), "aws:referer": request.header("referer")}
    if identity is not None:
        is_federated = identity.kind == "FederatedUser"
        optional |= {
            "aws:principalarn": identity.session_arn if is_federated else identity.arn,
            "aws:principalaccount": identity.account_id,
            "aws:principalorgid": identity.organization_id,
            # Long-term keys lack this key; moto's sessions are all made without a device.
            "aws:multifactorauthpresent": "false" if identity.session_arn else None,
            "aws:username": identity.user_name,
            **{f"aws:principaltag/{name.lower()}": value for name, value in identity.tags.items()},
        }
    return context | {name: value for name, value in optional.items() if value is not None}


def missing_for_public(
    request: Request, config: FunctionUrlConfig, resource_policy: Mapping[str, object] | None, now: datetime
) -> dict[str, str]:
    """The actions that ``resource_policy`` does not grant to the public, with free statement ids for them."""
    context = request_context(request, config, None, now)
    asked = AccessRequest(
        request=request, config=config, resource_policy=resource_policy, identity=None, context=context
    )
    missing = [action for action in (INVOKE_URL, INVOKE_FUNCTION) if asked.decide(action).lacks_resource_grant]
    return statement_ids(resource_policy, "*", missing)


def statement_ids(policy: Mapping[str, object] | None, principal: str, actions: Iterable[str]) -> dict[str, str]:
    """For each of ``actions`` the id of a new statement of ``policy`` that grants it to ``principal``."""
    taken = {statement.get("Sid") for statement in statements(policy) if isinstance(statement.get("Sid"), str)}
    found = {}
    for action in actions:
        name = sid = PUBLIC_SIDS[action] if principal == "*" else PUBLIC_SIDS[action].replace("Public", "")
        number = 2
        while sid in taken:
            sid, number = f"{name}{number}", number + 1
        found[action] = sid
    return found
