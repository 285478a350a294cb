"""Requests of Lambda's API to backend methods, and what they give to answers."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from moto.awslambda.models import LambdaAlias
from moto.core.common_types import TYPE_RESPONSE

from .. import runtime
from ..messages.addresses import function_url, is_aws_api
from ..state import scope
from .exceptions import RequestEntityTooLarge
from .functions.configuration import describe, in_list
from .functions.deployed import DeployedFunction
from .functions.downloads import download_url
from .functions.names import resolve
from .models import FunctionUrlConfig
from .wire import ApiResponse, answer, page_answer


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ResourceResponses(ApiResponse):
    """The operations on what belongs to a function: its aliases, concurrency, tags and invocations."""

    def create_alias(self) -> TYPE_RESPONSE:
        parameters = self._parameters("CreateAlias")
        return answer("CreateAlias", _alias(self.backend.create_alias(**_alias_arguments(parameters))))

    def get_alias(self) -> TYPE_RESPONSE:
        parameters = self._parameters("GetAlias")
        return answer("GetAlias", _alias(self.backend.get_alias(parameters["Name"], parameters["FunctionName"])))

    def update_alias(self) -> TYPE_RESPONSE:
        parameters = self._parameters("UpdateAlias")
        alias = self.backend.update_alias(**_alias_arguments(parameters), revision_id=parameters.get("RevisionId"))
        return answer("UpdateAlias", _alias(alias))

    def delete_alias(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteAlias")
        self.backend.delete_alias(parameters["Name"], parameters["FunctionName"])
        return answer("DeleteAlias")

    def list_aliases(self) -> TYPE_RESPONSE:
        parameters = self._parameters("ListAliases")
        aliases, next_marker = self.backend.aliases_page(
            parameters["FunctionName"],
            function_version=parameters.get("FunctionVersion"),
            marker=parameters.get("Marker"),
            max_items=parameters.get("MaxItems"),
        )
        return page_answer("ListAliases", "Aliases", [_alias(alias) for alias in aliases], next_marker)

    def put_function_concurrency(self) -> TYPE_RESPONSE:
        parameters = self._parameters("PutFunctionConcurrency")
        reserved = self.backend.put_function_concurrency(
            parameters["FunctionName"], parameters["ReservedConcurrentExecutions"]
        )
        return answer("PutFunctionConcurrency", {"ReservedConcurrentExecutions": reserved})

    def get_function_concurrency(self) -> TYPE_RESPONSE:
        parameters = self._parameters("GetFunctionConcurrency")
        reserved = self.backend.get_function_concurrency(parameters["FunctionName"])
        return answer("GetFunctionConcurrency", {} if reserved is None else {"ReservedConcurrentExecutions": reserved})

    def delete_function_concurrency(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunctionConcurrency")
        self.backend.delete_function_concurrency(parameters["FunctionName"])
        return answer("DeleteFunctionConcurrency")

    def list_tags(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListTags")
        return answer("ListTags", {"Tags": self.backend.list_tags(parameters["Resource"])})

    def tag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("TagResource")
        self.backend.tag_resource(parameters["Resource"], parameters["Tags"])
        return answer("TagResource")

    def untag_resource(self) -> TYPE_RESPONSE:
        parameters = self._parameters("UntagResource")
        self.backend.untag_resource(parameters["Resource"], parameters["TagKeys"])
        return answer("UntagResource")

    def put_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's is another type
        parameters = self._parameters("PutFunctionEventInvokeConfig")
        config = self.backend.put_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )
        return answer("PutFunctionEventInvokeConfig", config)

    def update_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("UpdateFunctionEventInvokeConfig")
        config = self.backend.update_function_event_invoke_config(
            parameters["FunctionName"], parameters, parameters.get("Qualifier")
        )
        return answer("UpdateFunctionEventInvokeConfig", config)

    def get_function_event_invoke_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's is another type
        parameters = self._parameters("GetFunctionEventInvokeConfig")
        config = self.backend.get_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return answer("GetFunctionEventInvokeConfig", config)

    def delete_function_event_invoke_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunctionEventInvokeConfig")
        self.backend.delete_function_event_invoke_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return answer("DeleteFunctionEventInvokeConfig")

    def list_function_event_invoke_configs(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListFunctionEventInvokeConfigs")
        configs = self.backend.list_function_event_invoke_configs(parameters["FunctionName"])
        return answer("ListFunctionEventInvokeConfigs", configs)


def _alias_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameters["Name"],
        "function_name": parameters["FunctionName"],
        "function_version": parameters.get("FunctionVersion"),
        "description": parameters.get("Description"),
        "routing_config": parameters.get("RoutingConfig"),
    }


def _alias(alias: LambdaAlias) -> dict[str, Any]:
    shown = {
        "AliasArn": alias.arn,
        "Name": alias.name,
        "FunctionVersion": alias.function_version,
        "Description": alias.description or "",
        "RevisionId": alias.revision_id,
    }
    return {**shown, "RoutingConfig": alias.routing_config} if alias.routing_config else shown


LARGEST_REQUEST = 70_167_211
"""Bytes of a request with a package in it."""


class FunctionResponses(ApiResponse):
    """The operations on functions, versions and the account."""

    def create_function(self) -> TYPE_RESPONSE:
        self._check_size("CreateFunction")
        function = self.backend.create_function(self._parameters("CreateFunction"))
        unqualified = function.function_arn if function.number == 0 else function.function_arn.rpartition(":")[0]
        return answer("CreateFunction", describe(function, arn=unqualified, with_update_status=False))

    def get_function(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetFunction")
        function, configuration = self._found(parameters, "GetFunction")
        result = {"Configuration": configuration, "Code": self._code(function)}
        latest = self.backend.latest(function.function_name)
        if latest.tags:
            result["Tags"] = dict(latest.tags)
        reserved = self.backend.reserved_concurrency(function.function_name)
        if reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return answer("GetFunction", result)

    def get_function_configuration(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetFunctionConfiguration")
        return answer("GetFunctionConfiguration", self._found(parameters, "GetFunctionConfiguration")[1])

    def update_function_code(self) -> TYPE_RESPONSE:
        self._check_size("UpdateFunctionCode")
        parameters = self._parameters("UpdateFunctionCode")
        function = self.backend.update_function_code(parameters["FunctionName"], parameters)
        return answer("UpdateFunctionCode", describe(function))

    def update_function_configuration(self) -> TYPE_RESPONSE:
        parameters = self._parameters("UpdateFunctionConfiguration")
        function = self.backend.update_function_configuration(parameters["FunctionName"], parameters)
        return answer("UpdateFunctionConfiguration", describe(function))

    def delete_function(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunction")
        self.backend.delete_function(parameters["FunctionName"], parameters.get("Qualifier"))
        # The model's 200 is not what AWS sends.
        return answer("DeleteFunction", status=204)

    def list_functions(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListFunctions")
        all_versions = parameters.get("FunctionVersion") == "ALL"
        functions, next_marker = self.backend.functions_page(
            all_versions=all_versions, marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        shown = [_listed(function) if all_versions else in_list(describe(function)) for function in functions]
        return page_answer("ListFunctions", "Functions", shown, next_marker)

    def publish_version(self) -> TYPE_RESPONSE:
        parameters = self._parameters("PublishVersion")
        version = self.backend.publish_version(
            parameters["FunctionName"],
            parameters.get("Description"),
            code_sha_256=parameters.get("CodeSha256"),
            revision_id=parameters.get("RevisionId"),
        )
        return answer("PublishVersion", describe(version))

    def list_versions_by_function(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListVersionsByFunction")
        versions, next_marker = self.backend.versions_page(
            parameters["FunctionName"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        shown = [_listed(version) for version in versions]
        return page_answer("ListVersionsByFunction", "Versions", shown, next_marker)

    def get_account_settings(self) -> TYPE_RESPONSE:
        return answer("GetAccountSettings", self.backend.get_account_settings())

    def _check_size(self, operation: str) -> None:
        if len(self.body) > LARGEST_REQUEST:
            raise RequestEntityTooLarge(
                f"Request must be smaller than {LARGEST_REQUEST} bytes for the {operation} operation"
            )

    def _found(self, parameters: dict[str, Any], action: str) -> tuple[DeployedFunction, dict[str, Any]]:
        """The version that is meant and its configuration under the name that was asked for."""
        name, qualifier = parameters["FunctionName"], parameters.get("Qualifier")
        function = self.backend.get_function(name, qualifier)
        _, qualifier = resolve(name, qualifier, region=self.region, account_id=self.current_account, action=action)
        arn = self.backend.latest(function.function_name).function_arn
        configuration = describe(function, arn=f"{arn}:{qualifier}" if qualifier else arn)
        function.settle()
        return function, configuration

    def _code(self, function: DeployedFunction) -> dict[str, str]:
        if function.package_type == "Image":
            uri = function.code["ImageUri"]
            repository = uri.partition("@")[0].rpartition(":")[0] or uri
            resolved = f"{repository}@sha256:{function.code_sha_256}"
            return {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": resolved}
        asked = urlsplit(self.uri)
        endpoint = None if is_aws_api(asked.netloc) else f"{asked.scheme}://{asked.netloc}"
        return {"RepositoryType": "S3", "Location": download_url(function, endpoint=endpoint)}


class FunctionUrlResponse(FunctionResponses, ResourceResponses):
    """Lambda's API with the operations of invocations, function URLs and permissions; what is missing is moto's."""

    def invoke(self) -> TYPE_RESPONSE:
        parameters = self._parameters("Invoke")
        raise_error = scope.options().raise_handler_errors and not runtime.in_handler()
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
        }

    def call_action(self) -> TYPE_RESPONSE:
        """What the action answers, or what a test planned in its place."""
        fault = scope.next_fault(self.operation)
        if fault is None or fault.response is None:
            return super().call_action()
        headers, body = self.completed(dict(fault.response.headers), fault.response.body)
        return fault.response.status, headers, body

    def invoke_async(self) -> TYPE_RESPONSE:
        parameters = self._parameters("InvokeAsync", InvokeArgs=self.body)
        self.backend.answer_invoke(parameters["FunctionName"], None, self.body, invocation_type="Event")
        return answer("InvokeAsync", {"Status": 202})

    def invoke_with_response_stream(self) -> TYPE_RESPONSE:
        parameters = self._parameters("InvokeWithResponseStream")
        result = self.backend.invoke_with_response_stream(**self._invocation(parameters))
        headers = {**result.headers, "status": str(result.status)}
        return result.status, headers, result.frames or b""  # type: ignore[return-value]  # moto hands iterators on

    def create_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("CreateFunctionUrlConfig")
        config = self.backend.create_function_url_config(parameters["FunctionName"], parameters)
        return answer("CreateFunctionUrlConfig", self._stored(config))

    def get_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("GetFunctionUrlConfig")
        config = self.backend.get_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return answer("GetFunctionUrlConfig", self._read(config))

    def update_function_url_config(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("UpdateFunctionUrlConfig")
        config = self.backend.update_function_url_config(parameters["FunctionName"], parameters)
        return answer(
            "UpdateFunctionUrlConfig", {**self._stored(config), "LastModifiedTime": _time(config.last_modified_time)}
        )

    def delete_function_url_config(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunctionUrlConfig")
        self.backend.delete_function_url_config(parameters["FunctionName"], parameters.get("Qualifier"))
        return answer("DeleteFunctionUrlConfig")

    def list_function_url_configs(self) -> TYPE_RESPONSE:
        parameters = self._parameters("ListFunctionUrlConfigs")
        configs, next_marker = self.backend.list_function_url_configs(
            parameters["FunctionName"], parameters.get("Marker"), parameters.get("MaxItems")
        )
        shown = [self._read(config) for config in configs]
        return page_answer("ListFunctionUrlConfigs", "FunctionUrlConfigs", shown, next_marker)

    def add_permission(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("AddPermission")
        statement = self.backend.add_permission(parameters["FunctionName"], parameters)
        return answer("AddPermission", {"Statement": json.dumps(statement, separators=(",", ":"))})

    def remove_permission(self) -> TYPE_RESPONSE:
        parameters = self._parameters("RemovePermission")
        self.backend.remove_permission(
            parameters["FunctionName"],
            parameters["StatementId"],
            parameters.get("RevisionId"),
            parameters.get("Qualifier"),
        )
        return answer("RemovePermission")

    def get_policy(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetPolicy")
        policy = self.backend.get_policy(parameters["FunctionName"], parameters.get("Qualifier"))
        return answer("GetPolicy", {"Policy": policy.text(), "RevisionId": policy.revision_id})

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


def _listed(function: DeployedFunction) -> dict[str, Any]:
    arn = function.function_arn if function.number else f"{function.function_arn}:$LATEST"
    return in_list(describe(function, arn=arn))
