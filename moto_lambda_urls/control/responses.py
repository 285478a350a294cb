"""API handlers for invocations, function URLs and permissions; the response class of the whole API."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from moto.core.common_types import TYPE_RESPONSE
from moto.core.utils import camelcase_to_underscores

from ..runtime.in_process.isolation.running import in_handler
from ..state import scope
from .configuration_responses import ConfigurationResponses
from .event_source_responses import EventSourceResponses
from .exceptions import NotImplementedException
from .function_responses import FunctionResponses
from .layer_responses import LayerResponses
from .models import FunctionUrlConfig
from .wire import answer, operation, page_body


class FunctionUrlResponse(FunctionResponses, LayerResponses, ConfigurationResponses, EventSourceResponses):
    """Lambda's API: the operations of the classes above and those below, and a 501 for the others."""

    def invoke(self) -> TYPE_RESPONSE:
        parameters = self.parameters("Invoke")
        raise_error = scope.options().raise_handler_errors and not in_handler()
        result = self.backend.answer_invoke(**self._invocation(parameters), raise_error=raise_error)
        return result.status, {**result.headers, "status": str(result.status)}, result.payload

    def _invocation(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return {
            "function_name": parameters["FunctionName"],
            "qualifier": parameters.get("Qualifier"),
            "payload": self.body,
            "invocation_type": parameters.get("InvocationType", "RequestResponse"),
            "log_type": parameters.get("LogType", "None"),
            "client_context": parameters.get("ClientContext"),
            "tenant_id": parameters.get("TenantId"),
        }

    def call_action(self) -> TYPE_RESPONSE:
        """What the action answers, or what a test planned in its place."""
        fault = scope.next_fault(self.operation)
        if fault is None or fault.response is None:
            return super().call_action() if self._has_handler() else self._not_implemented()
        headers, body = self.completed(dict(fault.response.headers), fault.response.body)
        return fault.response.status, headers, body

    def _has_handler(self) -> bool:
        # moto answers a path without an operation.
        return not self.operation or hasattr(self, camelcase_to_underscores(self.operation))

    def _not_implemented(self) -> TYPE_RESPONSE:
        error = NotImplementedException(f"Lambda's {self.operation} is not implemented by moto-lambda-urls.")
        headers, body = self.completed({**dict(error.get_headers()), "status": str(error.code)}, error.description)
        return error.code, headers, body

    def invoke_async(self) -> TYPE_RESPONSE:
        parameters = self.parameters("InvokeAsync", InvokeArgs=self.body)
        self.backend.answer_invoke(parameters["FunctionName"], None, self.body, invocation_type="Event")
        return answer("InvokeAsync", {"Status": 202})

    def invoke_with_response_stream(self) -> TYPE_RESPONSE:
        parameters = self.parameters("InvokeWithResponseStream")
        result = self.backend.invoke_with_response_stream(**self._invocation(parameters))
        headers = {**result.headers, "status": str(result.status)}
        return result.status, headers, result.frames or b""  # type: ignore[return-value]  # moto hands iterators on

    @operation
    def put_function_event_invoke_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.put_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )

    @operation
    def update_function_event_invoke_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.update_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )

    @operation
    def get_function_event_invoke_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))

    @operation
    def delete_function_event_invoke_config(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))

    @operation
    def list_function_event_invoke_configs(self, parameters: dict[str, Any]) -> dict[str, Any]:
        configs, next_marker = self.backend.event_invoke_configs_page(
            parameters["FunctionName"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        return page_body("FunctionEventInvokeConfigs", configs, next_marker)

    @operation
    def create_function_url_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._stored(self.backend.create_function_url_config(parameters["FunctionName"], parameters))

    @operation
    def get_function_url_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        config = self.backend.get_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return self._read(config)

    @operation
    def update_function_url_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        config = self.backend.update_function_url_config(parameters["FunctionName"], parameters)
        return {**self._stored(config), "LastModifiedTime": _time(config.last_modified_time)}

    @operation
    def delete_function_url_config(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))

    @operation
    def list_function_url_configs(self, parameters: dict[str, Any]) -> dict[str, Any]:
        configs, next_marker = self.backend.list_function_url_configs(
            parameters["FunctionName"], parameters.get("Marker"), parameters.get("MaxItems")
        )
        return page_body("FunctionUrlConfigs", [self._read(config) for config in configs], next_marker)

    @operation
    def add_permission(self, parameters: dict[str, Any]) -> dict[str, Any]:
        statement = self.backend.add_permission(parameters["FunctionName"], parameters)
        return {"Statement": json.dumps(statement, separators=(",", ":"))}

    @operation
    def remove_permission(self, parameters: dict[str, Any]) -> None:
        self.backend.remove_permission(
            parameters["FunctionName"],
            parameters["StatementId"],
            parameters.get("RevisionId"),
            parameters.get("Qualifier"),
        )

    @operation
    def get_policy(self, parameters: dict[str, Any]) -> dict[str, Any]:
        policy = self.backend.get_policy(parameters["FunctionName"], parameters.get("Qualifier"))
        return {"Policy": policy.text(), "RevisionId": policy.revision_id}

    def _function_url(self, config: FunctionUrlConfig) -> str:
        """The URL that whoever asked can call."""
        asked = urlsplit(self.uri)
        return scope.innermost().shown_url(config, scheme=asked.scheme, host=asked.netloc)

    def _stored(self, config: FunctionUrlConfig) -> dict[str, Any]:
        stored = {
            "FunctionUrl": self._function_url(config),
            "FunctionArn": config.function_arn,
            "AuthType": config.auth_type,
            "Cors": config.cors.to_api() if config.cors else None,
            "CreationTime": _time(config.creation_time),
            "InvokeMode": config.invoke_mode,
        }
        return {name: value for name, value in stored.items() if value is not None}

    def _read(self, config: FunctionUrlConfig) -> dict[str, Any]:
        times = {"LastModifiedTime": _time(config.last_modified_time)}
        return {"InvokeMode": "BUFFERED", **self._stored(config), **times}


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
