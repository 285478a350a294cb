"""Resource class of functions, and the table of all types that this package implements."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

from moto.awslambda.exceptions import FunctionAlreadyExists
from moto.awslambda.models import LambdaFunction
from moto.core.exceptions import JsonRESTError

from ...control.in_moto import package_of_text
from ...control.models import FunctionUrlBackend
from ...control.validation import validate
from ...messages.limits import MAX_NAME_LENGTH
from .code_signing import CodeSigningConfigResource
from .event_invoke import EventInvokeConfigResource
from .event_sources import EventSourceMappingResource
from .layers import LayerVersionPermissionResource, LayerVersionResource
from .properties import parameters, tags
from .resources import PermissionResource, Resource, UrlResource
from .versions import AliasResource, VersionResource, is_there, put_runtime_management

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
        if is_there(backend, name):
            raise FunctionAlreadyExists(name)
        name = properties.get("FunctionName") or _short(name)
        wanted = parameters("CreateFunction", {**properties, "FunctionName": name, "Tags": tags(properties)})
        function = backend.create_function({**wanted, "Code": _code(properties["Code"])})
        function.settle()  # CloudFormation waits for it, here and below
        _reserve_concurrency(function, properties)
        try:
            _put_configurations(backend, function, properties)
        except JsonRESTError:
            backend.delete_function(function.function_name)
            raise
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
        function.tags = tags(properties)
        _reserve_concurrency(function, properties)
        _sign(backend, function, properties)
        _put_configurations(backend, function, properties)
        function.details = replace(function.details, template_properties=properties)
        return function


def _short(name: str) -> str:
    # CloudFormation keeps the end, which is random, of a name that it makes up.
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 13]}{name[-13:]}"


def _code(code: dict[str, Any]) -> dict[str, Any]:
    if "ZipFile" not in code:
        return dict(code)
    # In a template ZipFile is the text of one module, which CloudFormation packs as index.py.
    package = package_of_text(code["ZipFile"])
    return {**code, "ZipFile": base64.b64encode(package)}


def _reserve_concurrency(function: LambdaFunction, properties: dict[str, Any]) -> None:
    reserved = properties.get("ReservedConcurrentExecutions")
    function.reserved_concurrency = None if reserved is None else int(reserved)


def _sign(backend: FunctionUrlBackend, function: LambdaFunction, properties: dict[str, Any]) -> None:
    arn = properties.get("CodeSigningConfigArn")
    if arn:
        backend.put_function_code_signing_config(function.function_name, str(arn))
    else:
        backend.delete_function_code_signing_config(function.function_name)


def _put_configurations(backend: FunctionUrlBackend, function: LambdaFunction, properties: dict[str, Any]) -> None:
    """Give it the configurations that CloudFormation sets by operations of their own; none is the default."""
    name = {"FunctionName": function.function_name}
    recursion = parameters("PutFunctionRecursionConfig", {"RecursiveLoop": "Terminate", **properties, **name})
    validate("PutFunctionRecursionConfig", recursion)
    backend.put_function_recursion_config(function.function_name, recursion["RecursiveLoop"])
    put_runtime_management(backend, function.function_name, None, properties.get("RuntimeManagementConfig"))


RESOURCES = {
    "AWS::Lambda::Alias": AliasResource,
    "AWS::Lambda::CodeSigningConfig": CodeSigningConfigResource,
    "AWS::Lambda::EventInvokeConfig": EventInvokeConfigResource,
    "AWS::Lambda::EventSourceMapping": EventSourceMappingResource,
    "AWS::Lambda::Function": FunctionResource,
    "AWS::Lambda::LayerVersion": LayerVersionResource,
    "AWS::Lambda::LayerVersionPermission": LayerVersionPermissionResource,
    "AWS::Lambda::Permission": PermissionResource,
    "AWS::Lambda::Url": UrlResource,
    "AWS::Lambda::Version": VersionResource,
}
