"""The base of all resource types (create, update, replace, DeletionPolicy, refusals); Url and Permission."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from moto.core.exceptions import JsonRESTError

from ...control.exceptions import ResourceNotFoundException
from ...control.models import FunctionUrlBackend, FunctionUrlConfig, backend_of
from ...control.validation import validate
from ...messages.addresses import asked_at
from ...state import scope
from .errors import validation_error
from .properties import parameters


class Resource:
    """The interface that moto's template parser expects of a resource's class and of the resource that it creates."""

    attributes: frozenset[str] = frozenset()
    physical_resource_id: str
    values: dict[str, str]
    """The values that ``Fn::GetAtt`` returns, by attribute."""
    retained = False
    """Whether the template's DeletionPolicy is Retain, which moto respects only where the whole stack is deleted."""

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> Any:
        """A new resource; ``name`` is the template's, or the one that CloudFormation generated."""
        raise NotImplementedError

    @classmethod
    def update(cls, backend: FunctionUrlBackend, original: Any, properties: dict[str, Any]) -> Any:  # noqa: ARG003
        """The resource changed to ``properties``; None when the change needs a replacement."""
        return None

    def remove(self, backend: FunctionUrlBackend) -> None:
        """Delete it, unless it is gone with its function, which a template may delete first."""
        raise NotImplementedError

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.attributes

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_: Any
    ) -> Any:
        with _refusals_as_validation_errors():
            resource = cls.create(backend_of(account_id, region_name), resource_name, cloudformation_json["Properties"])
        resource.retained = cloudformation_json.get("DeletionPolicy") == "Retain"
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Any:
        backend, properties = backend_of(account_id, region_name), cloudformation_json["Properties"]
        with _refusals_as_validation_errors():
            updated = cls.update(backend, original_resource, properties)
            if updated is None:
                updated = cls.create(backend, new_resource_name, properties)
                original_resource.delete(account_id, region_name)
        updated.retained = cloudformation_json.get("DeletionPolicy") == "Retain"
        return updated

    def delete(self, account_id: str, region_name: str) -> None:
        if not self.retained:
            with _refusals_as_validation_errors():
                self.remove(backend_of(account_id, region_name))

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name not in self.values:
            # moto puts the resource's logical id in.
            raise NotImplementedError(f'"Fn::GetAtt" : [ "{{0}}" , "{attribute_name}" ]')
        return self.values[attribute_name]


class UrlResource(Resource):
    """A function URL; ``Ref`` is the ARN of its function, with the alias."""

    attributes = frozenset({"FunctionArn", "FunctionUrl"})

    def __init__(self, config: FunctionUrlConfig) -> None:
        self.config = config
        self.physical_resource_id = config.function_arn
        self.values = {"FunctionArn": config.function_arn, "FunctionUrl": _callable_url(config)}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> UrlResource:  # noqa: ARG003
        wanted = _url_parameters("CreateFunctionUrlConfig", properties)
        return cls(backend.create_function_url_config(wanted["FunctionName"], wanted))

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: UrlResource, properties: dict[str, Any]
    ) -> UrlResource | None:
        # What a template no longer names goes back to its default.
        wanted = _url_parameters("UpdateFunctionUrlConfig", {"Cors": {}, "InvokeMode": "BUFFERED", **properties})
        if not _is_url_of(backend, wanted, original.config):
            return None
        return cls(backend.update_function_url_config(wanted["FunctionName"], wanted))

    def remove(self, backend: FunctionUrlBackend) -> None:
        if (self.config.function_name, self.config.qualifier) in backend.url_configs:
            backend.delete_function_url_config(self.config.function_name, self.config.qualifier)


class PermissionResource(Resource):
    """A statement in the policy of a function, version or alias; ``Ref`` is its id. Any change makes a new one."""

    attributes = frozenset({"Id"})

    def __init__(self, function_name: str, statement_id: str) -> None:
        self.function_name = function_name
        self.physical_resource_id = statement_id
        self.values = {"Id": statement_id}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> PermissionResource:
        wanted = parameters("AddPermission", {**properties, "StatementId": name})
        validate("AddPermission", wanted)
        backend.add_permission(wanted["FunctionName"], wanted)
        return cls(wanted["FunctionName"], name)

    def remove(self, backend: FunctionUrlBackend) -> None:
        with suppress(ResourceNotFoundException):
            backend.remove_permission(self.function_name, self.physical_resource_id)


@contextmanager
def _refusals_as_validation_errors() -> Iterator[None]:
    # A decision, as moto has no failed stacks: CloudFormation's API refuses the template, with what Lambda's said.
    try:
        yield
    except JsonRESTError as refusal:
        raise validation_error(f'Resource handler returned message: "{refusal.message}"') from refusal


def _url_parameters(operation: str, properties: dict[str, Any]) -> dict[str, Any]:
    target = {"FunctionName": properties["TargetFunctionArn"]} if "TargetFunctionArn" in properties else {}
    wanted = parameters(operation, {**properties, **target})
    validate(operation, wanted)
    return wanted


def _callable_url(config: FunctionUrlConfig) -> str:
    mine = scope.innermost()
    found_at = asked_at.get() or mine.options.endpoint_url
    if found_at is None:
        return config.url
    endpoint = urlsplit(found_at)
    return mine.shown_url(config, scheme=endpoint.scheme, host=endpoint.netloc)


def _is_url_of(backend: FunctionUrlBackend, wanted: dict[str, Any], config: FunctionUrlConfig) -> bool:
    try:
        found = backend.get_function_url_config(wanted["FunctionName"], wanted.get("Qualifier"))
    except ResourceNotFoundException:
        return False
    return (found.function_name, found.qualifier) == (config.function_name, config.qualifier)
