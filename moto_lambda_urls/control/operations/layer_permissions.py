"""The operations on the policies of layer versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.utilities.utils import get_partition

from ..exceptions import ResourceNotFoundException
from ..functions.names import Key
from ..resource_policies import ResourcePolicy, Statement
from .layer_lookup import LayerLookup
from .layers import check_layer_version_number, layer_version_not_found


class LayerPermissionOperations(LayerLookup):
    """Who may use the layer versions of one account and region."""

    def add_layer_version_permission(  # type: ignore[override]  # moto's takes the request's body as text
        self, layer_name: str, version_number: int, parameters: Mapping[str, Any]
    ) -> tuple[Statement, ResourcePolicy]:
        """Add the statement that ``parameters`` (the request's) describe; gives it and the policy that has it.

        https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html

        :raises ResourceNotFoundException: the version is missing.
        :raises PreconditionFailedException, ResourceConflictException, PolicyLengthExceededException: see
            ResourcePolicies.add. A decision: while there is no policy, no revision id is the current one.
        """
        key, arn = self._layer_policy_key(layer_name, version_number, "AddLayerVersionPermission")
        statement = _statement(parameters, arn, get_partition(self.region_name))
        policy = self.layer_policies.add(
            key, statement, revision_id=parameters.get("RevisionId"), owner_revision_id="none"
        )
        return statement, policy

    def remove_layer_version_permission(  # type: ignore[override]  # moto's takes the number as text, no revision as ""
        self, layer_name: str, version_number: int, sid: str, revision: str | None = None
    ) -> None:
        """Take the statement ``sid`` out of the policy of a layer version.

        :raises ResourceNotFoundException: the version, its policy or the statement is missing.
        :raises PreconditionFailedException: the policy is at another revision.
        """
        key, _ = self._layer_policy_key(layer_name, version_number, "RemoveLayerVersionPermission")
        self.layer_policies.remove(key, sid, revision_id=revision)

    def get_layer_version_policy(self, layer_name: str, version_number: int) -> ResourcePolicy:  # type: ignore[override]  # moto's gives text
        """The policy of a layer version.

        :raises ResourceNotFoundException: the version is missing, or has no policy.
        """
        key, _ = self._layer_policy_key(layer_name, version_number, "GetLayerVersionPolicy")
        policy = self.layer_policies.get(key)
        if policy is None:
            raise ResourceNotFoundException("No policy is associated with the given resource.")
        return policy

    def _layer_policy_key(self, layer_name: str, number: int, action: str) -> tuple[Key, str]:
        check_layer_version_number(number)
        name = self._own_layer(layer_name, action)
        arn = self._layer(name).version_arn(number)
        if self.layer_version(name, number) is None:
            raise layer_version_not_found(arn)
        return (name, str(number)), arn


def _statement(parameters: Mapping[str, Any], arn: str, partition: str) -> Statement:
    principal = parameters["Principal"]
    if principal.isdigit():
        principal = f"arn:{partition}:iam::{principal}:root"
    statement: Statement = {
        "Sid": parameters["StatementId"],
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {"AWS": principal},
        "Action": parameters["Action"],
        "Resource": arn,
    }
    organization_id = parameters.get("OrganizationId")
    if organization_id:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
    return statement
