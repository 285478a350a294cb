"""The operations on layers and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LayerVersion

from .. import in_moto
from ..exceptions import InvalidParameterValueException, ResourceNotFoundException
from ..functions.packages import read_package
from .functions import FunctionOperations
from .lookup import requested_resource_not_found
from .pages import page


class LayerOperations(FunctionOperations):
    """The layers of one account and region."""

    def publish_layer_version(self, spec: dict[str, Any]) -> LayerVersion:
        """Publish the version that ``spec`` (the request's parameters) describes, as a layer's next one.

        https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html

        :raises AccessDeniedException: the layer is another account's.
        :raises CodeStorageExceededException: there is no room for its contents.
        :raises InvalidParameterValueException, RequestEntityTooLargeException: see read_package.
        """
        name = self._own_layer(spec["LayerName"], "PublishLayerVersion")
        package = read_package(spec["Content"], account_id=self.account_id, region=self.region_name, layers=())
        described = {
            "LayerName": name,
            "Description": spec.get("Description") or "",
            "CompatibleArchitectures": spec.get("CompatibleArchitectures"),
            "CompatibleRuntimes": spec.get("CompatibleRuntimes"),
            "LicenseInfo": spec.get("LicenseInfo") or "",
            "Content": {"ZipFile": b""},
        }
        motos_version: Any = LayerVersion
        version: LayerVersion = motos_version(described, self.account_id, self.region_name)
        version.code_bytes, version.code_size = package.content, package.size
        version.code_sha_256, version.code_digest = package.sha_256, package.digest
        with self.changing:
            self._check_room(package.size)
            in_moto.put_layer_version(self, version)
            return version

    def get_layer_version(self, layer_name: str, layer_version: int) -> LayerVersion:  # type: ignore[override]  # moto's takes text
        """The version ``layer_version`` of a layer, another account's too where its policy permits that.

        :raises InvalidParameterValueException: the number is less than 1.
        :raises ResourceNotFoundException: it is missing.
        :raises AccessDeniedException: its account does not permit its use.
        """
        check_layer_version_number(layer_version)
        version = self._permitted_version(self._layer(layer_name), layer_version)
        if version is None:
            raise requested_resource_not_found()
        return version

    def delete_layer_version(self, layer_name: str, layer_version: int) -> None:  # type: ignore[override]  # moto's takes text
        """Delete a version, which need not be there, with its policy. Functions that have it keep it.

        :raises InvalidParameterValueException: the number is less than 1.
        :raises AccessDeniedException: the layer is another account's.
        """
        check_layer_version_number(layer_version)
        name = self._own_layer(layer_name, "DeleteLayerVersion")
        with self.changing:
            version = self.layer_version(name, layer_version)
            if version is not None:
                self.deleted_layers[version.arn] = version
                super().delete_layer_version(name, str(layer_version))
                self.layer_policies.forget((name, str(layer_version)))

    def layer_versions_page(
        self, layer_name: str, *, compatible: Mapping[str, Any], marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[LayerVersion], str | None]:
        """The versions of a layer, which need not be there, newest first: a page of at most ``max_items`` after
        ``marker``; the next marker. ``compatible`` has the request's CompatibleRuntime and CompatibleArchitecture.

        :raises AccessDeniedException: the layer is another account's.
        """
        name = self._own_layer(layer_name, "ListLayerVersions")
        versions = [each for each in in_moto.versions_of_layer(self, name) if _is_compatible(each, compatible)]
        return page(versions, lambda version: (-version.version,), marker=marker, max_items=max_items)

    def layers_page(
        self, *, compatible: Mapping[str, Any], marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[LayerVersion], str | None]:
        """The newest version of each layer that is ``compatible``, as above, by the layers' names: a page of at most
        ``max_items`` after ``marker``; the next marker.
        """
        versions = in_moto.layer_versions(self)
        newest = {each.name: each for each in versions if _is_compatible(each, compatible)}  # they come oldest first
        return page(newest.values(), lambda version: (str(version.name),), marker=marker, max_items=max_items)


def check_layer_version_number(number: int) -> None:
    """Check the number of a layer version that a request names.

    :raises InvalidParameterValueException: it is less than 1.
    """
    if number < 1:
        raise InvalidParameterValueException("Layer Version Cannot be less than 1")


def layer_version_not_found(arn: str) -> ResourceNotFoundException:
    """The layer version ``arn``, whose policy a request is about, is missing."""
    return ResourceNotFoundException(f"Layer version {arn} does not exist.")


def _is_compatible(version: LayerVersion, compatible: Mapping[str, Any]) -> bool:
    runtime, architecture = compatible.get("CompatibleRuntime"), compatible.get("CompatibleArchitecture")
    return (runtime is None or runtime in (version.compatible_runtimes or ())) and (
        architecture is None or architecture in (version.compatible_architectures or ())
    )
