"""Requests of Lambda's API to backend methods, and what they give to answers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from moto.awslambda.responses import LambdaResponse
from moto.core.responses import ActionResult

from .addressing import function_url
from .models import FunctionUrlBackend, FunctionUrlConfig, backend_of
from .parameters import read_parameters
from .scope import options
from .validation import validate


class FunctionUrlResponse(LambdaResponse):
    """moto's Lambda API with the operations of function URLs and permissions; the others are moto's."""

    @property
    def backend(self) -> FunctionUrlBackend:
        return backend_of(self.current_account, self.region)

    def create_function_url_config(self) -> ActionResult:  # type: ignore[override]  # moto's give tuples
        parameters = self._parameters("CreateFunctionUrlConfig")
        config = self.backend.create_function_url_config(parameters["FunctionName"], parameters)
        return ActionResult(self._stored(config))

    def get_function_url_config(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("GetFunctionUrlConfig")
        config = self.backend.get_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return ActionResult(self._read(config))

    def update_function_url_config(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("UpdateFunctionUrlConfig")
        config = self.backend.update_function_url_config(parameters["FunctionName"], parameters)
        return ActionResult({**self._stored(config), "LastModifiedTime": _time(config.last_modified_time)})

    def delete_function_url_config(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("DeleteFunctionUrlConfig")
        self.backend.delete_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return ActionResult({})

    def list_function_url_configs(self) -> ActionResult:
        parameters = self._parameters("ListFunctionUrlConfigs")
        configs, next_marker = self.backend.list_function_url_configs(
            parameters["FunctionName"], parameters.get("Marker"), parameters.get("MaxItems")
        )
        page: dict[str, Any] = {"FunctionUrlConfigs": [self._read(config) for config in configs]}
        return ActionResult({**page, "NextMarker": next_marker} if next_marker else page)

    def add_permission(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("AddPermission")
        statement = self.backend.add_permission(parameters["FunctionName"], parameters)
        return ActionResult({"Statement": json.dumps(statement, separators=(",", ":"))})

    def remove_permission(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("RemovePermission")
        self.backend.remove_permission(
            parameters["FunctionName"],
            parameters["StatementId"],
            parameters.get("RevisionId"),
            parameters.get("Qualifier"),
        )
        return ActionResult({})

    def get_policy(self) -> ActionResult:  # type: ignore[override]
        parameters = self._parameters("GetPolicy")
        policy = self.backend.get_policy(parameters["FunctionName"], parameters.get("Qualifier"))
        return ActionResult({"Policy": policy.text(), "RevisionId": policy.revision_id})

    def _parameters(self, operation: str) -> dict[str, Any]:
        url = urlsplit(self.uri)
        parameters = read_parameters(operation, path=url.path, query=url.query, body=self.body)
        validate(operation, parameters)
        return parameters

    def _function_url(self, config: FunctionUrlConfig) -> str:
        """The URL that whoever asked can call."""
        asked = urlsplit(self.uri)
        return function_url(config, style=options().url_style, scheme=asked.scheme, host=asked.netloc)

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
