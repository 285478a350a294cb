"""The policy statement that AddPermission makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..exceptions import InvalidPrincipal, OnlySupportedFor

Statement = dict[str, Any]
"""A statement of a policy document."""

# amazon.com: the principal of Alexa skills, alexa-appkit.amazon.com, which the AddPermission guide shows.
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com)")
_IDENTITY_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::(?:\d{12}|cloudfront|aws):\S+", re.ASCII)

_CONDITIONS = (
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)
"""Which condition each parameter of AddPermission becomes: its operator and key, in the spelling AWS stores."""

_ONLY_FOR = {"FunctionUrlAuthType": "lambda:InvokeFunctionUrl", "InvokedViaFunctionUrl": "lambda:InvokeFunction"}


def make_statement(parameters: Mapping[str, Any], resource: str) -> Statement:
    """The statement that AddPermission's ``parameters`` make for the function, version or alias ``resource`` (its ARN).

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html

    :raises OnlySupportedFor: a URL's parameter with an action that has no use for it.
    :raises InvalidPrincipal: the principal is no account, ARN, service or ``*``.
    """
    for parameter, action in _ONLY_FOR.items():
        if parameters.get(parameter) is not None and parameters["Action"] != action:
            raise OnlySupportedFor(parameter, action)
    statement: Statement = {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(parameters["Principal"]),
        "Action": parameters["Action"],
        "Resource": resource,
    }
    if condition := _condition(parameters):
        statement["Condition"] = condition
    return statement


def from_moto(statement: Mapping[str, Any]) -> Statement:
    """moto's own ``statement``, which keeps some parameters as they came, in AWS's form."""
    principal = statement.get("Principal")
    condition = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    for operator, keys in _condition(statement).items():
        condition.setdefault(operator, {}).update(keys)
    converted: Statement = {
        "Sid": statement["Sid"],
        "Effect": statement["Effect"],
        "Principal": principal,
        "Action": statement["Action"],
        "Resource": statement["Resource"],
    }
    if isinstance(principal, str):
        with suppress(InvalidPrincipal):  # moto took it, so it stays
            converted["Principal"] = _principal(principal)
    return {**converted, "Condition": condition} if condition else converted


def _principal(text: str) -> str | dict[str, str]:
    if text == "*":
        return "*"
    if re.fullmatch(r"\d{12}", text, re.ASCII):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if _IDENTITY_ARN.fullmatch(text):
        return {"AWS": text}
    if _SERVICE.fullmatch(text):
        return {"Service": text}
    raise InvalidPrincipal


def _condition(parameters: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    condition: dict[str, dict[str, str]] = {}
    for parameter, operator, key in _CONDITIONS:
        value = parameters.get(parameter)
        if value is not None:
            condition.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    return condition
