"""Evaluation of one policy document for one action, resource and principal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from .conditions import Match, conditions_met
from .patterns import Context, UnknownVariable, matches


class Decision(Enum):
    """The result of a policy: ALLOW, an explicit DENY, or NONE, AWS's implicit deny."""

    ALLOW = "Allow"
    DENY = "Deny"
    NONE = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The caller, as Principal elements name callers; with nothing set, an anonymous one.

    ``arns`` holds every ARN that stands for the caller: the user's, or the role's and the session's; ``unique_ids``
    their ``AIDA…`` or ``AROA…``; ``service`` a name such as ``events.amazonaws.com``.
    """

    account_id: str | None = None
    arns: tuple[str, ...] = ()
    unique_ids: tuple[str, ...] = ()
    service: str | None = None


ANONYMOUS = Principal()
_PRINCIPAL_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}


def evaluate(policy: object, *, action: str, resource: str, principal: Principal | None, context: Context) -> Decision:
    """What ``policy``, a parsed policy document, says of ``action`` on the ARN ``resource``.

    ``principal`` None means an identity's own policy, whose statements name nobody. ``context`` has its keys in lower
    case. A malformed policy raises nothing: what is not understood never grants; where the Effect is Deny, it denies.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    # Only this version has variables; in the older one ``${`` is text.
    variables = context if isinstance(policy, Mapping) and policy.get("Version") == "2012-10-17" else None
    found = Decision.NONE
    for statement in statements(policy):
        effect = statement.get("Effect")
        if effect not in ("Allow", "Deny") or (effect == "Allow" and found is Decision.ALLOW):
            continue
        applies = _applies(statement, action, resource, principal, context, variables)
        if effect == "Deny" and applies is not Match.NO:
            return Decision.DENY
        if effect == "Allow" and applies is Match.YES:
            found = Decision.ALLOW
    return found


def statements(policy: object) -> Iterator[Mapping[str, object]]:
    """The statements of a policy document, a list or a single one; what is not an object is left out."""
    found = policy.get("Statement") if isinstance(policy, Mapping) else None
    for statement in found if isinstance(found, list) else [found]:
        if isinstance(statement, Mapping):
            yield statement


def _applies(
    statement: Mapping[str, object],
    action: str,
    resource: str,
    principal: Principal | None,
    context: Context,
    variables: Context | None,
) -> Match:
    found = [
        _action_matches(statement, action),
        _resource_matches(statement, resource, variables),
        _principal_matches(statement, principal),
    ]
    if Match.NO in found:
        return Match.NO
    if "Condition" in statement:
        found.append(conditions_met(statement["Condition"], context, variables))
    if Match.NO in found:
        return Match.NO
    return Match.UNKNOWN if Match.UNKNOWN in found else Match.YES


def _action_matches(statement: Mapping[str, object], action: str) -> Match:
    wanted, negated = _element(statement, "Action")
    if wanted is None:
        return Match.UNKNOWN
    return _match(any(matches(each.lower(), action.lower()) for each in wanted) is not negated)


def _resource_matches(statement: Mapping[str, object], resource: str, variables: Context | None) -> Match:
    wanted, negated = _element(statement, "Resource")
    if wanted is None:
        return Match.UNKNOWN
    try:
        return _match((True in [matches(each, resource, variables) for each in wanted]) is not negated)
    except UnknownVariable:
        return Match.UNKNOWN


def _element(statement: Mapping[str, object], name: str) -> tuple[list[str] | None, bool]:
    """The values of an element or of its Not form, and whether it is that; None when it is not understood."""
    negated = f"Not{name}" in statement
    if negated == (name in statement):
        return None, False
    return _strings(statement[f"Not{name}" if negated else name]), negated


def _principal_matches(statement: Mapping[str, object], principal: Principal | None) -> Match:
    if principal is None:
        # IAM does not accept a Principal in an identity's policy.
        return Match.UNKNOWN if "Principal" in statement or "NotPrincipal" in statement else Match.YES
    negated = "NotPrincipal" in statement
    if negated == ("Principal" in statement):
        return Match.UNKNOWN
    wanted = statement["NotPrincipal" if negated else "Principal"]
    if wanted == "*":
        return _match(not negated)
    if not isinstance(wanted, Mapping) or not wanted or not set(wanted) <= _PRINCIPAL_KINDS:
        return Match.UNKNOWN
    named = [_is_named(kind, _strings(names), principal) for kind, names in wanted.items()]
    if None in named:
        return Match.UNKNOWN
    return _match((True in named) is not negated)


def _is_named(kind: object, names: list[str] | None, principal: Principal) -> bool | None:
    """Whether ``names`` name the principal; None when they are no names. Nobody here is a Federated principal."""
    if names is None:
        return None
    if kind == "AWS":
        return any(name == "*" or _is_aws_principal(name, principal) for name in names)
    return kind == "Service" and principal.service in names


def _is_aws_principal(name: str, principal: Principal) -> bool:
    if name in principal.arns or name in principal.unique_ids:
        return True
    account_id = principal.account_id
    if account_id is None:
        return False
    # An account stands for all of its users, roles and sessions.
    parts = name.split(":")
    is_root = len(parts) == 6 and parts[0] == "arn" and parts[2] == "iam" and parts[4:] == [account_id, "root"]
    return name == account_id or is_root


def _strings(value: object) -> list[str] | None:
    """A string, or a list of them, as a list; None for anything else."""
    found: list[object] = value if isinstance(value, list) else [value]
    strings = [each for each in found if isinstance(each, str)]
    return strings if strings and len(strings) == len(found) else None


def _match(applies: bool) -> Match:
    return Match.YES if applies else Match.NO
