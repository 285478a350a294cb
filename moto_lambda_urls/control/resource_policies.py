"""Resource policies of functions, versions and aliases: their statements, size and revisions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ..messages.addresses import AWS_DOMAIN
from .exceptions import (
    InvalidParameterValueException,
    PolicyLengthExceededException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from .functions.names import Key
from .in_moto import random_uuid

MAX_POLICY_BYTES = 20_480
"""Of a policy as compact JSON. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """The statements of a function, version or alias; each change makes a new policy with a new revision id."""

    statements: tuple[Statement, ...]
    revision_id: str = field(default_factory=random_uuid)

    document: PolicyDocument = field(init=False, repr=False, compare=False)
    """The policy document, as GetPolicy shows it."""

    def __post_init__(self) -> None:
        document = {"Version": "2012-10-17", "Id": "default", "Statement": list(self.statements)}
        object.__setattr__(self, "document", PolicyDocument(document))

    def text(self) -> str:
        """The document as the JSON text that AWS stores and answers."""
        return json.dumps(self.document, separators=(",", ":"))


class ResourcePolicies:
    """The policies by function name and qualifier, or by layer and version; one without statements is not kept.

    ``reader`` and ``owners_reader`` are the operations that AWS advises when a revision id is stale: the second where
    there is no policy yet, and when a statement is taken out.
    """

    def __init__(self, reader: str = "GetPolicy", owners_reader: str = "GetFunction/GetAlias") -> None:
        self._reader, self._owners_reader = reader, owners_reader
        self._policies: dict[Key, ResourcePolicy] = {}
        self._lock = Lock()

    def get(self, key: Key) -> ResourcePolicy | None:
        """The policy of ``key``, None when it grants nothing."""
        return self._policies.get(key)

    def add(self, key: Key, statement: Statement, *, revision_id: str | None, owner_revision_id: str) -> ResourcePolicy:
        """Add ``statement`` to the policy of ``key``.

        ``revision_id`` is the one that the request expects, None for any. While there is no policy, that is
        ``owner_revision_id``, the function's or alias's own.

        :raises PreconditionFailedException: the policy is at another revision.
        :raises ResourceConflictException: it has a statement of this Sid.
        :raises PolicyLengthExceededException: it would grow over AWS's limit.
        """
        with self._lock:
            policy = self._policies.get(key)
            if policy is None:
                _check_revision(revision_id, owner_revision_id, self._owners_reader)
            else:
                _check_revision(revision_id, policy.revision_id, self._reader)
            statements = policy.statements if policy else ()
            if any(each["Sid"] == statement["Sid"] for each in statements):
                raise ResourceConflictException(
                    f"The statement id ({statement['Sid']}) provided already exists. "
                    "Please provide a new statement id, or remove the existing statement."
                )
            policy = ResourcePolicy((*statements, statement))
            size = len(policy.text().encode())
            if size > MAX_POLICY_BYTES:
                raise PolicyLengthExceededException(
                    f"The final policy size ({size}) is bigger than the limit ({MAX_POLICY_BYTES})."
                )
            self._policies[key] = policy
            return policy

    def remove(self, key: Key, statement_id: str, *, revision_id: str | None) -> None:
        """Take the statement ``statement_id`` out of the policy of ``key``.

        :raises ResourceNotFoundException: there is no policy, or no such statement in it.
        :raises PreconditionFailedException: the policy is at another revision than ``revision_id``.
        """
        with self._lock:
            policy = self._policies.get(key)
            if policy is None:
                raise ResourceNotFoundException("No policy is associated with the given resource.")
            statements = tuple(each for each in policy.statements if each["Sid"] != statement_id)
            if len(statements) == len(policy.statements):
                raise ResourceNotFoundException(f"Statement {statement_id} is not found in resource policy.")
            _check_revision(revision_id, policy.revision_id, self._owners_reader)
            self.put(key, ResourcePolicy(statements))

    def put(self, key: Key, policy: ResourcePolicy) -> None:
        """Make ``policy`` the whole policy of ``key``; without statements there is none."""
        if policy.statements:
            self._policies[key] = policy
        else:
            self._policies.pop(key, None)

    def of_function(self, name: str) -> Mapping[Key, ResourcePolicy]:
        """The policies of the function ``name``, its versions and its aliases."""
        return {key: policy for key, policy in list(self._policies.items()) if key[0] == name}

    def forget(self, key: Key) -> None:
        """Drop the policy of ``key``, if there is one."""
        self._policies.pop(key, None)


def _check_revision(expected: str | None, actual: str, reader: str) -> None:
    if expected and expected != actual:
        raise PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. "
            f"Call the {reader} API to retrieve the latest Revision Id"
        )


class PolicyDocument(dict[str, Any]):
    """A policy document, which is replaced and never changed; so it can cache the decisions that it leads to."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self._answers: dict[Hashable, bool] = {}

    def remember(self, question: Hashable, answer: Callable[[], bool]) -> bool:
        """The cached answer to ``question``; ``answer`` is called the first time."""
        found = self._answers.get(question)
        if found is None:
            found = self._answers[question] = answer()
        return found

    def reads_only(self, keys: frozenset[str]) -> bool:
        """Whether its conditions read no condition keys but ``keys``, which are in lower case."""
        return "${" not in json.dumps(self) and all(key in keys for key in self._condition_keys())

    def _condition_keys(self) -> set[object]:
        found: set[object] = set()
        for statement in self["Statement"]:
            condition = statement.get("Condition", {})
            for keys in condition.values() if isinstance(condition, Mapping) else [None]:
                found.update([str(key).lower() for key in keys] if isinstance(keys, Mapping) else [None])
        return found


Statement = dict[str, Any]
"""A statement of a policy document."""

# amazon.com: the principal of Alexa skills, alexa-appkit.amazon.com, which the AddPermission guide shows.
_SERVICE = re.compile(rf"[a-z0-9][a-z0-9.-]*\.(?:{AWS_DOMAIN}|amazon\.com)")
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

    :raises InvalidParameterValueException: a URL's parameter with an action that has no use for it; a principal that is
        no account, ARN, service or ``*``.
    """
    for parameter, action in _ONLY_FOR.items():
        if parameters.get(parameter) is not None and parameters["Action"] != action:
            raise InvalidParameterValueException(f"{parameter} is only supported for {action} action")
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
        with suppress(InvalidParameterValueException):  # moto took it, so it stays
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
    raise InvalidParameterValueException(
        "The provided principal was invalid. Please check the principal and try again."
    )


def _condition(parameters: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    condition: dict[str, dict[str, str]] = {}
    for parameter, operator, key in _CONDITIONS:
        value = parameters.get(parameter)
        if value is not None:
            condition.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    return condition
