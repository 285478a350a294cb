"""Resource classes of AWS::Lambda::Version and AWS::Lambda::Alias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaAlias, LambdaFunction
from moto.core.exceptions import JsonRESTError

from ...control.exceptions import ResourceNotFoundException
from ...control.functions.deployed import DeployedFunction
from ...control.models import FunctionUrlBackend
from ...control.operations.aliases import versions_of_alias
from ...control.validation import validate
from .properties import parameters
from .resources import Resource


class VersionResource(Resource):
    """A published version; ``Ref`` is its ARN. A change makes a new one if the function has something to publish."""

    attributes = frozenset({"FunctionArn", "Version"})

    def __init__(self, version: LambdaFunction) -> None:
        self.function_name = version.function_name
        self.version = str(version.version)
        self.physical_resource_id = version.function_arn
        self.values = {"FunctionArn": version.function_arn, "Version": self.version}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> VersionResource:  # noqa: ARG003
        made = cls._published(backend, properties)
        with _removed_if_refused(made, backend):
            made._configure(backend, properties)
        return made

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: VersionResource, properties: dict[str, Any]
    ) -> VersionResource | None:
        made = cls._published(backend, properties)
        if made.physical_resource_id != original.physical_resource_id:
            return None
        made._configure(backend, properties)
        return made

    @classmethod
    def _published(cls, backend: FunctionUrlBackend, properties: dict[str, Any]) -> VersionResource:
        version = backend.publish_version(
            properties["FunctionName"],
            properties.get("Description", ""),
            code_sha_256=properties.get("CodeSha256"),
        )
        if version is None:
            raise UnknownFunctionException(properties["FunctionName"])
        return cls(version)

    def _configure(self, backend: FunctionUrlBackend, properties: dict[str, Any]) -> None:
        put_runtime_management(backend, self.function_name, self.version, properties.get("RuntimePolicy"))
        target = {"FunctionName": self.function_name, "Qualifier": self.version}
        wanted = parameters("PutFunctionScalingConfig", {**properties, **target})
        validate("PutFunctionScalingConfig", wanted)
        scaling = wanted.get("FunctionScalingConfig") or {}
        backend.put_function_scaling_config(self.function_name, self.version, scaling)
        put_provisioned_concurrency(backend, self.function_name, self.version, properties)

    def remove(self, backend: FunctionUrlBackend) -> None:
        if is_there(backend, self.function_name, self.version):
            version = backend.get_function(self.function_name, self.version)
            version.details = replace(version.details, is_unwanted=True)
            _delete_unwanted(backend, self.function_name)


class AliasResource(Resource):
    """An alias; ``Ref`` is its ARN."""

    attributes = frozenset({"AliasArn"})

    def __init__(self, alias: LambdaAlias, function_name: str) -> None:
        self.name = alias.name
        self.function_name = function_name
        self.physical_resource_id = alias.arn
        self.values = {"AliasArn": alias.arn}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> AliasResource:  # noqa: ARG003
        wanted = _alias_parameters(backend, properties)
        made = cls(backend.create_alias(**wanted), wanted["function_name"])
        with _removed_if_refused(made, backend):
            put_provisioned_concurrency(backend, made.function_name, made.name, properties)
        return made

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: AliasResource, properties: dict[str, Any]
    ) -> AliasResource | None:
        wanted = _alias_parameters(backend, properties)
        if (wanted["name"], wanted["function_name"]) != (original.name, original.function_name):
            return None
        made = cls(backend.update_alias(**wanted), wanted["function_name"])
        _delete_unwanted(backend, made.function_name)
        put_provisioned_concurrency(backend, made.function_name, made.name, properties)
        return made

    def remove(self, backend: FunctionUrlBackend) -> None:
        if is_there(backend, self.function_name):
            backend.delete_alias(self.name, self.function_name)
            _delete_unwanted(backend, self.function_name)


@contextmanager
def _removed_if_refused(made: Resource, backend: FunctionUrlBackend) -> Iterator[None]:
    """Remove ``made`` again when a later step of its creation is refused."""
    try:
        yield
    except JsonRESTError:
        made.remove(backend)
        raise


def _delete_unwanted(backend: FunctionUrlBackend, function_name: str) -> None:
    """Delete the versions that templates have let go, once no alias points to them: CloudFormation deletes at the end
    of an update, and moto at its beginning.
    """
    aliased = {number for alias in backend.aliases_of(function_name) for number in versions_of_alias(alias)}
    for each in backend.versions_of(function_name):
        version = DeployedFunction.adopt(each)
        if version.details.is_unwanted and str(version.version) not in aliased:
            backend.delete_function(function_name, str(version.version))


def put_runtime_management(
    backend: FunctionUrlBackend, function_name: str, qualifier: str | None, config: Mapping[str, Any] | None
) -> None:
    """Give a function or version the runtime management ``config`` of a template; None is AWS's default."""
    wanted = {"UpdateRuntimeOn": "Auto", **(config or {}), "FunctionName": function_name}
    wanted = parameters("PutRuntimeManagementConfig", wanted)
    validate("PutRuntimeManagementConfig", wanted)
    arn = wanted.get("RuntimeVersionArn")
    backend.put_runtime_management_config(function_name, wanted["UpdateRuntimeOn"], qualifier, runtime_version_arn=arn)


def put_provisioned_concurrency(
    backend: FunctionUrlBackend, function_name: str, qualifier: str, properties: Mapping[str, Any]
) -> None:
    """Give a version or alias the provisioned concurrency of a template's ``properties``, or none."""
    config = properties.get("ProvisionedConcurrencyConfig")
    if not config:
        backend.delete_provisioned_concurrency_config(function_name, qualifier)
        return
    wanted = parameters("PutProvisionedConcurrencyConfig", config)
    wanted |= {"FunctionName": function_name, "Qualifier": qualifier}
    validate("PutProvisionedConcurrencyConfig", wanted)
    requested = wanted["ProvisionedConcurrentExecutions"]
    backend.put_provisioned_concurrency_config(function_name, qualifier, requested)
    backend.get_provisioned_concurrency_config(function_name, qualifier)  # CloudFormation waits until it is ready


def _alias_parameters(backend: FunctionUrlBackend, properties: dict[str, Any]) -> dict[str, Any]:
    weights = (properties.get("RoutingConfig") or {}).get("AdditionalVersionWeights", [])
    routing = {each["FunctionVersion"]: float(each["FunctionWeight"]) for each in weights}
    return {
        "name": properties["Name"],
        "function_name": backend.get_function(properties["FunctionName"]).function_name,
        "function_version": str(properties["FunctionVersion"]),
        "description": properties.get("Description", ""),
        "routing_config": {"AdditionalVersionWeights": routing} if routing else {},
    }


def is_there(backend: FunctionUrlBackend, function_name: str, qualifier: str | None = None) -> bool:
    """Whether the function is there, and its version or alias ``qualifier``."""
    try:
        backend.get_function(function_name, qualifier)
    except (UnknownFunctionException, ResourceNotFoundException):
        return False
    return True
