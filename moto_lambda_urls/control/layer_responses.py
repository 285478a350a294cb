"""API handlers for layers and their permissions."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.models import LayerVersion

from .functions.downloads import layer_download_url
from .functions.names import parse_layer
from .wire import ApiResponse, operation, page_body


class LayerResponses(ApiResponse):
    """The operations on layers."""

    @operation
    def publish_layer_version(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._layer_version(self.backend.publish_layer_version(parameters))

    @operation
    def get_layer_version(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._layer_version(self.backend.get_layer_version(parameters["LayerName"], parameters["VersionNumber"]))

    @operation
    def get_layer_version_by_arn(self, parameters: dict[str, Any]) -> dict[str, Any]:
        arn = parameters["Arn"]
        named = parse_layer(arn, region=self.region, account_id=self.current_account)
        return self._layer_version(self.backend.get_layer_version(named.arn, named.version))

    @operation
    def delete_layer_version(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_layer_version(parameters["LayerName"], parameters["VersionNumber"])

    @operation
    def list_layer_versions(self, parameters: dict[str, Any]) -> dict[str, Any]:
        versions, next_marker = self.backend.layer_versions_page(
            parameters["LayerName"],
            compatible=parameters,
            marker=parameters.get("Marker"),
            max_items=parameters.get("MaxItems"),
        )
        return page_body("LayerVersions", [_in_list(each) for each in versions], next_marker)

    @operation
    def list_layers(self, parameters: dict[str, Any]) -> dict[str, Any]:
        newest, next_marker = self.backend.layers_page(
            compatible=parameters, marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        layers = [
            {"LayerName": each.name, "LayerArn": _layer_arn(each), "LatestMatchingVersion": _in_list(each)}
            for each in newest
        ]
        return page_body("Layers", layers, next_marker)

    @operation
    def add_layer_version_permission(self, parameters: dict[str, Any]) -> dict[str, Any]:
        statement, policy = self.backend.add_layer_version_permission(
            parameters["LayerName"], parameters["VersionNumber"], parameters
        )
        return {"Statement": json.dumps(statement, separators=(",", ":")), "RevisionId": policy.revision_id}

    @operation
    def remove_layer_version_permission(self, parameters: dict[str, Any]) -> None:
        self.backend.remove_layer_version_permission(
            parameters["LayerName"],
            parameters["VersionNumber"],
            parameters["StatementId"],
            parameters.get("RevisionId"),
        )

    @operation
    def get_layer_version_policy(self, parameters: dict[str, Any]) -> dict[str, Any]:
        policy = self.backend.get_layer_version_policy(parameters["LayerName"], parameters["VersionNumber"])
        return {"Policy": policy.text(), "RevisionId": policy.revision_id}

    def _layer_version(self, version: LayerVersion) -> dict[str, Any]:
        content = {
            "Location": layer_download_url(version, endpoint=self.endpoint),
            "CodeSha256": version.code_sha_256,
            "CodeSize": version.code_size,
        }
        return {"Content": content, "LayerArn": _layer_arn(version), **_in_list(version)}


def _layer_arn(version: LayerVersion) -> str:
    return version.arn.rpartition(":")[0]


def _in_list(version: LayerVersion) -> dict[str, Any]:
    """What lists show of a version. What was not sent when it was published is absent, but for the description."""
    described = {
        "LayerVersionArn": version.arn,
        "Version": version.version,
        "Description": version.description,
        "CreatedDate": version.created_date,
        "CompatibleArchitectures": version.compatible_architectures,
        "CompatibleRuntimes": version.compatible_runtimes,
        "LicenseInfo": version.license_info or None,
    }
    return {name: value for name, value in described.items() if value is not None}
