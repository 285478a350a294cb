"""Resource classes of AWS::Lambda::LayerVersion and AWS::Lambda::LayerVersionPermission."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from moto.awslambda.models import LayerVersion

from ...control.exceptions import ResourceNotFoundException
from ...control.functions.names import parse_layer
from ...control.models import FunctionUrlBackend
from ...control.validation import validate
from .properties import parameters
from .resources import Resource


class LayerVersionResource(Resource):
    """A version of a layer; ``Ref`` is its ARN. Any change makes a new one."""

    attributes = frozenset({"LayerVersionArn"})

    def __init__(self, version: LayerVersion) -> None:
        self.name, self.version = version.name, version.version
        self.physical_resource_id = version.arn
        self.values = {"LayerVersionArn": version.arn}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> LayerVersionResource:
        wanted = parameters("PublishLayerVersion", {"LayerName": name, **properties})
        validate("PublishLayerVersion", wanted)
        return cls(backend.publish_layer_version(wanted))

    def remove(self, backend: FunctionUrlBackend) -> None:
        backend.delete_layer_version(self.name, self.version)


class LayerVersionPermissionResource(Resource):
    """A statement in the policy of a layer version; ``Ref`` is the version's ARN and the statement's id. Any change
    makes a new one.
    """

    attributes = frozenset({"Id"})

    def __init__(self, layer_version_arn: str, statement_id: str) -> None:
        self.layer_version_arn, self.statement_id = layer_version_arn, statement_id
        self.physical_resource_id = f"{layer_version_arn}#{statement_id}"
        self.values = {"Id": self.physical_resource_id}

    @classmethod
    def create(
        cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]
    ) -> LayerVersionPermissionResource:
        made = cls(str(properties["LayerVersionArn"]), name)
        layer_name, number = made._layer_version(backend)
        target = {"LayerName": layer_name, "VersionNumber": number, "StatementId": name}
        wanted = parameters("AddLayerVersionPermission", {**properties, **target})
        validate("AddLayerVersionPermission", wanted)
        backend.add_layer_version_permission(layer_name, number, wanted)
        return made

    def remove(self, backend: FunctionUrlBackend) -> None:
        with suppress(ResourceNotFoundException):
            backend.remove_layer_version_permission(*self._layer_version(backend), self.statement_id)

    def _layer_version(self, backend: FunctionUrlBackend) -> tuple[str, int]:
        """The layer's ARN and the version's number."""
        named = parse_layer(self.layer_version_arn, region=backend.region_name, account_id=backend.account_id)
        return named.arn, named.version
