"""The operations on the resource policies of functions, versions and aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaAlias

from ..exceptions import InvalidParameterValueException, ResourceNotFoundException
from ..functions.deployed import DeployedFunction
from ..functions.names import Key
from ..resource_policies import PolicyDocument, ResourcePolicies, ResourcePolicy, Statement, make_statement
from .lookup import FunctionLookup, alias_not_found, function_not_found, is_version, requested_resource_not_found


class PermissionOperations(FunctionLookup):
    """Resource policies of one account and region."""

    policies: ResourcePolicies

    def resource_policy(self, function_name: str, qualifier: str | None = None) -> PolicyDocument | None:
        """The policy document of the function ``function_name`` or of its version or alias; None when there is none."""
        policy = self.policies.get((function_name, qualifier))
        return policy.document if policy else None

    def add_permission(  # type: ignore[override]  # moto's takes the request's body as text
        self, function_name: str, parameters: Mapping[str, Any]
    ) -> Statement:
        """Add the statement that ``parameters`` (the request's) describe to the policy of a function, version or alias.

        :raises ResourceNotFoundException: the function, version or alias is missing.
        :raises PreconditionFailedException, ResourceConflictException, PolicyLengthExceededException: see
            ResourcePolicies.add.
        :raises InvalidParameterValueException: it is ``$LATEST``, which has no policy; see also make_statement.
        """
        key = self._resolve(function_name, parameters.get("Qualifier"), "AddPermission")
        if key[1] == "$LATEST":
            raise InvalidParameterValueException("We currently do not support adding policies for $LATEST.")
        owner = self._policy_owner(key)
        statement = make_statement(parameters, self._arn(key))
        self.policies.add(key, statement, revision_id=parameters.get("RevisionId"), owner_revision_id=owner.revision_id)
        return statement

    def remove_permission(
        self, function_name: str, sid: str, revision: str | None = None, qualifier: str | None = None
    ) -> None:
        """Take the statement ``sid`` out of the policy of a function, version or alias.

        :raises ResourceNotFoundException: the function, version, alias, policy or statement is missing.
        :raises PreconditionFailedException: the policy is at another revision.
        """
        key = self._policy_key(function_name, qualifier, "RemovePermission")
        if not self._exists((key[0], None)):
            raise ResourceNotFoundException(f"No policy found for: {self._arn((key[0], None))}")
        self._policy_owner(key)
        self.policies.remove(key, sid, revision_id=revision)

    def get_policy(  # type: ignore[override]  # moto's gives the answer's text
        self, function_name: str, qualifier: str | None = None
    ) -> ResourcePolicy:
        """The policy of a function, version or alias.

        :raises ResourceNotFoundException: the function is missing, it has no policy, or no such version or alias.
        """
        key = self._policy_key(function_name, qualifier, "GetPolicy")
        policy = self.policies.get(key)
        if policy is None:
            raise requested_resource_not_found()
        return policy

    def _policy_key(self, function_name: str, qualifier: str | None, action: str) -> Key:
        name, qualifier = self._resolve(function_name, qualifier, action)
        # AddPermission apart, $LATEST means the function's own policy.
        return name, None if qualifier == "$LATEST" else qualifier

    def _policy_owner(self, key: Key) -> DeployedFunction | LambdaAlias:
        name, qualifier = key
        if not self._exists((name, None)):
            raise function_not_found(self._arn((name, None)))
        if qualifier is None or is_version(qualifier):
            version = self._version(key)
            if version is None:
                raise function_not_found(self._arn(key))
            return DeployedFunction.adopt(version)
        alias = self._alias(key)
        if alias is None:
            raise alias_not_found(self._arn(key))
        return alias
