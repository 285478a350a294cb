"""The two grants that a request to a function URL needs, decided over all policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...control.resource_policies import PolicyDocument
from ...messages import Request
from .evaluate import ANONYMOUS, Decision, evaluate, statements
from .identity import Identity

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

INVOKE_URL = "lambda:InvokeFunctionUrl"
# AWS asks for it too since October 2025.
INVOKE_FUNCTION = "lambda:InvokeFunction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What all policies together say of one action, and which of the needed grants is not there."""

    action: str
    decision: Decision
    lacks_resource_grant: bool = False
    lacks_identity_grant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """A request that is to be decided: to ``config``'s URL, by ``identity``, None for anybody.

    ``is_served`` as in Request.
    """

    config: FunctionUrlConfig
    resource_policy: Mapping[str, object] | None
    identity: Identity | None
    context: Mapping[str, str]
    is_served: bool = False

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
        own_grant = (identity.policies is None or Decision.ALLOW in own) and is_within
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
            lacks_identity_grant=not own_grant,
        )

    def _is_named(self, identity: Identity, action: str, context: Mapping[str, str]) -> bool:
        """Whether the resource's policy grants the action to ``identity`` itself, not only to its account."""
        naming = [_without_account(each, identity.account_id) for each in statements(self.resource_policy)]
        policy = {**(self.resource_policy or {}), "Statement": naming}
        arn = self.config.function_arn
        found = evaluate(policy, action=action, resource=arn, principal=identity.principal, context=context)
        return found is Decision.ALLOW


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


def missing_permissions(asked: AccessRequest, principal: str, actions: list[str]) -> str:
    """The ``add_permission`` calls that grant ``actions`` to ``principal``, as Python to paste."""
    held = statements(asked.resource_policy)
    taken = {statement.get("Sid") for statement in held if isinstance(statement.get("Sid"), str)}
    lines = [_add_permission(asked.config, principal, action, taken) for action in actions]
    return "\n".join([_client(asked), *lines])


def _client(asked: AccessRequest) -> str:
    """The line that defines ``client``: of a server it says which one, as boto3 without endpoint_url asks AWS."""
    region = asked.config.region
    if asked.is_served:
        return f"# client: boto3's for lambda in {region}, with the endpoint_url of this server"
    return f"client = boto3.client('lambda', region_name={region!r})"


def _add_permission(config: FunctionUrlConfig, principal: str, action: str, taken: set[object]) -> str:
    is_public = principal == "*"
    name = "FunctionURLAllowPublicAccess" if is_public else "FunctionURLAllowAccess"
    if action == INVOKE_FUNCTION:
        name = name.replace("URL", "URLInvoke")
    number = 2
    sid = name
    while sid in taken:
        sid, number = f"{name}{number}", number + 1
    arguments: dict[str, object] = {
        "FunctionName": config.function_name,
        **({} if config.qualifier is None else {"Qualifier": config.qualifier}),
        "StatementId": sid,
        "Action": action,
        "Principal": principal,
        **({"InvokedViaFunctionUrl": True} if action == INVOKE_FUNCTION else {"FunctionUrlAuthType": config.auth_type}),
    }
    return f"client.add_permission({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"
