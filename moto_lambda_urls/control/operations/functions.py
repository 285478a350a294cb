"""The operations on functions, and on the account that has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from botocore.model import StructureShape
from moto.awslambda.models import LambdaFunction, LayerVersion

from ...messages.limits import MAX_NAME_LENGTH
from ...messages.service_model import operation_model
from ...runtime.in_process.loading.packages import MAX_UNZIPPED, MAX_ZIPPED
from .. import in_moto
from ..exceptions import (
    CodeStorageExceededException,
    InvalidParameterValueException,
    ResourceConflictException,
    ValidationException,
)
from ..functions.checks import (
    check_image_settings,
    check_image_uri,
    check_package_type,
    check_settings,
    checked_settings,
)
from ..functions.deployed import DeployedFunction
from ..functions.details import FunctionDetails
from ..functions.packages import MAX_STORED, Package, check_package, read_package
from ..validation import validate
from .aliases import versions_of_alias
from .code_signing import CodeSigningOperations
from .layer_lookup import LayerLookup
from .pages import page
from .reserved_concurrency import ConcurrencyOperations
from .versions import VersionOperations


class FunctionOperations(VersionOperations, ConcurrencyOperations, CodeSigningOperations, LayerLookup):
    """The functions of one account and region."""

    def create_function(self, spec: dict[str, Any]) -> DeployedFunction:
        """Create the function that ``spec`` (the request's parameters) describes; returns it or, with ``Publish``, its
        first version. Nothing stays of a function that is refused.

        :raises ValidationException: ``spec`` breaks the service model.
        :raises ResourceConflictException: its name is taken.
        :raises CodeStorageExceededException: there is no room for its code.
        :raises InvalidParameterValueException, RequestEntityTooLargeException, …: see check_package_type,
            check_settings, LayerLookup.find_layers and read_package.
        """
        checked = checked_settings(spec)
        validate("CreateFunction", checked)
        check_settings(checked, account_id=self.account_id, region=self.region_name, runtime=spec.get("Runtime"))
        self.check_code_signing_config(checked.get("CodeSigningConfigArn"))
        check_package_type(spec)
        name = self._new_name(spec["FunctionName"])
        layers = self.find_layers(spec.get("Layers") or [])
        self._check_free(name)
        is_image = spec.get("PackageType") == "Image"
        package = None if is_image else self._package(spec["Code"], [layer.code_bytes for layer in layers])
        function = self._build({**spec, "FunctionName": name}, package, layers)
        with self.changing:
            self._check_free(name)
            in_moto.put_function(self, function)
            return self._publish(function) if spec.get("Publish") else function

    def get_function(self, function_name_or_arn: str, qualifier: str | None = None) -> DeployedFunction:
        """The version of a function that the name and qualifier mean, ``$LATEST`` without one.

        :raises ResourceNotFoundException: the function, the version or the alias is missing.
        """
        return self.deployed(self._resolve(function_name_or_arn, qualifier, "GetFunction"))

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        """Delete a function with its versions, aliases, URLs and policies; or only its version ``qualifier``, which
        need not be there. Event source mappings stay, as on AWS.

        :raises ResourceNotFoundException: the function is missing.
        :raises InvalidParameterValueException: the qualifier is no published version's.
        :raises ResourceConflictException: an alias points to the version.
        """
        name, version = self._resolve(function_name, qualifier, "DeleteFunction")
        if version == "$LATEST":
            raise InvalidParameterValueException("$LATEST version cannot be deleted without deleting the function.")
        with self.changing:
            self.latest(name)
            if version is None:
                super().delete_function(name)
                self._delete_unwanted_signing()
            else:
                self._delete_version(name, version)

    def update_function_code(  # type: ignore[override]  # moto's takes a qualifier, and gives the answer
        self, function_name: str, parameters: Mapping[str, Any]
    ) -> DeployedFunction:
        """Give the function the code that ``parameters`` (the request's) describe; gives ``$LATEST`` or, with
        ``Publish``, the new version. With ``DryRun`` all is checked and nothing changed.

        :raises ResourceNotFoundException: the function is missing.
        :raises PreconditionFailedException, ResourceConflictException: it is at another revision; it is changing.
        :raises InvalidParameterValueException: the code is of the other package type; see also read_package.
        :raises CodeStorageExceededException: there is no room for it.
        """
        with self.changing:
            function = self._changeable(function_name, parameters.get("RevisionId"), "UpdateFunctionCode")
            is_image = function.package_type == "Image"
            check_image_uri(parameters, is_image=is_image, doing="updating")
            package = None if is_image else self._package(parameters, self._layers_of(function))
            if parameters.get("DryRun"):
                return function
            if package is None:
                in_moto.put_image(function, parameters["ImageUri"])
            else:
                function.put_code(package)
            if parameters.get("Architectures"):
                function.architectures = list(parameters["Architectures"])
            function.touch("updating")
            return self._publish(function) if parameters.get("Publish") else function

    def update_function_configuration(  # type: ignore[override]  # moto's takes a qualifier, and gives the answer
        self, function_name: str, parameters: Mapping[str, Any]
    ) -> DeployedFunction:
        """Replace each setting of the function that ``parameters`` (the request's) name.

        :raises ResourceNotFoundException: the function is missing.
        :raises PreconditionFailedException, ResourceConflictException: it is at another revision; it is changing.
        :raises InvalidParameterValueException, …: see check_settings, LayerLookup.find_layers and
            check_package.
        """
        with self.changing:
            function = self._changeable(function_name, parameters.get("RevisionId"), "UpdateFunctionConfiguration")
            runtime = parameters.get("Runtime") or function.run_time
            settings = {**function.details.as_sent, **parameters}
            check_settings(settings, account_id=self.account_id, region=self.region_name, runtime=runtime)
            if function.package_type == "Image":
                check_image_settings(parameters)
            layers = self.find_layers(parameters.get("Layers") or [])
            if layers and function.code_size:
                check_package(function.code_bytes, [layer.code_bytes for layer in layers], is_upload=False)
            function.configure(parameters, layers)
            function.touch("updating")
            return function

    def functions_page(
        self, *, all_versions: bool = False, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[DeployedFunction], str | None]:
        """Functions in the order of their creation, each with its versions when ``all_versions``: a page of at most
        ``max_items`` after ``marker``; the next marker.
        """
        functions = list(self._deployed_functions())
        if not all_versions:
            functions = [function for function in functions if function.version == "$LATEST"]
        return page(functions, _position, marker=marker, max_items=max_items)

    def get_account_settings(self) -> dict[str, dict[str, int]]:
        """The limits and the usage of the account in this region, as the API answers them."""
        functions = list(self._deployed_functions())
        latest = [function for function in functions if function.version == "$LATEST"]
        return {
            "AccountLimit": {
                "TotalCodeSize": MAX_STORED,
                "CodeSizeUnzipped": MAX_UNZIPPED,
                "CodeSizeZipped": MAX_ZIPPED,
                "ConcurrentExecutions": self.concurrency_limit(),
                "UnreservedConcurrentExecutions": self.unreserved_concurrency(),
            },
            "AccountUsage": {"TotalCodeSize": self.stored_code(), "FunctionCount": len(latest)},
        }

    def stored_code(self) -> int:
        """Bytes of the packages of all functions, versions and layers."""
        functions = sum(f.code_size for f in self._deployed_functions() if f.package_type == "Zip")
        return int(functions) + sum(layer.code_size for layer in in_moto.layer_versions(self))

    def _deployed_functions(self) -> Iterator[DeployedFunction]:
        for name in in_moto.function_names(self):
            yield from map(DeployedFunction.adopt, self.versions_of(name))

    def _new_name(self, text: str) -> str:
        name, qualifier = self._resolve(text, None, "CreateFunction")
        if qualifier is not None:
            raise ValidationException([_of_no_form(text)])
        if len(name) > MAX_NAME_LENGTH:
            # The model's limit is that of ARNs.
            raise InvalidParameterValueException(
                f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
                f"Member must have length less than or equal to {MAX_NAME_LENGTH}"
            )
        return name

    def _check_free(self, name: str) -> None:
        if in_moto.find_version(self, name, None):
            raise ResourceConflictException(f"Function already exist: {name}")

    def _package(self, code: Mapping[str, Any], layers: list[bytes]) -> Package:
        package = read_package(code, account_id=self.account_id, region=self.region_name, layers=layers)
        self._check_room(package.size)
        return package

    def _check_room(self, size: int) -> None:
        if self.stored_code() + size > MAX_STORED:
            raise CodeStorageExceededException("Code storage limit exceeded.")

    def _layers_of(self, function: DeployedFunction) -> list[bytes]:
        versions = [self.layers_versions_by_arn(layer["Arn"]) for layer in function.layers]
        return [version.code_bytes for version in versions if version is not None]

    def _build(
        self, request: Mapping[str, Any], package: Package | None, layers: Sequence[LayerVersion]
    ) -> DeployedFunction:
        name = request["FunctionName"]
        # moto reads the code itself, and fails in its own words where it is missing; layers are put in place below.
        motos = {**request, "Code": dict(package.code if package else request["Code"]), "Layers": []}
        motos_function: Any = LambdaFunction
        function = motos_function(self.account_id, motos, self.region_name, version="$LATEST")
        deployed = DeployedFunction.adopt(function)
        deployed.details = replace(
            FunctionDetails.of_new(name), code_signing_config_arn=request.get("CodeSigningConfigArn")
        )
        deployed.configure(request, layers)
        if package is not None:
            deployed.put_code(package)
        deployed.tags = dict(request.get("Tags") or {})
        deployed.touch("creating")
        return deployed

    def _changeable(self, function_name: str, revision_id: str | None, action: str) -> DeployedFunction:
        function = self._latest_of(function_name, action)
        function.check_revision(revision_id)
        function.check_settled()
        return function

    def _delete_version(self, name: str, version: str) -> None:
        if not version.isdigit():
            raise InvalidParameterValueException("Deletion of aliases is not currently supported.")
        users = [alias.name for alias in self.aliases_of(name) if version in versions_of_alias(alias)]
        if users:
            raise ResourceConflictException(
                f"Unable to delete version because the following aliases reference it: [{', '.join(users)}]"
            )
        stored = self._version((name, version))
        if stored is not None:
            in_moto.remove_version(self, stored)


def _position(function: DeployedFunction) -> tuple[int, ...]:
    return function.details.created, function.number


def _of_no_form(name: str) -> str:
    shape = operation_model("CreateFunction").input_shape
    assert isinstance(shape, StructureShape)
    return (
        f"Value '{name}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression "
        f"pattern: {shape.members['FunctionName'].metadata['pattern']}"
    )
