"""Lookup of the layers of functions: their versions, who may use them, and how many a function may have."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from moto.awslambda.models import LayerVersion
from moto.awslambda.utils import get_backend
from moto.backends import get_backend as get_backends
from moto.utilities.utils import get_partition

from ..exceptions import InvalidParameterValueException
from ..functions.names import LayerName, not_authorized, parse_layer
from ..in_moto import versions_of_layer
from ..resource_policies import ResourcePolicies
from .lookup import FunctionLookup

MAX_LAYERS = 5
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


class LayerLookup(FunctionLookup):
    """The layers of one account and region, as functions and requests find them.

    ``layer_policies`` has the policies by a layer's name and a version's number; ``deleted_layers`` by their ARNs the
    deleted versions that functions still have.
    """

    layer_policies: ResourcePolicies
    deleted_layers: MutableMapping[str, LayerVersion]

    def layers_versions_by_arn(self, layer_version_arn: str) -> LayerVersion | None:
        """moto's name of the lookup for a function that has the layer version: it keeps a deleted one, and another
        account's. None when nothing has it.
        """
        named = self._layer(layer_version_arn)
        owner = self._owner(named)
        return owner.layer_version(named.name, named.version) or owner.deleted_layers.get(layer_version_arn)

    def layer_version(self, name: str, number: int) -> LayerVersion | None:
        """The version ``number`` of this account's layer ``name``; None when it is missing or deleted."""
        return next((each for each in versions_of_layer(self, name) if each.version == number), None)

    def find_layers(self, arns: Sequence[str]) -> list[LayerVersion]:
        """The layer versions ``arns`` for a function, in their order.

        :raises InvalidParameterValueException: too many, of another region, missing, or two versions of one layer.
        :raises AccessDeniedException: one is of an account that has not permitted its use.
        """
        if len(arns) > MAX_LAYERS:
            raise InvalidParameterValueException(f"Cannot reference more than {MAX_LAYERS} layers.")
        found: dict[str, LayerVersion] = {}
        for arn in arns:
            named = self._layer(arn)
            if arn.split(":")[3] != self.region_name:
                raise InvalidParameterValueException(
                    "Layers are not in the same region as the function. "
                    f"Layers are expected to be in region {self.region_name}."
                )
            version = self._permitted_version(named, named.version)
            if version is None:
                raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
            if named.arn in found:
                raise InvalidParameterValueException(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. "
                    f"{found[named.arn].arn} and {arn} are versions of the same layer."
                )
            found[named.arn] = version
        return list(found.values())

    def _layer(self, text: str) -> LayerName:
        return parse_layer(text, region=self.region_name, account_id=self.account_id)

    def _own_layer(self, text: str, action: str) -> str:
        """The name of the layer ``text``, for an operation that no policy permits to other accounts.

        :raises AccessDeniedException: it is another account's.
        """
        named = self._layer(text)
        if named.account_id != self.account_id:
            raise not_authorized(self.account_id, action, named.arn)
        return named.name

    def _permitted_version(self, named: LayerName, number: int) -> LayerVersion | None:
        """The version ``number`` of a layer, None when it is missing.

        :raises AccessDeniedException: it is of an account that has not permitted its use, or that lacks it.
        """
        if named.region != self.region_name:
            return None
        owner = self._owner(named)
        if owner is not self:
            policy = owner.layer_policies.get((named.name, str(number)))
            if policy is None or not any(
                _admits(each, self.account_id, self.region_name) for each in policy.statements
            ):
                raise not_authorized(self.account_id, "GetLayerVersion", named.version_arn(number))
        return owner.layer_version(named.name, number)

    def _owner(self, named: LayerName) -> LayerLookup:
        if (named.account_id, named.region) == (self.account_id, self.region_name):
            return self
        owner = get_backend(named.account_id, named.region)
        assert isinstance(owner, LayerLookup)
        return owner


def _admits(statement: dict[str, Any], account_id: str, region: str) -> bool:
    """Whether ``statement``, one that AddLayerVersionPermission made, is for ``account_id``."""
    principal = statement["Principal"]
    if principal != "*" and principal.get("AWS") != f"arn:{get_partition(region)}:iam::{account_id}:root":
        return False
    organization_id = statement.get("Condition", {}).get("StringEquals", {}).get("aws:PrincipalOrgID")
    return organization_id is None or organization_id == _organization_of(account_id, region)


def _organization_of(account_id: str, region: str) -> str | None:
    """The id of the organization in moto's Organizations that has the account; None without one."""
    partition = get_partition(region)
    for backends in list(get_backends("organizations").values()):
        organizations = backends.get(partition)
        if organizations is None or organizations.org is None:
            continue
        if account_id in [each.id for each in organizations.accounts]:
            return str(organizations.org.id)
    return None
