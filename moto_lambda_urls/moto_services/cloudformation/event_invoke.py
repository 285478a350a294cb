"""Resource class of AWS::Lambda::EventInvokeConfig."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...control.exceptions import ResourceNotFoundException
from ...control.models import FunctionUrlBackend
from .properties import parameters
from .resources import Resource


class EventInvokeConfigResource(Resource):
    """The settings of a function's asynchronous invocations; ``Ref`` is a name of their own."""

    def __init__(self, name: str, function_name: str, qualifier: str) -> None:
        self.function_name, self.qualifier = function_name, qualifier
        self.physical_resource_id = name
        self.values = {}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> EventInvokeConfigResource:
        wanted = parameters("PutFunctionEventInvokeConfig", properties)
        made = cls(name, wanted["FunctionName"], wanted["Qualifier"])
        backend.put_function_event_invoke_config(made.function_name, wanted, made.qualifier)
        return made

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: EventInvokeConfigResource, properties: dict[str, Any]
    ) -> EventInvokeConfigResource | None:
        if (properties["FunctionName"], properties["Qualifier"]) != (original.function_name, original.qualifier):
            return None
        return cls.create(backend, original.physical_resource_id, properties)

    def remove(self, backend: FunctionUrlBackend) -> None:
        with suppress(ResourceNotFoundException):
            backend.delete_function_event_invoke_config(self.function_name, self.qualifier)
