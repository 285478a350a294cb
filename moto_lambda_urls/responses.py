"""Requests of Lambda's API to backend methods, and what they give to answers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from moto.awslambda.responses import LambdaResponse
from moto.core.common_types import TYPE_RESPONSE

from . import runtime, scope
from .addressing import function_url
from .models import FunctionUrlBackend, FunctionUrlConfig, backend_of
from .parameters import read_parameters
from .service_model import operation_model
from .validation import validate


class FunctionUrlResponse(LambdaResponse):
    """moto's Lambda API with the operations of function URLs and permissions; the others are moto's."""

    @property
    def backend(self) -> FunctionUrlBackend:
        return backend_of(self.current_account, self.region)

    def setup_class(
        self, request: Any, full_url: str | None = None, headers: Any = None, use_raw_body: bool | None = True
    ) -> None:
        """As moto's, but the body stays bytes: a payload need not be text."""
        super().setup_class(request, full_url, headers, use_raw_body)

    def invoke(self) -> TYPE_RESPONSE:
        parameters = self._parameters("Invoke")
        answer = self.backend.answer_invoke(
            parameters["FunctionName"],
            parameters.get("Qualifier"),
            self.body,
            invocation_type=parameters.get("InvocationType", "RequestResponse"),
            log_type=parameters.get("LogType", "None"),
            client_context=parameters.get("ClientContext"),
            raise_error=scope.options().raise_handler_errors and not runtime.in_handler(),
        )
        return answer.status, {**answer.headers, "status": str(answer.status)}, answer.payload

    def call_action(self) -> TYPE_RESPONSE:
        """What the action answers, or what a test planned in its place."""
        fault = scope.next_fault(self._get_action())
        if fault is None or fault.response is None:
            return super().call_action()
        headers, body = self._enrich_response(dict(fault.response.headers), fault.response.body)
        return fault.response.status, headers, body

    def invoke_async(self) -> TYPE_RESPONSE:
        parameters = self._parameters("InvokeAsync", InvokeArgs=self.body)
        self.backend.answer_invoke(parameters["FunctionName"], None, self.body, invocation_type="Event")
        return _answer("InvokeAsync", {"Status": 202})

    def put_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's is another type
        parameters = self._parameters("PutFunctionEventInvokeConfig")
        config = self.backend.put_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )
        return _answer("PutFunctionEventInvokeConfig", config)

    def update_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("UpdateFunctionEventInvokeConfig")
        config = self.backend.update_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )
        return _answer("UpdateFunctionEventInvokeConfig", config)

    def get_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's is another type
        parameters = self._parameters("GetFunctionEventInvokeConfig")
        config = self.backend.get_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return _answer("GetFunctionEventInvokeConfig", config)

    def delete_function_event_invoke_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunctionEventInvokeConfig")
        self.backend.delete_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return _answer("DeleteFunctionEventInvokeConfig")

    def list_function_event_invoke_configs(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListFunctionEventInvokeConfigs")
        configs = self.backend.list_function_event_invoke_configs(parameters["FunctionName"])
        return _answer("ListFunctionEventInvokeConfigs", configs)

    def invoke_with_response_stream(self) -> TYPE_RESPONSE:
        parameters = self._parameters("InvokeWithResponseStream")
        answer = self.backend.invoke_with_response_stream(
            parameters["FunctionName"],
            parameters.get("Qualifier"),
            self.body,
            invocation_type=parameters.get("InvocationType", "RequestResponse"),
            log_type=parameters.get("LogType", "None"),
            client_context=parameters.get("ClientContext"),
        )
        headers = {**answer.headers, "status": str(answer.status)}
        return answer.status, headers, answer.frames or b""  # type: ignore[return-value]  # moto hands iterators on

    def create_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("CreateFunctionUrlConfig")
        config = self.backend.create_function_url_config(parameters["FunctionName"], parameters)
        return _answer("CreateFunctionUrlConfig", self._stored(config))

    def get_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("GetFunctionUrlConfig")
        config = self.backend.get_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return _answer("GetFunctionUrlConfig", self._read(config))

    def update_function_url_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("UpdateFunctionUrlConfig")
        config = self.backend.update_function_url_config(parameters["FunctionName"], parameters)
        return _answer(
            "UpdateFunctionUrlConfig", {**self._stored(config), "LastModifiedTime": _time(config.last_modified_time)}
        )

    def delete_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunctionUrlConfig")
        self.backend.delete_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return _answer("DeleteFunctionUrlConfig")

    def list_function_url_configs(self) -> TYPE_RESPONSE:
        parameters = self._parameters("ListFunctionUrlConfigs")
        configs, next_marker = self.backend.list_function_url_configs(
            parameters["FunctionName"], parameters.get("Marker"), parameters.get("MaxItems")
        )
        page: dict[str, Any] = {"FunctionUrlConfigs": [self._read(config) for config in configs]}
        return _answer("ListFunctionUrlConfigs", {**page, "NextMarker": next_marker} if next_marker else page)

    def add_permission(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("AddPermission")
        statement = self.backend.add_permission(parameters["FunctionName"], parameters)
        return _answer("AddPermission", {"Statement": json.dumps(statement, separators=(",", ":"))})

    def remove_permission(self) -> TYPE_RESPONSE:
        parameters = self._parameters("RemovePermission")
        self.backend.remove_permission(
            parameters["FunctionName"],
            parameters["StatementId"],
            parameters.get("RevisionId"),
            parameters.get("Qualifier"),
        )
        return _answer("RemovePermission")

    def get_policy(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetPolicy")
        policy = self.backend.get_policy(parameters["FunctionName"], parameters.get("Qualifier"))
        return _answer("GetPolicy", {"Policy": policy.text(), "RevisionId": policy.revision_id})

    @staticmethod
    def _enrich_response(headers: Any, body: Any) -> tuple[Any, Any]:
        # The answer to an invocation has the request id that its handler saw.
        request_id = headers.get("x-amzn-requestid")
        headers, body = LambdaResponse._enrich_response(headers, body)
        return ({**headers, "x-amzn-requestid": request_id} if request_id else headers), body

    def _parameters(self, operation: str, **payload: Any) -> dict[str, Any]:
        url = urlsplit(self.uri)
        parameters = read_parameters(operation, path=url.path, query=url.query, headers=self.headers, body=self.body)
        parameters |= payload
        validate(operation, parameters)
        return parameters

    def _function_url(self, config: FunctionUrlConfig) -> str:
        """The URL that whoever asked can call."""
        asked = urlsplit(self.uri)
        return function_url(config, style=scope.options().url_style, scheme=asked.scheme, host=asked.netloc)

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


def _answer(operation: str, result: dict[str, Any] | None = None) -> TYPE_RESPONSE:
    """The operation's own status and ``result`` as JSON; the body is empty when there is none to give."""
    status = operation_model(operation).http["responseCode"]
    # moto takes the status from this header, not from the tuple.
    headers = {"status": status, "Content-Type": "application/json"}
    return status, headers, "" if result is None else json.dumps(result)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
