"""Requests about what belongs to a function, its aliases for one, to backend methods, and what they give to answers."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaAlias
from moto.core.common_types import TYPE_RESPONSE

from .answers import ApiResponse, answer, page_answer


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
