"""Evaluation of the Condition element of a policy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from enum import Enum
from functools import partial
from ipaddress import ip_address, ip_network
from operator import eq, ge, gt, le, lt

from .patterns import Context, arn_matches, matches, substitute


class Match(Enum):
    """Whether something applies to a request. UNKNOWN: it cannot be told, so it must grant nothing and may deny."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


Test = Callable[[str, str, "Context | None"], bool]
"""Whether a policy's value matches a request's, with the variables; ValueError when the policy's is no such value."""
Reader = Callable[[str], float]

# Keys that AWS defines and that a request to a function URL may lack; all others must be in the context to be known.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_MAY_BE_ABSENT = {
    "aws:calledvia",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:referer",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:username",
    "aws:vpcsourceip",
    "lambda:eventsourcetoken",
    "lambda:functionurlauthtype",
    "lambda:invokedviafunctionurl",
}
_MAY_BE_ABSENT_PREFIXES = ("aws:principaltag/", "aws:requesttag/")


def _equals_ignoring_case(wanted: str, given: str, variables: Context | None) -> bool:
    return substitute(wanted, variables).lower() == given.lower()


def _equals(wanted: str, given: str, variables: Context | None) -> bool:
    return substitute(wanted, variables) == given


def _is_bool(wanted: str, given: str, variables: Context | None) -> bool:
    value = substitute(wanted, variables).lower()
    if value not in {"true", "false"}:
        raise ValueError(f"{wanted!r} is not a Boolean")
    return value == given.lower()


def _in_network(wanted: str, given: str, _: Context | None) -> bool:
    network = ip_network(wanted, strict=False)
    try:
        return ip_address(given) in network
    except ValueError:
        return False


def _compares(compare: Callable[[float, float], bool], read: Reader) -> Test:
    def test(wanted: str, given: str, _: Context | None) -> bool:
        limit = read(wanted)
        try:
            return compare(read(given), limit)
        except (ValueError, OverflowError):
            return False

    return test


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a number")
    return value


def _seconds(text: str) -> float:
    """The time in seconds since 1970 that ``text`` names: an ISO 8601 date, or those seconds."""
    try:
        return _number(text)
    except ValueError:
        # Python 3.10 does not read the Z.
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


_ORDERS = {"Equals": eq, "LessThan": lt, "LessThanEquals": le, "GreaterThan": gt, "GreaterThanEquals": ge}
_TESTS: dict[str, Test] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": matches,
    # "ArnEquals and ArnLike behave identically", the same page.
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": _is_bool,
    "IpAddress": _in_network,
    **{f"Numeric{name}": _compares(order, _number) for name, order in _ORDERS.items()},
    **{f"Date{name}": _compares(order, _seconds) for name, order in _ORDERS.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def conditions_met(condition: object, context: Context, variables: Context | None) -> Match:
    """Whether every operator and key of a Condition element is met.

    ``variables`` is the context for policy variables, None where a policy's version has none. An operator or key that
    is not known, and a value that the operator cannot read, are UNKNOWN, unless another condition is certainly not met.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    if not isinstance(condition, Mapping):
        return Match.UNKNOWN
    found = Match.YES
    for operator, keys in condition.items():
        if not isinstance(operator, str) or not isinstance(keys, Mapping):
            found = Match.UNKNOWN
            continue
        for key, wanted in keys.items():
            met = _met(operator, key, wanted, context, variables)
            if met is Match.NO:
                return Match.NO
            if met is Match.UNKNOWN:
                found = Match.UNKNOWN
    return found


def _met(operator: str, key: object, wanted: object, context: Context, variables: Context | None) -> Match:
    if not isinstance(key, str) or not _is_known(key.lower(), context):
        return Match.UNKNOWN
    given = context.get(key.lower())
    try:
        values = _texts(wanted)
        if values is None:
            return Match.UNKNOWN
        if operator == "Null":
            return _null(values, given is None)
        return Match.YES if _holds(operator, values, given, variables) else Match.NO
    except (ValueError, OverflowError):
        return Match.UNKNOWN


def _null(values: list[str], is_absent: bool) -> Match:
    wanted = {value.lower() for value in values}
    if not wanted <= {"true", "false"}:
        return Match.UNKNOWN
    return Match.YES if str(is_absent).lower() in wanted else Match.NO


def _holds(operator: str, wanted: list[str], given: str | Iterable[str] | None, variables: Context | None) -> bool:
    """Whether the condition is met; ValueError when the operator or a wanted value is not understood."""
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None or quantifier not in {"", "ForAllValues", "ForAnyValue"}:
        raise ValueError(f"{operator!r} is no operator")
    if given is None:
        # AWS: ForAllValues is true, ForAnyValue false for a missing key; of the rest the negated ones hold.
        return if_exists or quantifier == "ForAllValues" or (negated and not quantifier)
    any_wanted = partial(_any_wanted, test, wanted, variables)
    texts = [given] if isinstance(given, str) else list(given)
    if quantifier == "ForAllValues":
        return all(any_wanted(text) is not negated for text in texts)
    if quantifier == "ForAnyValue":
        return any(any_wanted(text) is not negated for text in texts)
    return any(any_wanted(text) for text in texts) is not negated


def _any_wanted(test: Test, wanted: list[str], variables: Context | None, given: str) -> bool:
    # Every value is read, so that one that cannot be read is found whatever stands before it.
    return True in [test(each, given, variables) for each in wanted]


def _texts(wanted: object) -> list[str] | None:
    """The values of a condition: JSON's strings, numbers and Booleans, alone or in a list; None for anything else."""
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or not all(isinstance(value, str | int | float) for value in values):
        return None
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


def _is_known(key: str, context: Context) -> bool:
    return key in context or key in _MAY_BE_ABSENT or key.startswith(_MAY_BE_ABSENT_PREFIXES)
