"""The resource policies of one account and region: one for each function, version and alias that grants something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from moto.moto_api._internal import mock_random

from .exceptions import NoPolicy, PolicyLengthExceeded, PolicyRevisionMismatch, StatementExists, StatementNotFound
from .policies.document import PolicyDocument
from .policies.statements import Statement

LARGEST_POLICY = 20_480
"""Bytes of a policy as compact JSON. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

Key = tuple[str, str | None]
"""A function's name, and the version or alias whose policy is meant."""


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """The statements of a function, version or alias; each change makes a new policy with a new revision id."""

    statements: tuple[Statement, ...]
    revision_id: str = field(default_factory=lambda: str(mock_random.uuid4()))

    document: PolicyDocument = field(init=False, repr=False, compare=False)
    """The policy document, as GetPolicy shows it."""

    def __post_init__(self) -> None:
        document = {"Version": "2012-10-17", "Id": "default", "Statement": list(self.statements)}
        object.__setattr__(self, "document", PolicyDocument(document))

    def text(self) -> str:
        """The document as the JSON text that AWS stores and answers."""
        return json.dumps(self.document, separators=(",", ":"))


class ResourcePolicies:
    """The policies by function name and qualifier; one without statements is not kept."""

    def __init__(self) -> None:
        self._policies: dict[Key, ResourcePolicy] = {}
        self._lock = Lock()

    def get(self, key: Key) -> ResourcePolicy | None:
        """The policy of ``key``, None when it grants nothing."""
        return self._policies.get(key)

    def add(self, key: Key, statement: Statement, *, revision_id: str | None, owner_revision_id: str) -> ResourcePolicy:
        """Add ``statement`` to the policy of ``key``.

        ``revision_id`` is the one that the request expects, None for any. While there is no policy, that is
        ``owner_revision_id``, the function's or alias's own.

        :raises PolicyRevisionMismatch: the policy is at another revision.
        :raises StatementExists: it has a statement of this Sid.
        :raises PolicyLengthExceeded: it would grow over AWS's limit.
        """
        with self._lock:
            policy = self._policies.get(key)
            _check_revision(revision_id, policy.revision_id if policy else owner_revision_id)
            statements = policy.statements if policy else ()
            if any(each["Sid"] == statement["Sid"] for each in statements):
                raise StatementExists(statement["Sid"])
            policy = ResourcePolicy((*statements, statement))
            size = len(policy.text().encode())
            if size > LARGEST_POLICY:
                raise PolicyLengthExceeded(size, LARGEST_POLICY)
            self._policies[key] = policy
            return policy

    def remove(self, key: Key, statement_id: str, *, revision_id: str | None) -> None:
        """Take the statement ``statement_id`` out of the policy of ``key``.

        :raises NoPolicy: there is no policy.
        :raises StatementNotFound: it has no such statement.
        :raises PolicyRevisionMismatch: the policy is at another revision than ``revision_id``.
        """
        with self._lock:
            policy = self._policies.get(key)
            if policy is None:
                raise NoPolicy
            statements = tuple(each for each in policy.statements if each["Sid"] != statement_id)
            if len(statements) == len(policy.statements):
                raise StatementNotFound(statement_id)
            _check_revision(revision_id, policy.revision_id)
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


def _check_revision(expected: str | None, actual: str) -> None:
    if expected and expected != actual:
        raise PolicyRevisionMismatch
