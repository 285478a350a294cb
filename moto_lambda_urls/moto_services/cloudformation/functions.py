"""Resource classes of functions, versions and aliases, and the table of all that this package implements."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from moto.awslambda.exceptions import FunctionAlreadyExists, UnknownFunctionException
from moto.awslambda.models import LambdaAlias, LambdaFunction

from ...control.exceptions import ResourceNotFoundException
from ...control.in_moto import package_of_text
from ...control.models import FunctionUrlBackend
from ...messages.limits import MAX_NAME_LENGTH
from .event_sources import EventSourceMappingResource
from .properties import parameters
from .resources import PermissionResource, Resource, UrlResource
from .settings import EventInvokeConfigResource, LayerVersionResource

_DEFAULTS: dict[str, Any] = {
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
}


class FunctionResource(Resource):
    """A function, with the properties that moto ignores; the resource it creates is moto's own, and deletes itself."""

    attributes = frozenset({"Arn"})

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> LambdaFunction:
        if _is_there(backend, name):
            raise FunctionAlreadyExists(name)
        name = properties.get("FunctionName") or _short(name)
        wanted = parameters("CreateFunction", {**properties, "FunctionName": name, "Tags": _tags(properties)})
        function = backend.create_function({**wanted, "Code": _code(properties["Code"])})
        function.settle()  # CloudFormation waits for it, here and below
        _reserve_concurrency(function, properties)
        function.details = replace(function.details, template_properties=properties)
        return function

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: LambdaFunction, properties: dict[str, Any]
    ) -> LambdaFunction | None:
        if properties.get("FunctionName", original.function_name) != original.function_name:
            return None
        function = backend.get_function(original.function_name)
        if function.details.template_properties == properties:
            return function
        wanted = parameters("UpdateFunctionConfiguration", {**_DEFAULTS, **properties})
        function = backend.update_function_configuration(function.function_name, wanted)
        function.settle()
        function = backend.update_function_code(function.function_name, _code(properties["Code"]))
        function.settle()
        function.tags = _tags(properties)
        _reserve_concurrency(function, properties)
        function.details = replace(function.details, template_properties=properties)
        return function


class VersionResource(Resource):
    """A published version; ``Ref`` is its ARN. Any change makes a new one."""

    attributes = frozenset({"FunctionArn", "Version"})

    def __init__(self, version: LambdaFunction) -> None:
        self.function_name = version.function_name
        self.version = str(version.version)
        self.physical_resource_id = version.function_arn
        self.values = {"FunctionArn": version.function_arn, "Version": self.version}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> VersionResource:  # noqa: ARG003
        version = backend.publish_version(properties["FunctionName"], properties.get("Description", ""))
        if version is None:
            raise UnknownFunctionException(properties["FunctionName"])
        return cls(version)

    def remove(self, backend: FunctionUrlBackend) -> None:
        if _is_there(backend, self.function_name, self.version):
            backend.delete_function(self.function_name, self.version)


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
        return cls(backend.create_alias(**wanted), wanted["function_name"])

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: AliasResource, properties: dict[str, Any]
    ) -> AliasResource | None:
        wanted = _alias_parameters(backend, properties)
        if (wanted["name"], wanted["function_name"]) != (original.name, original.function_name):
            return None
        return cls(backend.update_alias(**wanted), wanted["function_name"])

    def remove(self, backend: FunctionUrlBackend) -> None:
        if _is_there(backend, self.function_name):
            backend.delete_alias(self.name, self.function_name)


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


def _is_there(backend: FunctionUrlBackend, function_name: str, qualifier: str | None = None) -> bool:
    try:
        backend.get_function(function_name, qualifier)
    except (UnknownFunctionException, ResourceNotFoundException):
        return False
    return True


def _short(name: str) -> str:
    # CloudFormation keeps the end, which is random, of a name that it makes up.
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 13]}{name[-13:]}"


def _code(code: dict[str, Any]) -> dict[str, Any]:
    if "ZipFile" not in code:
        return dict(code)
    # In a template ZipFile is the text of one module, which CloudFormation packs as index.py.
    package = package_of_text(code["ZipFile"])
    return {**code, "ZipFile": base64.b64encode(package)}


def _tags(properties: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: str(each["Value"]) for each in properties.get("Tags") or []}


def _reserve_concurrency(function: LambdaFunction, properties: dict[str, Any]) -> None:
    reserved = properties.get("ReservedConcurrentExecutions")
    function.reserved_concurrency = None if reserved is None else int(reserved)


RESOURCES = {
    "AWS::Lambda::Alias": AliasResource,
    "AWS::Lambda::EventInvokeConfig": EventInvokeConfigResource,
    "AWS::Lambda::EventSourceMapping": EventSourceMappingResource,
    "AWS::Lambda::Function": FunctionResource,
    "AWS::Lambda::LayerVersion": LayerVersionResource,
    "AWS::Lambda::Permission": PermissionResource,
    "AWS::Lambda::Url": UrlResource,
    "AWS::Lambda::Version": VersionResource,
}
